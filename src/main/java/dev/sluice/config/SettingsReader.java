package dev.sluice.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Makes the {@link Settings} from the environment, a {@code .env} file and the defaults. */
public final class SettingsReader {
  private static final Set<String> OPERATIONS = Set.of("insert", "update", "replace", "delete");

  /** AMQP short strings, such as a queue's name, end there (AMQP 0-9-1, 4.2.5.3). */
  private static final int SHORT_STRING_BYTES = 255;

  /** One for each core of a large broker; a queue is a single process there in any case. */
  private static final int MOST_LANES = 64;

  /** RabbitMQ's max_message_size cannot be set higher. */
  private static final long MOST_MESSAGE_BYTES = 512L << 20;

  private final SettingValues values;
  private final List<String> problems;

  private SettingsReader(SettingValues values, List<String> problems) {
    this.values = values;
    this.problems = problems;
  }

  /**
   * Reads all settings.
   *
   * @param environment wins over the file
   * @param dotEnv may be missing
   * @throws WrongSettings with every problem found
   */
  public static Settings read(Map<String, String> environment, Path dotEnv) {
    List<String> problems = new ArrayList<>();
    Map<String, String> file = DotEnvFile.read(dotEnv, problems);
    refuseUnknown(environment, SettingsReader::isOnlyOurs, "", problems);
    refuseUnknown(file, SettingsReader::isOurs, " in " + dotEnv.getFileName(), problems);
    Map<String, String> given = new LinkedHashMap<>(file);
    given.putAll(environment);
    SettingsReader reader = new SettingsReader(new SettingValues(given, problems), problems);
    Settings settings = reader.settings();
    if (!problems.isEmpty()) {
      throw new WrongSettings(problems);
    }
    return settings;
  }

  /** The environment also holds what other programs read, RabbitMQ's own keys among it. */
  private static boolean isOnlyOurs(String key) {
    return key.startsWith(SettingKey.PREFIX)
        || SettingKey.TLS_PREFIXES.stream().anyMatch(key::startsWith);
  }

  /**
   * In our own file also the servers' keys are looked at: there a wrong one is a slip of the pen.
   */
  private static boolean isOurs(String key) {
    return key.startsWith(SettingKey.PREFIX)
        || key.startsWith("MONGO_DATABASE_")
        || key.startsWith("RABBITMQ_");
  }

  private static void refuseUnknown(
      Map<String, String> given, Predicate<String> ours, String where, List<String> problems) {
    given.keySet().stream()
        .filter(ours)
        .filter(key -> !key.startsWith(SettingKey.TEST_PREFIX))
        .filter(key -> SettingKey.named(key).isEmpty())
        .sorted()
        .forEach(
            key ->
                problems.add(
                    key
                        + where
                        + " is no setting"
                        + NearestKey.to(key)
                            .map(nearest -> ": did you mean " + nearest + "?")
                            .orElse(": remove it; .env.example lists all there are.")));
  }

  private Settings settings() {
    String pipeline = values.name(SettingKey.SLUICE_PIPELINE, SHORT_STRING_BYTES);
    MongoSettings mongo = mongo();
    FailureSettings failures = failures();
    CaptureSettings capture = capture(pipeline);
    return new Settings(
        mongo,
        rabbit(failures.mayPark()),
        capture,
        envelope(mongo, capture),
        delivery(),
        failures,
        log());
  }

