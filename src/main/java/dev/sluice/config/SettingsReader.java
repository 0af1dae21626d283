package dev.sluice.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes the {@link Settings} from the environment, a {@code .env} file and the defaults. */
public final class SettingsReader {

  /** One for each core of a large broker; a queue is a single process there in any case. */
  static final int MOST_LANES = 64;

  /** RabbitMQ's max_message_size cannot be set higher. */
  private static final long MOST_MESSAGE_BYTES = 512L << 20;

  /**
   * What part of the heap a message may take. The largest event is there up to three times as BSON
   * (the reply, the driver's copy of it for listeners, the event), its message up to twice while it
   * is written, and the one before it waits for its confirm.
   */
  private static final int HEAP_SHARE = 6;

  private final SettingValues values;
  private final List<String> problems;
  private final long heapBytes;

  private SettingsReader(SettingValues values, List<String> problems, long heapBytes) {
    this.values = values;
    this.problems = problems;
    this.heapBytes = heapBytes;
  }

  /**
   * Reads all settings.
   *
   * @param environment wins over the file
   * @param dotEnv may be missing
   * @throws WrongSettings with every problem found
   */
  public static Settings read(Map<String, String> environment, Path dotEnv) {
    return read(environment, dotEnv, false, Runtime.getRuntime().maxMemory());
  }

  /** As {@link #read}, from a file that somebody has named, and which must be there. */
  public static Settings readNamed(Map<String, String> environment, Path file) {
    return read(environment, file, true, Runtime.getRuntime().maxMemory());
  }

  /**
   * @param heapBytes what the settings have to get along with
   */
  static Settings read(Map<String, String> environment, Path dotEnv, long heapBytes) {
    return read(environment, dotEnv, false, heapBytes);
  }

  private static Settings read(
      Map<String, String> environment, Path dotEnv, boolean mustExist, long heapBytes) {
    List<String> problems = new ArrayList<>();
    Map<String, String> file = DotEnvFile.read(dotEnv, mustExist, problems);
    UnknownKeys.refuse(environment, file, dotEnv, problems);
    Map<String, String> given = new LinkedHashMap<>(file);
    given.putAll(environment);
    SettingValues values = new SettingValues(given, problems);
    SettingsReader reader = new SettingsReader(values, problems, heapBytes);
    Settings settings =
        reader.settings(
            UnknownKeys.warnings(environment, file),
            () -> EffectiveSettings.of(environment, file, dotEnv, values.contents()));
    if (!problems.isEmpty()) {
      throw new WrongSettings(problems);
    }
    return settings;
  }

  /**
   * @param effective to be asked when all is read
   */
  private Settings settings(List<String> warnings, Supplier<EffectiveSettings> effective) {
    String pipeline = values.name(SettingKey.SLUICE_PIPELINE, Names::problemOfShortString);
    MongoSettings mongo = mongo();
    FailureSettings failures = failures();
    CaptureSettings capture = capture(pipeline, mongo);
    StreamReader streams = new StreamReader(values);
    RabbitSettings rabbit = rabbit(failures.mayPark(), streams.superStream(capture.partition()));
    RouteReader routes = new RouteReader(values, capture.view(), rabbit);
    RouteSettings route = routes.route();
    return new Settings(
        mongo,
        rabbit.with(routes.outlets()),
        streams.stream(capture, rabbit),
        capture,
        snapshot(),
        new ShapeReader(values).shape(),
        route,
        envelope(capture),
        delivery(),
        failures,
        values.optionalDuration(
            SettingKey.SLUICE_HEARTBEAT, Duration.ofMillis(100), Duration.ofHours(1)),
        values.listenOn(SettingKey.SLUICE_HTTP),
        log(),
        warnings,
        effective.get());
  }

  private MongoSettings mongo() {
    String uri = values.uri(SettingKey.MONGO_DATABASE_HOST, SettingKey.MONGO_DATABASE_HOST_FILE);
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
    MongoUri.check(uri, files, problems);
    String database = values.name(SettingKey.MONGO_DATABASE_NAME, Names::problemOfDatabase);
    return new MongoSettings(
        new Secret(uri),
        values.origin(SettingKey.MONGO_DATABASE_HOST, SettingKey.MONGO_DATABASE_HOST_FILE),
        database,
        values.name(SettingKey.SLUICE_COLLECTION, name -> problemOfCollection(database, name)),
        files);
  }

  /** To one stream of several nothing goes by an exchange: that would ask for a key of each. */
  private RabbitSettings rabbit(boolean parking, Optional<SuperStream> superStream) {
    String exchange = values.name(SettingKey.SLUICE_EXCHANGE, Names::problemOfExchange);
    return new RabbitSettings(
        new BrokerReader(values).broker(),
        superStream.isPresent() ? "" : exchange,
        superStream
            .map(SuperStream::stream)
            .orElseGet(() -> values.name(SettingKey.SLUICE_QUEUE, Names::problemOfQueue)),
        new TopologyReader(values).topology(exchange, parking, superStream));
  }

  private CaptureSettings capture(String pipeline, MongoSettings mongo) {
    Partition partition = partition();
    boolean markers = values.flag(SettingKey.SLUICE_TRANSACTION_MARKERS);
    if (markers && !partition.isWhole()) {
      values.wrong(
          SettingKey.SLUICE_TRANSACTION_MARKERS,
          "tells how many changes a transaction had, of which a partition carries only some: leave"
              + " it out, or SLUICE_PARTITION");
    }
    return new CaptureSettings(
        partition.nameOf(pipeline),
        partition,
        scope(mongo),
        values.someOf(SettingKey.SLUICE_OPERATIONS, CaptureSettings.EVERY_OPERATION),
        values.flag(SettingKey.SLUICE_EXPANDED_EVENTS),
        values.text(SettingKey.SLUICE_MATCH),
        values.contentOf(SettingKey.SLUICE_STAGES_FILE).orElse(""),
        values.oneOf(SettingKey.SLUICE_VIEW, View.class),
        values.flag(SettingKey.SLUICE_ENABLE_IMAGES),
        values.flag(SettingKey.SLUICE_UPDATE_LOOKUP),
        (int) values.number(SettingKey.SLUICE_BATCH_SIZE, 1, 100_000),
        markers);
  }

