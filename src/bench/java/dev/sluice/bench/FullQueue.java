package dev.sluice.bench;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.testing.TestRabbit;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Inserts as the pipeline publishes them, and queues that are full of them. */
final class FullQueue {
  /** What else is in a document, in bytes. */
  private static final int BESIDE_FILLER = 80;

  private final int events;
  private final String filler;

  /**
   * @param size of a document in bytes
   */
  FullQueue(int events, int size) {
    this.events = events;
    this.filler = "x".repeat(Math.max(1, size - BESIDE_FILLER));
  }

  int events() {
    return events;
  }

  String filler() {
    return filler;
  }

  static String id(int n) {
    return String.format(Locale.ROOT, "%024x", n);
  }

  static String messageId(int n) {
    return String.format(Locale.ROOT, "%032x", n);
  }

  static String position(int n) {
    return String.format(Locale.ROOT, "6aff9c0b%08x00000000", n);
  }

  String document(int n) {
    return String.format(
        Locale.ROOT,
        "{\"_id\": \"%s\", \"word\": \"QUIZ\", \"score\": %d, \"filler\": \"%s\"}",
        id(n),
        n,
        filler);
  }

  byte[] message(int n) {
    return String.format(
            Locale.ROOT,
            "{\"_id\": \"%s\", \"operation\": \"insert\", \"database\": \"scrabble\","
                + " \"collection\": \"plays\", \"document\": %s, \"metadata\": {\"eventId\":"
                + " \"%s\", \"pipeline\": \"bench\", \"idType\": \"objectId\", \"clusterTime\":"
                + " \"2026-11-20T01:02:03Z\", \"clusterTimeIncrement\": %d, \"position\":"
                + " \"%s\", \"documentSource\": \"event\", \"schema\": 1}}",
            id(n),
            document(n),
            messageId(n),
            n,
            position(n))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A full queue, of the type that the pipeline declares by default; gives its name. */
  String fill(Connection connection) throws Exception {
    String queue = TestRabbit.freshName("bench-consume");
    try (Channel channel = connection.createChannel()) {
      channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", "quorum"));
      channel.confirmSelect();
      Map<String, Object> headers = new HashMap<>();
      headers.put("operation", "insert");
      for (int n = 0; n < events; n++) {
        AMQP.BasicProperties properties =
            new AMQP.BasicProperties.Builder()
                .deliveryMode(2)
                .contentType("application/json")
                .messageId(messageId(n))
                .type("insert")
                .headers(headers)
                .build();
        channel.basicPublish("", queue, properties, message(n));
        if (n % 2_000 == 1_999) {
          channel.waitForConfirmsOrDie(60_000);
        }
      }
      channel.waitForConfirmsOrDie(60_000);
    }
    return queue;
  }
}
