package dev.sluice.bench;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.rabbitmq.client.Connection;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.mongo.OplogLimit;
import dev.sluice.testing.RabbitInstallation;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.StreamRabbitNode;
import dev.sluice.testing.TestMongo;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.bson.BsonTimestamp;
import org.bson.Document;

/** The two servers that all contenders use: the best at hand, as in the tests. */
final class BenchServers implements AutoCloseable {
  private final TestMongo shared;
  private final Optional<EmbeddedReplicaSet> roomier;
  private final TestRabbit rabbit;
  private final OptionalInt streamPort;
  private final Runnable end;
  private final MongoClient client;

  private BenchServers(
      TestMongo shared,
      Optional<EmbeddedReplicaSet> roomier,
      TestRabbit rabbit,
      OptionalInt streamPort,
      Runnable end) {
    this.shared = shared;
    this.roomier = roomier;
    this.rabbit = rabbit;
    this.streamPort = streamPort;
    this.end = end;
    this.client = MongoClients.create(mongoUri());
  }

  /**
   * RabbitMQ is a node of the preferred installation, which speaks the stream protocol as well, or
   * what the tests would take where there is none or another is asked for.
   *
   * @throws BenchOptions.WrongOption if there is no real RabbitMQ and {@code BENCH_ANY_RABBITMQ} is
   *     not 1
   */
  static BenchServers open(Map<String, String> environment) {
    Optional<RabbitInstallation> installation = RabbitNode.installation();
    boolean another =
        !environment.getOrDefault("SLUICE_TEST_RABBITMQ_URI", "").isEmpty()
            || !Set.of("", "node").contains(environment.getOrDefault("SLUICE_TEST_RABBITMQ", ""));
    if (installation.isPresent() && !another) {
      return open(installation.get());
    }
    TestRabbit rabbit = TestRabbit.shared();
    if (!rabbit.isReal() && !"1".equals(environment.get("BENCH_ANY_RABBITMQ"))) {
      throw new BenchOptions.WrongOption(
          "there is no real RabbitMQ here, and the embedded broker's speed says nothing: install"
              + " rabbitmq-server, set SLUICE_TEST_RABBITMQ_URI, or set BENCH_ANY_RABBITMQ=1 to"
              + " see the harness work.");
    }
    String port = environment.getOrDefault("BENCH_STREAM_PORT", "");
    return open(
        rabbit,
        port.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(port)),
        () -> {});
  }

  /** With a node of this installation. */
  static BenchServers open(RabbitInstallation installation) {
    StreamRabbitNode node = StreamRabbitNode.launch(installation);
    return open(TestRabbit.of(node.node()), OptionalInt.of(node.port()), node::close);
  }

  private static BenchServers open(TestRabbit rabbit, OptionalInt streamPort, Runnable end) {
    TestMongo mongo = TestMongo.shared();
    // The tests' set keeps the log of a test; a backlog is longer.
    Optional<EmbeddedReplicaSet> roomier =
        mongo.isReal()
            ? Optional.empty()
            : Optional.of(
                EmbeddedReplicaSet.builder()
                    .name("bench")
                    .oplog(OplogLimit.ofBytes(Runtime.getRuntime().maxMemory() / 2))
                    .start());
    return new BenchServers(mongo, roomier, rabbit, streamPort, end);
  }

  String mongoUri() {
    return roomier.map(EmbeddedReplicaSet::uri).orElseGet(shared::uri);
  }

  TestRabbit rabbit() {
    return rabbit;
  }

  /** Of the stream protocol; empty where it is not spoken. */
  OptionalInt streamPort() {
    return streamPort;
  }

  MongoClient client() {
    return client;
  }

  /** The cluster's time now. */
  BsonTimestamp now() {
    return client
        .getDatabase("admin")
        .runCommand(new Document("ping", 1))
        .get("operationTime", BsonTimestamp.class);
  }

  String mongoText() {
    String version =
        client.getDatabase("admin").runCommand(new Document("buildInfo", 1)).getString("version");
    return shared.isReal()
        ? "MongoDB " + version
        : "embedded replica set (not a MongoDB; speaks as " + version + ")";
  }

  String rabbitText() {
    try (Connection connection = rabbit.connect()) {
      Map<String, Object> properties = connection.getServerProperties();
      return "%s %s on %s"
          .formatted(
              properties.get("product"), properties.get("version"), properties.get("platform"));
    } catch (IOException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    roomier.ifPresent(EmbeddedReplicaSet::close);
    end.run();
  }
}
