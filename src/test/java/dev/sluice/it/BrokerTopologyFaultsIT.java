package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.sluice.pipeline.PipelineState;
import dev.sluice.testing.RabbitNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What RabbitMQ can do to us, done to us: on a real node of our own. */
class BrokerFaultsIT {
  private static RabbitNode node;

  @BeforeAll
  static void startNode() {
    Assumptions.assumeTrue(
        RabbitNode.installation().isPresent(), "needs an installed rabbitmq-server");
    node = RabbitNode.launch();
  }

  @AfterAll
  static void stopNode() {
    if (node != null) {
      node.close();
    }
  }

  private static PipelineUnderTest pipeline(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("RABBITMQ_URI", node.uri());
    return new PipelineUnderTest(all);
  }

  private static void insert(PipelineUnderTest sluice, int from, int to) {
    sluice
        .collection()
        .insertMany(
            IntStream.range(from, to)
                .mapToObj(i -> new BsonDocument("_id", new BsonInt32(i)))
                .toList());
  }

  /** Every id came out, and each first in the order of its writing. */
  private static void assertAllInOrder(List<Delivery> deliveries, int events) {
    Set<Integer> ids = new LinkedHashSet<>();
    for (Delivery delivery : deliveries) {
      ids.add(Integer.parseInt(String.valueOf(delivery.getProperties().getHeaders().get("id"))));
    }
    assertThat(ids).containsExactlyElementsOf(IntStream.range(0, events).boxed().toList());
  }

  private static long distinct(List<Delivery> deliveries) {
    return new HashSet<>(
            deliveries.stream().map(delivery -> delivery.getProperties().getMessageId()).toList())
        .size();
  }

  private static void awaitAll(PipelineUnderTest sluice, int events) {
    await().atMost(Duration.ofSeconds(60)).until(() -> distinct(sluice.deliveries) >= events);
    assertAllInOrder(sluice.deliveries, events);
  }

  @Test
  void brokerRestart() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start()) {
      insert(sluice, 0, 500);
      node.restart();
      insert(sluice, 500, 1_000);

      await().atMost(PipelineUnderTest.PATIENCE).until(() -> streamingAgain(sluice));
      sluice.consume();

      awaitAll(sluice, 1_000);
    }
  }

  private static boolean streamingAgain(PipelineUnderTest sluice) {
    return sluice.state() == PipelineState.STREAMING
        && sluice.states.stream().anyMatch(state -> state.startsWith("BACKING_OFF"));
  }

  @Test
  void connectionClosedByTheBroker() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start()) {
      insert(sluice, 0, 500);
      node.closeAllConnections("for a test");
      insert(sluice, 500, 1_000);
      await().atMost(PipelineUnderTest.PATIENCE).until(() -> streamingAgain(sluice));
      sluice.consume();

      awaitAll(sluice, 1_000);
    }
  }

  @Test
  void queueDeletedWhileRunning() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start()) {
      try (Connection connection = node.connect();
          Channel channel = connection.createChannel()) {
        channel.queueDelete(sluice.queue());
      }
      insert(sluice, 0, 100);

      await().atMost(PipelineUnderTest.PATIENCE).until(() -> streamingAgain(sluice));
      sluice.consume();

      awaitAll(sluice, 100);
      assertThat(sluice.states).anyMatch(state -> state.contains("no queue for the routing key"));
    }
  }

  @Test
  void exchangeDeletedWhileRunning() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start()) {
      sluice.consume();
      try (Connection connection = node.connect();
          Channel channel = connection.createChannel()) {
        channel.exchangeDelete(sluice.environment().get("SLUICE_EXCHANGE"));
      }
      insert(sluice, 0, 100);

      awaitAll(sluice, 100);
    }
  }

  @Test
  void memoryAlarmForLongerThanTheConfirmTimeout() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of("SLUICE_CONFIRM_TIMEOUT", "1s")).start()) {
      try (RabbitNode.Fault alarm = node.memoryAlarm()) {
        insert(sluice, 0, 2_000);
        await().until(() -> sluice.state() == PipelineState.BLOCKED);
        await()
            .during(Duration.ofSeconds(3))
            .atMost(Duration.ofSeconds(5))
            .until(() -> sluice.state() == PipelineState.BLOCKED);
      }
      sluice.consume();

      awaitAll(sluice, 2_000);
      assertThat(distinct(sluice.deliveries)).isEqualTo(sluice.deliveries.size());
    }
  }

  @Test
  void stopDuringAMemoryAlarmEndsInTime() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of("SLUICE_DRAIN_TIMEOUT", "1s")).start()) {
      try (RabbitNode.Fault alarm = node.memoryAlarm()) {
        insert(sluice, 0, 2_000);
        await().until(() -> sluice.state() == PipelineState.BLOCKED);

        sluice.stop();
      }
      sluice.start();
      sluice.consume();

      awaitAll(sluice, 2_000);
    }
  }

  @Test
  void queueFullWithRejectPublishKeepsTheOrderOfEachDocument() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start()) {
      node.setPolicy(
          "full", sluice.queue(), "{\"max-length\": 20, \"overflow\": \"reject-publish\"}");
      int keys = 5;
      for (int key = 0; key < keys; key++) {
        sluice
            .collection()
            .insertOne(new BsonDocument("_id", new BsonInt32(key)).append("n", new BsonInt32(0)));
      }
      for (int n = 1; n <= 40; n++) {
        sluice
            .collection()
            .updateMany(
                new BsonDocument(),
                new BsonDocument("$set", new BsonDocument("n", new BsonInt32(n))));
      }
      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(() -> sluice.states.stream().anyMatch(state -> state.startsWith("BACKING_OFF")));

      sluice.consume();

      int events = keys * 41;
      await().atMost(Duration.ofSeconds(60)).until(() -> distinct(sluice.deliveries) >= events);
      OrderPerDocument.check(sluice.deliveries, keys, 40);
      node.clearPolicy("full");
    }
  }
}