  private Partition partition() {
    String text = values.text(SettingKey.SLUICE_PARTITION);
    if (text.isEmpty()) {
      return Partition.WHOLE;
    }
    try {
      return Partition.parse(text);
    } catch (IllegalArgumentException e) {
      values.wrong(
          SettingKey.SLUICE_PARTITION,
          "must be the number of a partition, from 0, and how many there are, "
              + Partition.MOST
              + " at the most: 3/8 for the fourth of eight");
      return Partition.WHOLE;
    }
  }

  private SnapshotSettings snapshot() {
    return new SnapshotSettings(
        values.oneOf(SettingKey.SLUICE_SNAPSHOT, SnapshotSettings.Mode.class),
        (int) values.number(SettingKey.SLUICE_SNAPSHOT_CHUNK, 1, 100_000),
        (int) values.number(SettingKey.SLUICE_SNAPSHOT_PARALLEL, 1, 64),
        values.text(SettingKey.SLUICE_SNAPSHOT_MATCH));
  }

  private Scope scope(MongoSettings mongo) {
    List<NamespacePattern> included = values.namespaces(SettingKey.SLUICE_NAMESPACES);
    return new Scope(
        included.isEmpty()
            ? List.of(NamespacePattern.of(mongo.database(), mongo.collection()))
            : included,
        values.namespaces(SettingKey.SLUICE_EXCLUDE));
  }

  private static Optional<String> problemOfCollection(String database, String name) {
    return Names.problemOfCollection(name).or(() -> Names.problemOfNamespace(database, name));
  }

  /** The older setting, of gzip alone, goes on working. */
  private EnvelopeSettings envelope(CaptureSettings capture) {
    Compression compression = values.oneOf(SettingKey.SLUICE_COMPRESSION, Compression.class);
    long above = values.bytes(SettingKey.SLUICE_COMPRESS_ABOVE, 0, MOST_MESSAGE_BYTES);
    long gzipAbove = values.bytes(SettingKey.SLUICE_GZIP_ABOVE, 0, MOST_MESSAGE_BYTES);
    boolean none = compression == Compression.NONE;
    if (!none && gzipAbove != Long.MAX_VALUE) {
      values.wrong(
          SettingKey.SLUICE_GZIP_ABOVE,
          "goes without SLUICE_COMPRESSION: set SLUICE_COMPRESS_ABOVE instead");
    }
    EventFormat format = values.oneOf(SettingKey.SLUICE_FORMAT, EventFormat.class);
    Headers headers = values.oneOf(SettingKey.SLUICE_HEADERS, Headers.class);
    if (headers == Headers.NONE
        && !format.hasPosition()
        && values.oneOf(SettingKey.SLUICE_ORDER, DocumentOrder.class) == DocumentOrder.POSITION) {
      values.wrong(
          SettingKey.SLUICE_HEADERS,
          "leaves out the position, which stands nowhere else in this format, and"
              + " SLUICE_ORDER=position has consumers compare it: set SLUICE_HEADERS=minimal");
    }
    return new EnvelopeSettings(
        capture.pipeline(),
        capture.scope(),
        capture.view(),
        format,
        values.oneOf(SettingKey.SLUICE_JSON, JsonMode.class),
        headers,
        none ? Compression.GZIP : compression,
        none ? gzipAbove : above);
  }

  private DeliverySettings delivery() {
    return new DeliverySettings(
        (int) values.number(SettingKey.SLUICE_MAX_IN_FLIGHT, 1, 65_535),
        values.bytes(SettingKey.SLUICE_MAX_IN_FLIGHT_BYTES, 1, 1L << 32),
        values.oneOf(SettingKey.SLUICE_ORDER, DocumentOrder.class),
        (int) values.number(SettingKey.SLUICE_LANES, 1, MOST_LANES),
        maxMessageBytes(),
        values.duration(
            SettingKey.SLUICE_CONFIRM_TIMEOUT, Duration.ofSeconds(1), Duration.ofHours(1)),
        values.duration(
            SettingKey.SLUICE_CHECKPOINT_INTERVAL, Duration.ofMillis(10), Duration.ofHours(1)),
        values.duration(
            SettingKey.SLUICE_DRAIN_TIMEOUT, Duration.ofMillis(100), Duration.ofHours(1)),
        values.duration(SettingKey.SLUICE_LEASE, Duration.ofSeconds(1), Duration.ofMinutes(10)));
  }

  private long maxMessageBytes() {
    long bytes = values.bytes(SettingKey.SLUICE_MAX_MESSAGE_BYTES, 1024, MOST_MESSAGE_BYTES);
    if (bytes > heapBytes / HEAP_SHARE) {
      // What Java calls its heap is less than -Xmx: by a thirtieth with the serial collector.
      long needed = (HEAP_SHARE * bytes / 15 * 16 >> 20) + 1;
      problems.add(
          SettingKey.SLUICE_MAX_MESSAGE_BYTES
              + " must not be more than a sixth of the heap, which has "
              + (heapBytes >> 20)
              + " MiB, or events that large would end the process again and again: lower it to "
              + (heapBytes / HEAP_SHARE >> 10)
              + "KiB, or start Java with -Xmx"
              + needed
              + "m.");
    }
    return bytes;
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
