package dev.sluice.it;

import static dev.sluice.it.FaultyRabbit.SHORT_DRAIN;
import static dev.sluice.it.FaultyRabbit.assertStopsInTime;
import static dev.sluice.it.FaultyRabbit.awaitAll;
import static dev.sluice.it.FaultyRabbit.awaitFailure;
import static dev.sluice.it.FaultyRabbit.awaitState;
import static dev.sluice.it.FaultyRabbit.awaitStreamingAgain;
import static dev.sluice.it.FaultyRabbit.insert;
import static dev.sluice.it.FaultyRabbit.pipeline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.pipeline.PipelineState;
import dev.sluice.testing.RabbitNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** RabbitMQ goes away and comes back. */
class BrokerOutageIT {
  /**
   * Stands for a minute, and for an hour: longer than the longest wait between two attempts (10 s),
   * so that the pipeline has come to where it stays until the broker is back.
   */
  private static final Duration DOWN = Duration.ofSeconds(12);

  /** RabbitMQ 3.10 forgets a quorum queue that is younger than about a second when it is killed. */
  private static final Duration UNTIL_THE_QUEUE_IS_KEPT = Duration.ofSeconds(3);

  /** RabbitMQ ends a request that hangs inside it after a minute. */
  private static final Duration BEFORE_THE_BROKER_GIVES_UP = Duration.ofSeconds(50);

  private static RabbitNode node;

  @BeforeAll
  static void takeNode() {
    node = FaultyRabbit.node();
  }

  @Test
  void brokerRestart() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start()) {
      insert(sluice, 0, 500);
      node.restart();
      insert(sluice, 500, 1_000);
      awaitStreamingAgain(sluice);
      sluice.consume();

      awaitAll(sluice, 1_000);
    }
  }

  @Test
  void brokerKilledUnderLoadAndStartedAgain() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start();
        ChangesUnderWay changes = new ChangesUnderWay(sluice)) {
      await()
          .during(UNTIL_THE_QUEUE_IS_KEPT)
          .atMost(FaultyRabbit.PATIENCE)
          .until(() -> sluice.state() == PipelineState.STREAMING);
      node.kill();
      awaitFailure(sluice, "cannot be reached");
      node.start();
      awaitStreamingAgain(sluice);
      sluice.consume();

      changes.assertAllComesOut(sluice);
    }
  }

  @Test
  void brokerDownForLongerThanTheLongestBackOff() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start()) {
      insert(sluice, 0, 500);
      node.stopApp();
      try {
        insert(sluice, 500, 1_000);
        awaitFailure(sluice, "cannot be reached");
        await()
            .during(DOWN)
            .atMost(DOWN.multipliedBy(3))
            .until(() -> !sluice.ended().isDone() && sluice.state() != PipelineState.STREAMING);
        assertThat(sluice.states.stream().filter(line -> line.contains("cannot be reached")))
            .as("one line, however many attempts")
            .hasSize(1);
      } finally {
        node.startApp();
      }
      awaitState(sluice, PipelineState.STREAMING);
      sluice.consume();

      awaitAll(sluice, 1_000);
    }
  }

  @Test
  void stopWhileTheBrokerIsDownEndsInTime() throws Exception {
    try (PipelineUnderTest sluice = pipeline(SHORT_DRAIN).start()) {
      insert(sluice, 0, 100);
      node.stopApp();
      try {
        insert(sluice, 100, 200);
        awaitFailure(sluice, "cannot be reached");

        assertStopsInTime(sluice);
      } finally {
        node.startApp();
      }
      sluice.start();
      sluice.consume();

      awaitAll(sluice, 200);
    }
  }

  @Test
  void connectionClosedByTheBrokerAgainAndAgainUnderLoad() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start();
        ChangesUnderWay changes = new ChangesUnderWay(sluice)) {
      for (int i = 0; i < 3; i++) {
        sluice.states.clear();
        node.closeAllConnections("for a test");
        awaitFailure(sluice, "CONNECTION_FORCED");
        awaitStreamingAgain(sluice);
        changes.awaitRounds(2);
      }
      sluice.consume();

      changes.assertAllComesOut(sluice);
    }
  }

  /** A crash inside the broker takes the connection with it: 541 INTERNAL_ERROR. */
  @Test
  void channelCrashedInsideTheBroker() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start();
        ChangesUnderWay changes = new ChangesUnderWay(sluice)) {
      changes.awaitRounds(2);
      node.ctl("eval", "[exit(Channel, kill) || Channel <- rabbit_channel:list()].");
      awaitFailure(sluice, "INTERNAL_ERROR");
      awaitStreamingAgain(sluice);
      sluice.consume();

      changes.assertAllComesOut(sluice);
    }
  }

  /**
   * A broker whose queues hang answers no declaration and keeps the connection alive. It breaks the
   * node for good, so it has one of its own.
   */
  @Test
  void aDeclarationThatIsNeverAnsweredIsGivenUp() throws Exception {
    try (RabbitNode hanging = RabbitNode.launch();
        PipelineUnderTest sluice = pipeline(with(SHORT_DRAIN, "RABBITMQ_URI", hanging.uri()))) {
      hanging.ctl("eval", "sys:suspend(ra_server_sup_sup).");
      sluice.launch();
      await().atMost(BEFORE_THE_BROKER_GIVES_UP).until(() -> !sluice.states.isEmpty());

      assertThat(sluice.states.get(0)).startsWith("BACKING_OFF");
      assertStopsInTime(sluice);
    }
  }

  private static Map<String, String> with(Map<String, String> settings, String key, String value) {
    Map<String, String> more = new HashMap<>(settings);
    more.put(key, value);
    return more;
  }
}
