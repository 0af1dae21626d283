package dev.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.local.BareMachine.Ended;
import dev.sluice.testing.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded servers of {@code make local-start}, with bash and Java and without a ps. */
class LocalServersIT {
  private static final Map<String, String> EMBEDDED = Map.of("BACKEND", "embedded", "YES", "1");

  @TempDir Path directory;
  private BareMachine machine;

  @BeforeEach
  void hasJava() throws Exception {
    machine =
        new BareMachine(directory)
            .link("java", Path.of(System.getProperty("java.home"), "bin", "java"));
    Files.createDirectory(machine.file("target"));
    // As this process runs, with absolute names.
    machine.write(
        "target/test-classpath.txt",
        Stream.of(System.getProperty("java.class.path").split(":"))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(":")));
  }

  @AfterEach
  void stops() throws Exception {
    machine.servers(EMBEDDED, "stop");
  }

  private List<Integer> usePorts() throws Exception {
    List<Integer> ports = FreePorts.take(4);
    machine.write(
        ".env",
        "LOCAL_MONGO1_PORT=" + ports.get(0),
        "LOCAL_MONGO2_PORT=" + ports.get(1) + " # the second",
        "  LOCAL_MONGO3_PORT= " + ports.get(2) + "\r",
        "RABBITMQ_PORT=" + ports.get(3),
        "MONGO_DATABASE_HOST=mongodb://localhost:" + ports.get(1));
    return ports;
  }

  private static MongoClient client(List<Integer> ports) {
    return MongoClients.create(
        "mongodb://localhost:" + ports.get(0) + "/?replicaSet=my-replica-set");
  }

  @Test
  void startsSeesAndStopsThemOnPortsOfTheEnvFile() throws Exception {
    List<Integer> ports = usePorts();

    Ended started = machine.servers(EMBEDDED, "start");

    assertThat(started.output())
        .contains("Starting embedded servers", "Next: make local-start-cdc")
        .contains(ports.get(0) + ", " + ports.get(1) + ", " + ports.get(2))
        .doesNotContain("leads Sluice");
    assertThat(started.code()).isZero();
    try (MongoClient client = client(ports)) {
      client.getDatabase("a").getCollection("a").insertOne(new Document("kept", true));
    }
    ConnectionFactory rabbit = new ConnectionFactory();
    rabbit.setPort(ports.get(3));
    rabbit.newConnection().close();
    assertThat(machine.servers(EMBEDDED, "start").output()).startsWith("Already running");
    assertThat(machine.servers(EMBEDDED, "status").output())
        .startsWith("Embedded servers, pid ")
        .contains("RabbitMQ  127.0.0.1:" + ports.get(3) + " well: accepts connections")
        .doesNotContain("not reachable");

    assertThat(machine.servers(EMBEDDED, "stop").output()).startsWith("Stopped the embedded");

    assertThat(machine.servers(EMBEDDED, "stop").output()).isEqualTo("Nothing is running.\n");
    assertThat(machine.servers(EMBEDDED, "status").output())
        .startsWith("Nothing of ours is running.")
        .doesNotContain("well:");
  }

  @Test
  void keepsTheDataWhenThePortsAreOthersAndRemovesItWhenAsked() throws Exception {
    List<Integer> before = usePorts();
    machine.servers(EMBEDDED, "start");
    try (MongoClient client = client(before)) {
      client.getDatabase("a").getCollection("a").insertOne(new Document("kept", true));
    }
    machine.servers(EMBEDDED, "stop");

    List<Integer> after = usePorts();
    assertThat(machine.servers(EMBEDDED, "start").code()).isZero();

    try (MongoClient client = client(after)) {
      assertThat(client.getDatabase("a").getCollection("a").countDocuments()).isEqualTo(1);
    }
    assertThat(machine.servers(EMBEDDED, "clean").output())
        .contains("Stopped the embedded servers", "Removed the local data.");
    assertThat(machine.file(".sluice")).doesNotExist();
  }

  @Test
  void doesNotTakeAnotherProcessOfTheSamePidForThem() throws Exception {
    usePorts();
    machine.write(".sluice/embedded.pid", Long.toString(ProcessHandle.current().pid()));

    assertThat(machine.servers(EMBEDDED, "stop").output()).isEqualTo("Nothing is running.\n");
  }

  @Test
  void saysWhyTheyEndedAtOnce() throws Exception {
    usePorts();
    machine.write("target/test-classpath.txt", "nowhere");

    Ended started = machine.servers(EMBEDDED, "start");

    assertThat(started.code()).isEqualTo(1);
    assertThat(started.output()).contains("ClassNotFoundException", "ended at once");
  }
}
