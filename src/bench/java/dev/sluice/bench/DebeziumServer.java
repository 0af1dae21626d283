package dev.sluice.bench;

import com.mongodb.client.MongoCollection;
import dev.sluice.testing.Leash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.bson.Document;

/**
 * Debezium Server with its RabbitMQ sink, from its own distribution, with the settings that were
 * the best of those tried.
 */
final class DebeziumServer implements AutoCloseable {
  static final String VERSION = "3.6.0.Final";

  private static final Path FOLDER = Path.of("target", "bench", "debezium").toAbsolutePath();

  /** As fast as it gets, and four times what Sluice has. */
  private static final List<String> JVM =
      List.of("-XX:+UseParallelGC", "-Xmx1g", "--add-opens=java.base/java.lang=ALL-UNNAMED");

  private static final String NO_DATA = "debezium.source.snapshot.mode=no_data";
  private static final String INITIAL = "debezium.source.snapshot.mode=initial";

  private final Path java;
  private final Path home;
  private final Leash work = Leash.onDirectory("sluice-bench-debezium-");

  private DebeziumServer(Path java, Path home) {
    this.java = java;
    this.home = home;
  }

  /** Unpacks what {@code make bench BENCH_DEBEZIUM=1} has fetched, if it has. */
  static Optional<DebeziumServer> find(Map<String, String> environment)
      throws IOException, InterruptedException {
    Path archive = FOLDER.resolve("debezium-server-dist-" + VERSION + ".tar.gz");
    Optional<Path> java = java25(environment);
    if (!"1".equals(environment.get("BENCH_DEBEZIUM"))
        || !Files.exists(archive)
        || java.isEmpty()) {
      return Optional.empty();
    }
    Path home = FOLDER.resolve("debezium-server");
    if (!Files.exists(home.resolve("lib"))) {
      Launcher.await(
          new ProcessBuilder("tar", "xzf", archive.toString(), "-C", FOLDER.toString())
              .inheritIO()
              .start(),
          "tar");
    }
    return Optional.of(new DebeziumServer(java.get(), home));
  }

  private static Optional<Path> java25(Map<String, String> environment) throws IOException {
    Path known = Path.of("/usr/lib/jvm");
    try (Stream<Path> installed = Files.exists(known) ? Files.list(known) : Stream.empty()) {
      return Stream.concat(
              Optional.ofNullable(environment.get("JAVA25_HOME")).map(Path::of).stream(),
              installed.filter(path -> path.getFileName().toString().matches(".*\\b25\\b.*")))
          .map(path -> path.resolve("bin/java"))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }

  /** Starts it where the saved position is, if there is one. */
  Process start(Site site, Lane lane, Path log, Path gcLog) throws IOException {
    return start(folder(site), properties(site, lane), log, gcLog);
  }

  /** Starts it without a position, to copy what is there before it streams. */
  Process copy(Site site, Lane lane, String name, Path log, Path gcLog) throws IOException {
    List<String> properties =
        properties(site, lane).stream().map(line -> line.replace(NO_DATA, INITIAL)).toList();
    return start(folder(site).resolve(name), properties, log, gcLog);
  }

  private Process start(Path folder, List<String> properties, Path log, Path gcLog)
      throws IOException {
    Files.createDirectories(folder.resolve("config"));
    Files.createDirectories(folder.resolve("data"));
    Files.writeString(
        folder.resolve("config/application.properties"), String.join("\n", properties) + "\n");
    List<String> command = new ArrayList<>(List.of(java.toString()));
    command.addAll(JVM);
    command.add(GcLog.option(gcLog));
    command.addAll(
        List.of(
            "-cp",
            home.resolve("debezium-server-dist-" + VERSION + "-runner.jar") + ":" + home + "/lib/*",
            "io.debezium.server.Main"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    Process process = builder.start();
    work.holds(process);
    return process;
  }

  private Path folder(Site site) {
    return work.directory().resolve(site.database());
  }

  private static List<String> properties(Site site, Lane lane) {
    List<String> lines = new ArrayList<>(settings());
    var rabbit = site.servers().rabbit();
    String collection = site.database() + "." + Site.COLLECTION;
    lines.addAll(
        List.of(
            "debezium.sink.rabbitmq.connection.host=" + rabbit.host(),
            "debezium.sink.rabbitmq.connection.port=" + rabbit.port(),
            "debezium.sink.rabbitmq.connection.username=" + rabbit.user(),
            "debezium.sink.rabbitmq.connection.password=" + rabbit.password(),
            "debezium.sink.rabbitmq.exchange=" + lane.name(),
            "debezium.sink.rabbitmq.routingKey=" + collection,
            "debezium.source.mongodb.connection.string=" + site.servers().mongoUri(),
            "debezium.source.collection.include.list=" + collection,
            "debezium.source.capture.target=" + collection));
    return lines;
  }

  /** All settings but addresses and names. */
  static List<String> settings() {
    return List.of(
        "debezium.sink.type=rabbitmq",
        "debezium.sink.rabbitmq.routingKey.source=static",
        "debezium.sink.rabbitmq.deliveryMode=2",
        "debezium.sink.rabbitmq.ackTimeout=30000",
        "debezium.source.connector.class=io.debezium.connector.mongodb.MongoDbConnector",
        "debezium.source.topic.prefix=base",
        NO_DATA,
        "debezium.source.offset.storage.file.filename=data/offsets.dat",
        "debezium.source.offset.flush.interval.ms=1000",
        "debezium.source.max.batch.size=2048",
        "debezium.source.max.queue.size=16384",
        "debezium.source.poll.interval.ms=5",
        "debezium.source.capture.scope=collection",
        "debezium.source.cursor.max.await.time.ms=200",
        "debezium.format.key=json",
        "debezium.format.value=json",
        "debezium.format.schemas.enable=false",
        "debezium.format.key.schemas.enable=false",
        "debezium.format.value.schemas.enable=false",
        "quarkus.log.console.json=false",
        "quarkus.http.host=127.0.0.1",
        "quarkus.http.port=0");
  }

  static String jvm() {
    return String.join(" ", JVM);
  }

  /** Has it carry one insert, so that it saves where it is, and stops it. */
  void savePosition(Site site) throws IOException {
    Path folder = Files.createDirectories(folder(site));
    MongoCollection<Document> games =
        site.servers().client().getDatabase(site.database()).getCollection(Site.COLLECTION);
    try (Lane lane = new Lane(site.servers().rabbit(), "classic");
        Running running =
            new Running(
                start(site, lane, folder.resolve("first.log"), folder.resolve("first.gc")),
                folder.resolve("first.log"),
                Optional.empty())) {
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                running.requireAlive();
                games.insertOne(new Document("ref", "before the backlog"));
                return lane.messages() > 0;
              });
      // All of them, and past the next flush, so that none is left for the first round.
      long[] seen = {0};
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .pollInterval(Duration.ofSeconds(3))
          .until(() -> seen[0] == (seen[0] = lane.messages()));
    }
    Files.copy(
        folder.resolve("data/offsets.dat"),
        folder.resolve("offsets.saved"),
        StandardCopyOption.REPLACE_EXISTING);
  }

  void rewind(Site site) throws IOException {
    Files.copy(
        folder(site).resolve("offsets.saved"),
        folder(site).resolve("data/offsets.dat"),
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() {
    work.close();
  }
}
