package dev.sluice.it;

import static dev.sluice.it.FaultyRabbit.SHORT_DRAIN;
import static dev.sluice.it.FaultyRabbit.assertStopsInTime;
import static dev.sluice.it.FaultyRabbit.awaitAll;
import static dev.sluice.it.FaultyRabbit.awaitFailure;
import static dev.sluice.it.FaultyRabbit.awaitState;
import static dev.sluice.it.FaultyRabbit.awaitStreamingAgain;
import static dev.sluice.it.FaultyRabbit.insert;
import static dev.sluice.it.FaultyRabbit.pipelineThrough;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.pipeline.PipelineState;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TcpProxy;
import dev.sluice.testing.TcpProxy.Direction;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The network between Sluice and RabbitMQ fails, loudly or without a word. */
class BrokerNetworkFaultsIT {
  private static final Map<String, String> SHORT_CONFIRM_TIMEOUT =
      Map.of("SLUICE_CONFIRM_TIMEOUT", "1s");

  /** Of the kinds of failure and their moments; another one makes another test of it. */
  private static final long SEED = 20261121;

  private RabbitNode node;
  private TcpProxy proxy;

  @BeforeEach
  void startProxy() {
    node = FaultyRabbit.node();
    proxy = TcpProxy.to(node.host(), node.port());
  }

  @AfterEach
  void closeProxy() {
    if (proxy != null) {
      proxy.close();
    }
  }

  private void mend() {
    proxy.sever();
    proxy.thaw();
  }

  /** The broker took the messages, so all of them come twice, under the ids they had. */
  @Test
  void aConfirmThatNeverComes() throws Exception {
    try (PipelineUnderTest sluice = pipelineThrough(proxy, SHORT_CONFIRM_TIMEOUT).start()) {
      proxy.swallowServerToClient(0);
      insert(sluice, 0, 100);
      await().until(() -> node.queueMessages(sluice.queue()) == 100);
      awaitFailure(sluice, "has confirmed nothing for");
      mend();
      awaitStreamingAgain(sluice);
      insert(sluice, 100, 200);
      sluice.consume();

      awaitAll(sluice, 200);
      assertThat(sluice.deliveries).hasSizeGreaterThanOrEqualTo(300);
    }
  }

  @Test
  void halfOpenUnderLoadIsNoticedByTheConfirmTimeout() throws Exception {
    try (PipelineUnderTest sluice = pipelineThrough(proxy, SHORT_CONFIRM_TIMEOUT).start();
        ChangesUnderWay changes = new ChangesUnderWay(sluice)) {
      sluice.consume();
      changes.awaitRounds(5);
      proxy.freeze();
      awaitFailure(sluice, "has confirmed nothing for");
      awaitFailure(sluice, "cannot be reached");
      mend();
      awaitState(sluice, PipelineState.STREAMING);

      changes.assertAllComesOut(sluice);
    }
  }

  /** The broker reads on much later what was on the way when the connection was given up. */
  @Test
  void bytesOfADeadConnectionThatArriveLateDisturbNoOrder() throws Exception {
    try (PipelineUnderTest sluice = pipelineThrough(proxy, SHORT_CONFIRM_TIMEOUT).start();
        ChangesUnderWay changes = new ChangesUnderWay(sluice)) {
      sluice.consume();
      for (int i = 0; i < 3; i++) {
        sluice.states.clear();
        changes.awaitRounds(5);
        proxy.freeze();
        awaitFailure(sluice, "has confirmed nothing for");
        proxy.thaw();
        awaitStreamingAgain(sluice);
      }

      changes.assertAllComesOut(sluice);
    }
  }

  /** With a heartbeat of 2 s instead of 10, which the broker may ask for, to make it short. */
  @Test
  void halfOpenWhileIdleOrBlockedIsNoticedByTheHeartbeat() throws Exception {
    try (RabbitNode.Fault soon = node.heartbeat(2);
        TcpProxy other = TcpProxy.to(node.host(), node.port());
        PipelineUnderTest idle = pipelineThrough(proxy, Map.of()).start();
        PipelineUnderTest blocked = pipelineThrough(other, Map.of()).start()) {
      try (RabbitNode.Fault alarm = node.memoryAlarm()) {
        insert(blocked, 0, 100);
        awaitState(blocked, PipelineState.BLOCKED);
        proxy.dropBytes();
        other.dropBytes();
        awaitFailure(idle, "127.0.0.1:" + proxy.port());
        awaitFailure(blocked, "127.0.0.1:" + other.port());
      }
      insert(idle, 0, 100);
      mend();
      other.sever();
      other.thaw();
      idle.consume();
      blocked.consume();

      awaitAll(idle, 100);
      awaitAll(blocked, 100);
    }
  }

  @Test
  void stopWhileHalfOpenEndsInTime() throws Exception {
    try (PipelineUnderTest sluice = pipelineThrough(proxy, SHORT_DRAIN).start()) {
      insert(sluice, 0, 10);
      await().until(() -> node.queueMessages(sluice.queue()) == 10);
      proxy.freeze();
      insert(sluice, 10, 3_000);
      assertStopsInTime(sluice);

      mend();
      sluice.start();
      sluice.consume();

      awaitAll(sluice, 3_000);
    }
  }

  @Test
  void stopWhileConnectingIntoSilenceEndsInTime() throws Exception {
    try (PipelineUnderTest sluice = pipelineThrough(proxy, SHORT_DRAIN).start()) {
      proxy.sever();
      proxy.freeze();
      insert(sluice, 0, 100);
      awaitFailure(sluice, "127.0.0.1:" + proxy.port());
      awaitState(sluice, PipelineState.STARTING);
      assertStopsInTime(sluice);

      mend();
      sluice.start();
      sluice.consume();

      awaitAll(sluice, 100);
    }
  }

  /**
   * Resets, lost bytes and silence, at moments drawn by chance: between two messages, in the middle
   * of one, between a message and its confirm.
   */
  @Test
  void resetInMidMessageAgainAndAgain() throws Exception {
    Random random = new Random(SEED);
    try (PipelineUnderTest sluice = pipelineThrough(proxy, SHORT_CONFIRM_TIMEOUT).start();
        ChangesUnderWay changes = new ChangesUnderWay(sluice)) {
      sluice.consume();
      for (int i = 0; i < 20; i++) {
        sluice.states.clear();
        if (random.nextBoolean()) {
          // Cuts the stream to the broker in the middle of a message, to us in that of a confirm.
          proxy.dropBytesAfter(Direction.CLIENT_TO_SERVER, random.nextInt(20_000));
          proxy.dropBytesAfter(Direction.SERVER_TO_CLIENT, random.nextInt(500));
        }
        changes.awaitRounds(1 + random.nextInt(3));
        mend();
        awaitStreamingAgain(sluice);
      }

      changes.assertAllComesOut(sluice);
    }
  }
}
