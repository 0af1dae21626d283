package dev.sluice.it;

import static dev.sluice.it.FaultyRabbit.at;
import static dev.sluice.it.FaultyRabbit.awaitAll;
import static dev.sluice.it.FaultyRabbit.awaitFailure;
import static dev.sluice.it.FaultyRabbit.awaitStreamingAgain;
import static dev.sluice.it.FaultyRabbit.distinct;
import static dev.sluice.it.FaultyRabbit.insert;
import static dev.sluice.it.FaultyRabbit.pipeline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.config.DocumentOrder;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.testing.RabbitNode;
import java.util.Locale;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Queues, exchanges and messages that RabbitMQ no longer has or does not take. */
class BrokerTopologyFaultsIT {
  private static RabbitNode node;

  @BeforeAll
  static void takeNode() {
    node = FaultyRabbit.node();
  }

  @Test
  void queueDeletedWhileRunning() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start()) {
      at(node, channel -> channel.queueDelete(sluice.queue()));
      insert(sluice, 0, 100);
      awaitFailure(sluice, "no queue for the routing key");
      awaitStreamingAgain(sluice);
      sluice.consume();

      awaitAll(sluice, 100);
    }
  }

  @Test
  void exchangeDeletedWhileRunning() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start()) {
      sluice.consume();
      at(node, channel -> channel.exchangeDelete(sluice.exchange()));
      insert(sluice, 0, 100);

      awaitAll(sluice, 100);
    }
  }

  /**
   * A publish to an exchange that is gone: 404, for the channel and not for the connection. Its
   * bindings go first, so that a message may be returned just before.
   */
  @Test
  void channelClosedByAnErrorAgainAndAgainUnderLoad() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start();
        ChangesUnderWay changes = new ChangesUnderWay(sluice)) {
      sluice.consume();
      for (int i = 0; i < 5; i++) {
        sluice.states.clear();
        at(node, channel -> channel.exchangeDelete(sluice.exchange()));
        awaitFailure(sluice, sluice.exchange());
        awaitStreamingAgain(sluice);
        changes.awaitRounds(2);
      }

      changes.assertAllComesOut(sluice);
    }
  }

  @Test
  void bindingRemovedAgainAndAgainUnderLoad() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start();
        ChangesUnderWay changes = new ChangesUnderWay(sluice)) {
      sluice.consume();
      for (int i = 0; i < 5; i++) {
        sluice.states.clear();
        at(node, channel -> channel.queueUnbind(sluice.queue(), sluice.exchange(), "#"));
        awaitFailure(sluice, "no queue for the routing key");
        awaitStreamingAgain(sluice);
        changes.awaitRounds(2);
      }

      changes.assertAllComesOut(sluice);
    }
  }

  /** Without waiting for confirms as well, for whoever compares positions. */
  @ParameterizedTest
  @EnumSource(DocumentOrder.class)
  void queueFullWithRejectPublishKeepsTheOrderOfEachDocument(DocumentOrder order) throws Exception {
    try (PipelineUnderTest sluice =
        pipeline(Map.of("SLUICE_ORDER", order.name().toLowerCase(Locale.ROOT))).start()) {
      node.setPolicy(
          "full", sluice.queue(), "{\"max-length\": 20, \"overflow\": \"reject-publish\"}");
      int keys = 5;
      for (int key = 0; key < keys; key++) {
        sluice
            .collection()
            .insertOne(new BsonDocument("_id", new BsonInt32(key)).append("n", new BsonInt32(0)));
      }
      int last = 0;
      // A quorum queue learns late that it is full: what comes all at once it takes.
      while (last < 40
          || sluice.states.stream().noneMatch(state -> state.startsWith("THROTTLED"))) {
        last++;
        sluice
            .collection()
            .updateMany(
                new BsonDocument(),
                new BsonDocument("$set", new BsonDocument("n", new BsonInt32(last))));
      }

      sluice.consume();

      int events = keys * (last + 1);
      await().atMost(FaultyRabbit.PATIENCE).until(() -> distinct(sluice.deliveries) >= events);
      switch (order) {
        case STRICT -> OrderPerDocument.check(sluice.deliveries, keys, last);
        case POSITION -> OrderPerDocument.checkByPosition(sluice.deliveries, keys, last);
      }
      node.clearPolicy("full");
    }
  }

  @Test
  void aClassicQueueIsRefilledAfterItsConnectionsWereCutAndItWasDeleted() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of("SLUICE_QUEUE_TYPE", "classic")).start()) {
      insert(sluice, 0, 100);
      await().until(() -> node.queueMessages(sluice.queue()) == 100);
      node.closeAllConnections("for a test");
      insert(sluice, 100, 200);
      awaitStreamingAgain(sluice);
      sluice.consume();
      awaitAll(sluice, 200);
      sluice.stopConsuming();
      sluice.states.clear();

      at(node, channel -> channel.queueDelete(sluice.queue()));
      insert(sluice, 200, 300);
      awaitStreamingAgain(sluice);
      sluice.consume();

      awaitAll(sluice, 300);
    }
  }

  /** What came before it is delivered, nothing behind it is; with a higher limit all of it is. */
  @Test
  void aMessageLargerThanTheBrokersLimitStopsAndGoesOnceTheLimitIsHigher() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of())) {
      // Before the start: RabbitMQ looks at the limit when a channel is opened.
      try (RabbitNode.Fault limit = node.maxMessageBytes(100_000)) {
        sluice.start();
        insert(sluice, 0, 10);
        sluice
            .collection()
            .insertOne(
                new BsonDocument("_id", new BsonInt32(10))
                    .append("large", new BsonString("x".repeat(200_000))));
        insert(sluice, 11, 20);

        assertThat(sluice.awaitFailed(FailureKind.POISON_EVENT))
            .hasMessageContaining("larger than its max_message_size");
        assertThat(node.queueMessages(sluice.queue())).isEqualTo(10);
      }
      sluice.start();
      sluice.consume();

      awaitAll(sluice, 20);
    }
  }
}
