package dev.sluice.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Every key with what is in force for it and where that came from, to be shown to people: no secret
 * is in it.
 *
 * @param list in the order of {@link SettingKey}
 */
public record EffectiveSettings(List<Setting> list) {
  /** The origin of what nobody has set. */
  public static final String DEFAULT = "default";

  /** The origin of what wins over a file. */
  public static final String ENVIRONMENT = "environment";

  private static final String MASK = "***";

  /** A password of a URI ends at the last at-sign: one that is not encoded may hold others. */
  private static final Pattern LOGIN = Pattern.compile("(://[^:/@,?]*):.*@", Pattern.DOTALL);

  /** Options of URIs that are secrets, or in which some are written. */
  private static final Pattern SECRET_OPTION =
      Pattern.compile(
          "(?i)([?&;](?:[^=&;]*(?:password|secret|token)[^=&;]*|authMechanismProperties)=)[^&]+");

  private static final List<String> SECRET_ENDS = List.of("PASSWORD", "SECRET", "TOKEN");

  public EffectiveSettings {
    list = List.copyOf(list);
  }

  /**
   * @param name as it is set
   * @param value with secrets masked; empty where nothing is set and nothing is the default
   * @param origin {@link #DEFAULT}, {@link #ENVIRONMENT}, {@code file } and the path of the file of
   *     settings, or the name of the key that names the file with the value
   */
  public record Setting(String name, String value, String origin) {
    public Setting {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(value, "value");
      Objects.requireNonNull(origin, "origin");
    }

    public boolean isDefault() {
      return origin.equals(DEFAULT);
    }
  }

  /**
   * @param dotEnv where the file was read
   * @param contents of keys whose text stood in a file of its own: that text, by key
   */
  static EffectiveSettings of(
      Map<String, String> environment,
      Map<String, String> file,
      Path dotEnv,
      Map<SettingKey, String> contents) {
    return new EffectiveSettings(
        Arrays.stream(SettingKey.values())
            .map(key -> setting(key, environment, file, dotEnv, contents))
            .toList());
  }

  private static Setting setting(
      SettingKey key,
      Map<String, String> environment,
      Map<String, String> file,
      Path dotEnv,
      Map<SettingKey, String> contents) {
    String name = key.name();
    if (contents.containsKey(key)) {
      return new Setting(name, masked(name, contents.get(key)), name + "_FILE");
    }
    if (environment.containsKey(name)) {
      return new Setting(name, masked(name, environment.get(name)), ENVIRONMENT);
    }
    if (file.containsKey(name)) {
      String path = dotEnv.toAbsolutePath().normalize().toString();
      return new Setting(name, masked(name, file.get(name)), "file " + path);
    }
    return new Setting(name, masked(name, key.defaultValue()), DEFAULT);
  }

  private static String masked(String name, String value) {
    String upper = name.toUpperCase(Locale.ROOT);
    if (!value.isEmpty() && SECRET_ENDS.stream().anyMatch(upper::endsWith)) {
      return MASK;
    }
    String withoutLogin = LOGIN.matcher(value).replaceAll("$1:" + MASK + "@");
    return SECRET_OPTION.matcher(withoutLogin).replaceAll("$1" + MASK);
  }
}
