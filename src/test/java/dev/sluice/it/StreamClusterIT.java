package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.sluice.testing.RabbitCluster;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.SluiceProcess;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream on a cluster of three RabbitMQ nodes: its leader is lost, and a replica is behind. */
class StreamClusterIT {
  private static RabbitCluster cluster;

  @BeforeAll
  static void launch() {
    Assumptions.assumeTrue(
        RabbitCluster.installation().isPresent(), "needs RabbitMQ 4: .ci/rabbitmq4");
    cluster = RabbitCluster.launchStreams(RabbitCluster.installation().get());
  }

  @AfterAll
  static void close() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static PipelineUnderTest pipeline() {
    return new PipelineUnderTest(
        Map.of(
            "RABBITMQ_URI",
            cluster.uri(),
            "SLUICE_TARGET",
            "stream",
            "SLUICE_QUEUE_TYPE",
            "stream",
            "SLUICE_STREAM_PORT",
            Integer.toString(cluster.streamPort())));
  }

  private static SluiceProcess consumer(PipelineUnderTest sluice, String uri, Path database)
      throws Exception {
    Map<String, String> environment = new HashMap<>(sluice.environment());
    environment.put("RABBITMQ_URI", uri);
    return SluiceProcess.start(
            environment,
            List.of(),
            "consume",
            "--to",
            "jdbc:sqlite:" + database + "?columns=n:int",
            "--linger",
            "20ms")
        .awaitLog("Reading the stream");
  }

  /** How often each document was changed, as far as the copy knows. */
  private static List<Integer> copied(Path database) throws Exception {
    List<Integer> copied = new CopyOnWriteArrayList<>();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select n from scrabble")) {
      while (rows.next()) {
        copied.add(rows.getInt(1));
      }
    }
    return copied;
  }

  /** Of which there is one for each document. */
  private static void awaitCopied(Path database, int n) {
    await()
        .atMost(FaultyRabbit.PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () -> assertThat(copied(database)).hasSize(ChangesUnderWay.DOCUMENTS).containsOnly(n));
  }

  private static List<Delivery> read(RabbitNode node, String stream, int count) throws Exception {
    List<Delivery> read = new CopyOnWriteArrayList<>();
    try (Connection connection = node.connect();
        Channel channel = connection.createChannel()) {
      FaultyRabbit.reads(channel, stream, read);
      await().atMost(FaultyRabbit.PATIENCE).until(() -> read.size() >= count);
    }
    return read;
  }

  @Test
  void theLeaderIsKilledUnderThePipelineAndItsReader(@TempDir Path folder) throws Exception {
    Path database = folder.resolve("copy.db");
    try (PipelineUnderTest sluice = pipeline().start();
        ChangesUnderWay changes = new ChangesUnderWay(sluice);
        SluiceProcess consumer = consumer(sluice, cluster.uri(), database)) {
      changes.awaitRounds(5);
      int leader = cluster.leader(sluice.queue());
      cluster.node(leader).kill();
      FaultyRabbit.awaitStreamingAgain(sluice);
      changes.awaitRounds(5);
      changes.close();
      int last = changes.rounds();
      awaitCopied(database, last);

      int events = ChangesUnderWay.DOCUMENTS * (last + 1);
      List<Delivery> all = read(cluster.node((leader + 1) % 3), sluice.queue(), events);
      OrderPerDocument.check(all, ChangesUnderWay.DOCUMENTS, last);
      assertThat(all).as("each change once").hasSize(events);
      assertThat(cluster.node(leader).isRunning()).isFalse();
      assertThat(cluster.leader(sluice.queue())).isNotEqualTo(leader);
      assertThat(consumer.log()).doesNotContain("no longer has", "made anew");
      assertThat(consumer.terminate()).as(consumer.log()).isZero();
    }
  }

  @Test
  void aReaderAtAReplicaThatIsBehindWaitsForIt(@TempDir Path folder) throws Exception {
    Path database = folder.resolve("copy.db");
    try (PipelineUnderTest sluice = pipeline().start()) {
      int leader = cluster.leader(sluice.queue());
      int behind = (leader + 1) % 3;
      int last;
      try (ChangesUnderWay changes = new ChangesUnderWay(sluice)) {
        changes.awaitRounds(1);
        try (RabbitNode.Fault held = cluster.holdBackReplica(sluice.queue(), behind)) {
          changes.awaitRounds(2);
          changes.close();
          last = changes.rounds();
          try (SluiceProcess first = consumer(sluice, cluster.uri(leader), database)) {
            awaitCopied(database, last);
            assertThat(first.terminate()).as(first.log()).isZero();
          }
          try (SluiceProcess second = consumer(sluice, cluster.uri(behind), database)) {
            second.awaitLog("waiting until it has caught up");
            held.close();
            changes.round();
            awaitCopied(database, last + 1);
            assertThat(second.terminate()).as(second.log()).isZero();
          }
        }
      }
    }
  }
}
