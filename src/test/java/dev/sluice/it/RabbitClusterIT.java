package dev.sluice.it;

import static dev.sluice.it.FaultyRabbit.awaitFailure;
import static dev.sluice.it.FaultyRabbit.awaitStreamingAgain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.pipeline.PipelineState;
import dev.sluice.testing.RabbitCluster;
import dev.sluice.testing.RabbitNode;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A cluster of three RabbitMQ nodes loses some of them; the queue is a quorum queue on all three.
 */
class RabbitClusterIT {
  /** What lies between publishing and the confirm at most: SLUICE_MAX_IN_FLIGHT's default. */
  private static final int WINDOW = 2_000;

  /** A boot of a node takes longer, so nobody has waited for one. */
  private static final Duration WITHOUT_THE_NODE = Duration.ofSeconds(20);

  private static RabbitCluster cluster;

  @BeforeAll
  static void launch() {
    Assumptions.assumeTrue(
        RabbitCluster.installation().isPresent(), "needs RabbitMQ 4: .ci/rabbitmq4");
    cluster = RabbitCluster.launch(RabbitCluster.installation().get());
  }

  @AfterAll
  static void close() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @AfterEach
  void startAll() {
    cluster.startAll();
  }

  @Test
  void theLeaderOfTheQueueIsKilled() throws Exception {
    RabbitNode connected = cluster.node(0);
    try (PipelineUnderTest sluice = at(connected.uri()).start()) {
      cluster.moveLeader(sluice.queue(), 1);
      try (ChangesUnderWay changes = new ChangesUnderWay(sluice)) {
        changes.awaitRounds(2);
        cluster.node(1).kill();
        changes.awaitRounds(20);
        sluice.consumeFrom(connected.uri());
        sluice.consume();

        changes.assertAllComesOut(sluice);
        assertFewRepeats(sluice, 1);
        assertThat(cluster.leader(sluice.queue())).isNotEqualTo(1);
      }
    }
  }

  @Test
  void theNodeThatHoldsTheConnectionIsKilled() throws Exception {
    try (PipelineUnderTest sluice = at(cluster.uri()).start();
        ChangesUnderWay changes = new ChangesUnderWay(sluice)) {
      changes.awaitRounds(2);
      int held = cluster.holderOf(sluice.queue());
      cluster.node(held).kill();
      long killed = System.nanoTime();
      awaitStreamingAgain(sluice);

      assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(WITHOUT_THE_NODE);
      assertThat(cluster.node(held).isRunning()).isFalse();
      sluice.consumeFrom(cluster.node((held + 1) % 3).uri());
      sluice.consume();
      changes.assertAllComesOut(sluice);
      assertFewRepeats(sluice, 1);
    }
  }

  @Test
  void theMajorityIsLostAndReturns() throws Exception {
    try (PipelineUnderTest sluice = at(cluster.uri()).start();
        ChangesUnderWay changes = new ChangesUnderWay(sluice)) {
      changes.awaitRounds(2);
      cluster.node(1).kill();
      cluster.node(2).kill();
      awaitFailure(sluice, "");
      changes.awaitRounds(20);
      cluster.startAll();
      await().atMost(FaultyRabbit.PATIENCE).until(() -> sluice.state() == PipelineState.STREAMING);
      sluice.consumeFrom(cluster.node(0).uri());
      sluice.consume();

      changes.assertAllComesOut(sluice);
      assertFewRepeats(sluice, 2);
    }
  }

  private static PipelineUnderTest at(String uri) {
    return new PipelineUnderTest(Map.of("RABBITMQ_URI", uri));
  }

  /** Each failure costs at most what was under way. */
  private static void assertFewRepeats(PipelineUnderTest sluice, int failures) {
    assertThat(sluice.deliveries.size() - FaultyRabbit.distinct(sluice.deliveries))
        .isLessThanOrEqualTo((long) failures * WINDOW);
  }
}