  private MongoSettings mongo() {
    String uri =
        values
            .textOrFile(SettingKey.MONGO_DATABASE_HOST, SettingKey.MONGO_DATABASE_HOST_FILE)
            .strip();
    TlsFiles files =
        values.tlsFiles(
            SettingKey.MONGO_DATABASE_TLS_CA_FILE,
            SettingKey.MONGO_DATABASE_TLS_CERT_FILE,
            SettingKey.MONGO_DATABASE_TLS_KEY_FILE);
    if (!uri.startsWith("mongodb://") && !uri.startsWith("mongodb+srv://")) {
      // The value itself may hold a password and is not repeated.
      problems.add(
          "MONGO_DATABASE_HOST must be a MongoDB URI that begins with mongodb:// or"
              + " mongodb+srv://, such as "
              + SettingKey.MONGO_DATABASE_HOST.defaultValue());
    }
    MongoUriOptions.refuseWeakTls(uri, files, problems);
    return new MongoSettings(
        new Secret(uri),
        values.origin(SettingKey.MONGO_DATABASE_HOST, SettingKey.MONGO_DATABASE_HOST_FILE),
        values.name(SettingKey.MONGO_DATABASE_NAME, SHORT_STRING_BYTES),
        files);
  }

  private RabbitSettings rabbit(boolean parking) {
    return new RabbitSettings(
        new BrokerReader(values).broker(),
        values.name(SettingKey.SLUICE_EXCHANGE, SHORT_STRING_BYTES),
        values.name(SettingKey.SLUICE_QUEUE, SHORT_STRING_BYTES - RabbitSettings.PARKED.length()),
        values.oneOf(SettingKey.SLUICE_QUEUE_TYPE, QueueType.class),
        parking);
  }

  private CaptureSettings capture(String pipeline) {
    return new CaptureSettings(
        pipeline,
        values.name(SettingKey.SLUICE_COLLECTION, SHORT_STRING_BYTES),
        values.someOf(SettingKey.SLUICE_OPERATIONS, OPERATIONS),
        values.flag(SettingKey.SLUICE_UPDATE_LOOKUP),
        (int) values.number(SettingKey.SLUICE_BATCH_SIZE, 1, 100_000));
  }

  private EnvelopeSettings envelope(MongoSettings mongo, CaptureSettings capture) {
    return new EnvelopeSettings(
        capture.pipeline(),
        mongo.database(),
        capture.collection(),
        values.oneOf(SettingKey.SLUICE_FORMAT, EventFormat.class),
        values.oneOf(SettingKey.SLUICE_JSON, JsonMode.class),
        values.bytes(SettingKey.SLUICE_GZIP_ABOVE, 0, MOST_MESSAGE_BYTES));
  }

  private DeliverySettings delivery() {
    return new DeliverySettings(
        (int) values.number(SettingKey.SLUICE_MAX_IN_FLIGHT, 1, 65_535),
        values.bytes(SettingKey.SLUICE_MAX_IN_FLIGHT_BYTES, 1, 1L << 32),
        (int) values.number(SettingKey.SLUICE_LANES, 1, MOST_LANES),
        values.bytes(SettingKey.SLUICE_MAX_MESSAGE_BYTES, 1024, MOST_MESSAGE_BYTES),
        values.duration(
            SettingKey.SLUICE_CONFIRM_TIMEOUT, Duration.ofSeconds(1), Duration.ofHours(1)),
        values.duration(
            SettingKey.SLUICE_CHECKPOINT_INTERVAL, Duration.ofMillis(10), Duration.ofHours(1)),
        values.duration(
            SettingKey.SLUICE_DRAIN_TIMEOUT, Duration.ofMillis(100), Duration.ofHours(1)),
        values.duration(SettingKey.SLUICE_LEASE, Duration.ofSeconds(1), Duration.ofMinutes(10)));
  }

  private FailureSettings failures() {
    return new FailureSettings(
        values.oneOf(SettingKey.SLUICE_ON_POSITION_LOST, FailureSettings.OnPositionLost.class),
        values.oneOf(SettingKey.SLUICE_ON_UNROUTABLE, FailureSettings.OnUnroutable.class),
        values.oneOf(SettingKey.SLUICE_ON_POISON, FailureSettings.OnPoison.class));
  }

  private LogSettings log() {
    return new LogSettings(
        values.oneOf(SettingKey.SLUICE_LOG_FORMAT, LogSettings.Format.class),
        values.oneOf(SettingKey.SLUICE_LOG_LEVEL, LogSettings.Level.class));
  }
}
