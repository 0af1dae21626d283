package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.sluice.pipeline.PipelineState;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TcpProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Assumptions;

/**
 * The real RabbitMQ node that the tests of faults hurt, one for all of them, and what they have in
 * common. Each test leaves it as it was.
 */
final class FaultyRabbit {
  /** A node boots in 5 s, a backlog of some thousand events takes seconds on a busy machine. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Put into the settings of a test that stops its pipeline in a bad state. */
  static final Map<String, String> SHORT_DRAIN = Map.of("SLUICE_DRAIN_TIMEOUT", "1s");

  /** The drain above and the twelve seconds that docs/ENDINGS.md grants for closing. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(13);

  private FaultyRabbit() {}

  /** Initialised by the JVM once, when the first test asks; gone with the JVM. */
  private static final class Shared {
    private static final RabbitNode INSTANCE = RabbitNode.launch();
  }

  /** Skips the test where no RabbitMQ is installed. */
  static RabbitNode node() {
    Assumptions.assumeTrue(
        RabbitNode.installation().isPresent(), "needs an installed rabbitmq-server");
    return Shared.INSTANCE.noteUse();
  }

  static PipelineUnderTest pipeline(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.putIfAbsent("RABBITMQ_URI", node().uri());
    return new PipelineUnderTest(all);
  }

  /** A pipeline that reaches the node through the proxy; its consumer goes straight to the node. */
  static PipelineUnderTest pipelineThrough(TcpProxy proxy, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("RABBITMQ_URI", "amqp://guest:guest@" + proxy.host() + ":" + proxy.port() + "/%2F");
    PipelineUnderTest sluice = new PipelineUnderTest(all);
    sluice.consumeFrom(node().uri());
    return sluice;
  }

  static void insert(PipelineUnderTest sluice, int from, int to) {
    sluice
        .collection()
        .insertMany(
            IntStream.range(from, to)
                .mapToObj(i -> new BsonDocument("_id", new BsonInt32(i)))
                .toList());
  }

  /**
   * Begins to read a stream from its first message.
   *
   * @param read what comes, added on the connection's thread
   * @return true, or it fails
   */
  static boolean reads(Channel channel, String stream, List<Delivery> read) throws IOException {
    channel.basicQos(1_000);
    channel.basicConsume(
        stream,
        false,
        Map.of("x-stream-offset", "first"),
        (tag, delivery) -> {
          read.add(delivery);
          channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        },
        tag -> {});
    return true;
  }

  /** Every id came out, each first in the order of its writing and always as the same message. */
  static void awaitAll(PipelineUnderTest sluice, int events) {
    await().atMost(PATIENCE).until(() -> distinct(sluice.deliveries) >= events);
    Set<Integer> ids = new LinkedHashSet<>();
    for (Delivery delivery : sluice.deliveries) {
      ids.add(Integer.parseInt(String.valueOf(delivery.getProperties().getHeaders().get("id"))));
    }
    assertThat(ids).containsExactlyElementsOf(IntStream.range(0, events).boxed().toList());
    assertThat(distinct(sluice.deliveries)).isEqualTo(events);
  }

  /** How many messages came out, repeats not counted. */
  static long distinct(List<Delivery> deliveries) {
    return deliveries.stream()
        .map(delivery -> delivery.getProperties().getMessageId())
        .distinct()
        .count();
  }

  static void awaitState(PipelineUnderTest sluice, PipelineState state) {
    await().atMost(PATIENCE).until(() -> sluice.state() == state);
  }

  /** Waits until a failure was noticed whose line contains this. */
  static void awaitFailure(PipelineUnderTest sluice, String said) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                sluice.states.stream()
                    .anyMatch(line -> line.startsWith("BACKING_OFF") && line.contains(said)));
  }

  static void awaitStreamingAgain(PipelineUnderTest sluice) {
    awaitFailure(sluice, "");
    awaitState(sluice, PipelineState.STREAMING);
  }

  /** For a pipeline with {@link #SHORT_DRAIN}. */
  static void assertStopsInTime(PipelineUnderTest sluice) throws Exception {
    long began = System.nanoTime();
    sluice.stop();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(STOP_LIMIT);
  }

  interface OnChannel {
    void run(Channel channel) throws Exception;
  }

  /** What somebody else does at the broker. */
  static void at(RabbitNode node, OnChannel action) throws Exception {
    try (Connection connection = node.connect();
        Channel channel = connection.createChannel()) {
      action.run(channel);
    }
  }
}
