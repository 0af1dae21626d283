package dev.sluice.config;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Which fields leave, and how.
 *
 * @param hashKey there is one if any field is to be hashed
 * @param skipUnchanged whether an update that changes nothing of what leaves is left out
 */
public record ShapeSettings(
    List<FieldRule> rules, Optional<Secret> hashKey, boolean skipUnchanged) {
  public static final ShapeSettings NONE = new ShapeSettings(List.of(), Optional.empty(), false);

  public ShapeSettings {
    rules = List.copyOf(rules);
    Objects.requireNonNull(hashKey, "hashKey");
    if (hashKey.isEmpty()
        && rules.stream().anyMatch(rule -> rule.action() == FieldRule.Action.HASH)) {
      throw new IllegalArgumentException("nothing to hash with");
    }
  }

  /** Whether all leaves as it is. */
  public boolean isNone() {
    return rules.isEmpty();
  }
}
