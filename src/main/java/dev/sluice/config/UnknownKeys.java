package dev.sluice.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Finds keys that were meant for us and are none of ours: they would be passed over. */
final class UnknownKeys {
  /** More typing errors than these make another word. */
  private static final int MOST_ERRORS = 8;

  /** Among RabbitMQ's own keys there are such that differ from one of ours in two letters. */
  private static final int MOST_ERRORS_AMONG_OTHERS = 1;

  /** What the image of RabbitMQ and other clients call the same. */
  private static final Map<String, SettingKey> OTHER_NAMES =
      Map.of(
          "RABBITMQ_DEFAULT_VHOST", SettingKey.RABBITMQ_VIRTUAL_HOST,
          "RABBITMQ_VHOST", SettingKey.RABBITMQ_VIRTUAL_HOST,
          "RABBITMQ_DEFAULT_USER", SettingKey.RABBITMQ_DEFAULT_USERNAME,
          "RABBITMQ_USER", SettingKey.RABBITMQ_DEFAULT_USERNAME,
          "RABBITMQ_USERNAME", SettingKey.RABBITMQ_DEFAULT_USERNAME,
          "RABBITMQ_DEFAULT_PASS", SettingKey.RABBITMQ_DEFAULT_PASSWORD,
          "RABBITMQ_PASS", SettingKey.RABBITMQ_DEFAULT_PASSWORD,
          "RABBITMQ_PASSWORD", SettingKey.RABBITMQ_DEFAULT_PASSWORD);

  /** What most programs call the address of MongoDB. */
  private static final Set<String> MONGO_ADDRESSES =
      Set.of("MONGO_URI", "MONGO_URL", "MONGODB_URI", "MONGODB_URL");

  private static final List<SettingKey> BY_HOST =
      List.of(SettingKey.MONGO_DATABASE_HOST, SettingKey.MONGO_DATABASE_HOST_FILE);

  private static final List<SettingKey> BY_URI =
      List.of(SettingKey.RABBITMQ_URI, SettingKey.RABBITMQ_URI_FILE);

  private static final List<String> KEYS =
      Arrays.stream(SettingKey.values()).map(Enum::name).toList();

  private UnknownKeys() {}

  static void refuse(
      Map<String, String> environment,
      Map<String, String> file,
      Path dotEnv,
      List<String> problems) {
    refuse(environment, key -> isMeantForUs(key, environment, file), "", problems);
    // In our own file RabbitMQ's own keys have no place: a wrong one is a slip of the pen.
    refuse(
        file,
        key -> SettingKey.isOurs(key) || isMongoAddress(key, environment, file),
        " in " + dotEnv.getFileName(),
        problems);
  }

  /**
   * A sentence for each key that may have been meant for us and may as well be another program's.
   */
  static List<String> warnings(Map<String, String> environment, Map<String, String> file) {
    return environment.keySet().stream()
        .filter(key -> isMongoAddress(key, environment, file))
        .sorted()
        .map(
            key ->
                key
                    + " in the environment is no setting of Sluice, and "
                    + SettingKey.MONGO_DATABASE_HOST
                    + " has its default: set that if this address was meant.")
        .toList();
  }

  /** Not where we are told another address: then it is for another program. */
  private static boolean isMongoAddress(
      String key, Map<String, String> environment, Map<String, String> file) {
    return MONGO_ADDRESSES.contains(key.toUpperCase(Locale.ROOT))
        && BY_HOST.stream().allMatch(ours -> isEmpty(ours, environment, file));
  }

  private static void refuse(
      Map<String, String> given, Predicate<String> ours, String where, List<String> problems) {
    given.keySet().stream()
        .filter(key -> SettingKey.named(key).isEmpty())
        .filter(key -> !key.startsWith(SettingKey.TEST_PREFIX))
        .filter(ours)
        .sorted()
        .forEach(
            key ->
                problems.add(
                    key
                        + where
                        + " is no setting"
                        + meant(key, MOST_ERRORS)
                            .map(nearest -> ": did you mean " + nearest + "?")
                            .orElse(": remove it; .env.example lists all there are.")));
  }

  /** The environment also holds what other programs read, RabbitMQ's own keys among it. */
  private static boolean isMeantForUs(
      String key, Map<String, String> environment, Map<String, String> file) {
    String upper = key.toUpperCase(Locale.ROOT);
    if (!upper.startsWith(SettingKey.RABBITMQ_PREFIX)
        || upper.startsWith(SettingKey.RABBITMQ_TLS_PREFIX)) {
      return SettingKey.isOurs(key);
    }
    // Where our own key is set as well, or a URI says it all, the other one is for another program.
    return meant(key, MOST_ERRORS_AMONG_OTHERS)
        .filter(ours -> !environment.containsKey(ours) && !file.containsKey(ours))
        .filter(ours -> BY_URI.stream().allMatch(uri -> isEmpty(uri, environment, file)))
        .isPresent();
  }

  private static boolean isEmpty(
      SettingKey key, Map<String, String> environment, Map<String, String> file) {
    return environment.getOrDefault(key.name(), file.getOrDefault(key.name(), "")).isEmpty();
  }

  private static Optional<String> meant(String key, int mostErrors) {
    String upper = key.toUpperCase(Locale.ROOT);
    if (MONGO_ADDRESSES.contains(upper)) {
      return Optional.of(SettingKey.MONGO_DATABASE_HOST.name());
    }
    return Optional.ofNullable(OTHER_NAMES.get(upper))
        .map(Enum::name)
        .or(() -> Nearest.to(upper, KEYS, mostErrors));
  }
}
