package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.mongo.Fault;
import dev.sluice.pipeline.PipelineState;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TcpProxy;
import dev.sluice.testing.TestAuthority;
import dev.sluice.testing.TestAuthority.Issued;
import dev.sluice.testing.TlsRabbitNode;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole way over TLS: pipeline, inserter and reader, both servers demanding a certificate of
 * their clients. RabbitMQ is a real one; MongoDB is the embedded set, which takes certificates of a
 * test's own.
 */
class TlsPipelineIT {
  @TempDir private static Path directory;
  private static TestAuthority authority;
  private static TlsRabbitNode rabbit;
  private static EmbeddedReplicaSet mongo;

  @BeforeAll
  static void startServers() throws Exception {
    Assumptions.assumeTrue(
        RabbitNode.installation().isPresent(), "needs an installed rabbitmq-server");
    authority = new TestAuthority(directory, "authority");
    rabbit = TlsRabbitNode.launch(authority, directory);
    Issued member = authority.issue("localhost");
    SslContext tls =
        SslContextBuilder.forServer(member.certificate().toFile(), member.key().toFile())
            .trustManager(authority.certificate().toFile())
            .clientAuth(ClientAuth.REQUIRE)
            .build();
    mongo = EmbeddedReplicaSet.builder().name("tls").tls(tls).start();
  }

  @AfterAll
  static void stopServers() {
    if (mongo != null) {
      mongo.close();
    }
    if (rabbit != null) {
      rabbit.close();
    }
  }

  private static Map<String, String> settings(String rabbitUri) {
    Issued client = authority.issueRsa("sluice.example");
    Map<String, String> settings = new HashMap<>();
    settings.put("MONGO_DATABASE_HOST", mongo.uri());
    settings.put("RABBITMQ_URI", rabbitUri);
    for (String server : new String[] {"MONGO_DATABASE_TLS_", "RABBITMQ_TLS_"}) {
      settings.put(server + "CA_FILE", authority.certificate().toString());
      settings.put(server + "CERT_FILE", client.certificate().toString());
      settings.put(server + "KEY_FILE", client.key().toString());
    }
    return settings;
  }

  /** Over TLS as well, to MongoDB and, to look on, to RabbitMQ. */
  private static void assertCarriesAll(PipelineUnderTest sluice) {
    Map<String, String> environment = new HashMap<>(sluice.environment());
    environment.put("RABBITMQ_URI", rabbit.uri());
    EndedCommand inserter =
        EndedCommand.of(
            environment,
            "insert",
            "--count=60",
            "--mix=insert:60,update:25,replace:5,delete:10",
            "--verify",
            "--quiet",
            "--wait=60s");

    assertThat(inserter.code()).as(inserter.err() + inserter.out()).isZero();
    assertThat(inserter.out() + inserter.err())
        .contains("delivered 60, missing 0, repeated 0, out of order 0");
  }

  @Test
  void everyWriteComesOut() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(settings(rabbit.uri())).start()) {
      assertCarriesAll(sluice);

      assertThat(rabbit.node().ctl("list_connections", "ssl").lines())
          .filteredOn(line -> line.contains("true") || line.contains("false"))
          .isNotEmpty()
          .allMatch(line -> line.contains("true"));
    }
  }

  /** The way of the events, and of the doctor, by the stream protocol as well. */
  @Test
  void everyWriteComesOutOfAStream() throws Exception {
    Map<String, String> settings = settings(rabbit.uri());
    settings.put("SLUICE_TARGET", "stream");
    settings.put("SLUICE_QUEUE_TYPE", "stream");
    settings.put("SLUICE_STREAM_PORT", Integer.toString(rabbit.streamPort()));
    try (PipelineUnderTest sluice = new PipelineUnderTest(settings).start()) {
      EndedCommand inserter =
          EndedCommand.of(
              sluice.environment(), "insert", "--count=100", "--mix=insert:100", "--quiet");
      assertThat(inserter.code()).as(inserter.err()).isZero();

      EndedCommand seen =
          EndedCommand.of(sluice.environment(), "tail", "--from=first", "--count=100");
      assertThat(seen.code()).as(seen.err()).isZero();
      assertThat(seen.out().lines()).hasSize(100);
      assertThat(EndedCommand.of(sluice.environment(), "doctor").out())
          .containsPattern("ok +rabbitmq stream +spoken at .* is led by the node at ");
    }
  }

  @Test
  void theFilesAloneMakeItTls() throws Exception {
    Map<String, String> settings = settings("");
    settings.put("MONGO_DATABASE_HOST", mongo.uri().replace("&tls=true", ""));
    settings.put("RABBITMQ_HOST", "localhost");
    settings.put("RABBITMQ_PORT", Integer.toString(rabbit.port()));
    try (PipelineUnderTest sluice = new PipelineUnderTest(settings).start()) {
      assertCarriesAll(sluice);
    }
  }

  @Test
  void aNetworkThatBreaksUnderTlsPasses() throws Exception {
    try (TcpProxy way = TcpProxy.to(RabbitNode.HOST, rabbit.port());
        PipelineUnderTest sluice =
            new PipelineUnderTest(settings(rabbit.uri(way.port()))).start()) {
      way.sever();
      awaitState(sluice, "BACKING_OFF");
      awaitStreamingAgain(sluice);
      assertCarriesAll(sluice);

      way.refuse();
      way.sever();
      awaitState(sluice, "cannot be reached");
      way.accept();
      awaitStreamingAgain(sluice);
      assertCarriesAll(sluice);
    }
  }

  @Test
  void aReplicaSetThatIsAwayForAWhileUnderTlsPasses() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(settings(rabbit.uri())).start()) {
      mongo.faults().dropConnections();
      assertCarriesAll(sluice);

      try (Fault one = mongo.faults().kill(0);
          Fault two = mongo.faults().kill(1);
          Fault three = mongo.faults().kill(2)) {
        awaitState(sluice, "BACKING_OFF");
      }
      awaitStreamingAgain(sluice);
      assertCarriesAll(sluice);
    }
  }

  private static void awaitState(PipelineUnderTest sluice, String part) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> sluice.states.stream().anyMatch(state -> state.contains(part)));
  }

  private static void awaitStreamingAgain(PipelineUnderTest sluice) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> sluice.ended().isDone() || sluice.state() == PipelineState.STREAMING);
    assertThat(sluice.ended()).isNotDone();
  }
}
