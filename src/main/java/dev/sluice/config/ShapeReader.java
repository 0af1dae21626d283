package dev.sluice.config;

import dev.sluice.config.FieldRule.Action;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the {@link ShapeSettings} from the keys that begin with SLUICE_FIELDS. */
final class ShapeReader {
  /** Fewer bytes of a key could be tried out. */
  private static final int KEY_BYTES = 16;

  private final SettingValues values;

  ShapeReader(SettingValues values) {
    this.values = values;
  }

  ShapeSettings shape() {
    List<FieldRule> rules = new ArrayList<>();
    rules.addAll(rules(SettingKey.SLUICE_FIELDS_INCLUDE, Action.INCLUDE));
    rules.addAll(rules(SettingKey.SLUICE_FIELDS_EXCLUDE, Action.EXCLUDE));
    rules.addAll(rules(SettingKey.SLUICE_FIELDS_MASK, Action.MASK));
    rules.addAll(rules(SettingKey.SLUICE_FIELDS_RENAME, Action.RENAME));
    List<FieldRule> hashed = rules(SettingKey.SLUICE_FIELDS_HASH, Action.HASH);
    Optional<Secret> key = hashed.isEmpty() ? Optional.empty() : hashKey();
    if (key.isPresent()) {
      rules.addAll(hashed);
    }
    return new ShapeSettings(rules, key, values.flag(SettingKey.SLUICE_SKIP_UNCHANGED));
  }

  private Optional<Secret> hashKey() {
    Optional<String> key = values.contentOf(SettingKey.SLUICE_FIELDS_HASH_KEY_FILE);
    if (key.isEmpty()) {
      values.wrong(
          SettingKey.SLUICE_FIELDS_HASH,
          "needs SLUICE_FIELDS_HASH_KEY_FILE: a file with a secret, without which anybody could try"
              + " values out");
      return Optional.empty();
    }
    // An empty one has been told of.
    if (!key.get().isEmpty() && key.get().getBytes(StandardCharsets.UTF_8).length < KEY_BYTES) {
      values.wrong(
          SettingKey.SLUICE_FIELDS_HASH_KEY_FILE,
          "names a file with less than " + KEY_BYTES + " bytes: make the secret longer");
    }
    return key.filter(text -> !text.isEmpty()).map(Secret::new);
  }

  private List<FieldRule> rules(SettingKey key, Action action) {
    List<FieldRule> rules = new ArrayList<>();
    String text = values.text(key);
    for (String each : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      try {
        rules.add(FieldRule.parse(action, each.strip()));
      } catch (IllegalArgumentException e) {
        values.wrong(key, "cannot be read: " + e.getMessage());
      }
    }
    return rules;
  }
}
