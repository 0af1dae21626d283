package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Assumptions;

/** A pipeline with routes, and its queues: what the tests of routes have in common. */
final class RoutedPipeline {
  /** The orders and the carts have queues on one exchange, the audit has a queue alone. */
  static final String THREE_QUEUES =
      """
      [{"namespaces": "DB.orders", "exchange": "NAME-shop", "queue": "NAME-orders",
        "bindingKey": "*.orders.*"},
       {"namespaces": "DB.carts", "exchange": "NAME-shop", "routingKey": "c.{id}",
        "queue": "NAME-carts", "queueType": "classic", "bindingKey": "c.#"},
       {"namespaces": "DB.audit", "exchange": "", "queue": "NAME-audit"}]
      """;

  private RoutedPipeline() {}

  /** A pipeline that watches a database of its own, by routes in a file in that folder. */
  static PipelineUnderTest pipeline(Path folder, String routes, Map<String, String> settings)
      throws IOException {
    Map<String, String> all = new HashMap<>(settings);
    all.put("SLUICE_ROUTES_FILE", folder.resolve("routes.json").toString());
    PipelineUnderTest sluice = new PipelineUnderTest(all);
    sluice.environment().put("SLUICE_NAMESPACES", sluice.database() + ".*");
    Files.writeString(
        folder.resolve("routes.json"),
        routes.replace("DB", sluice.database()).replace("NAME", sluice.queue()));
    return sluice;
  }

  interface OnChannel {
    void run(Channel channel) throws Exception;
  }

  static void at(OnChannel action) throws Exception {
    try (Connection connection = TestRabbit.shared().connect();
        Channel channel = connection.createChannel()) {
      action.run(channel);
    }
  }

  static void remove(PipelineUnderTest sluice) throws Exception {
    at(
        channel -> {
          for (String queue : List.of("-orders", "-carts", "-audit")) {
            channel.queueDelete(sluice.queue() + queue);
          }
          channel.exchangeDelete(sluice.queue() + "-shop");
        });
  }

  static void insert(PipelineUnderTest sluice, String collection, int id) {
    sluice.other(collection).insertOne(new BsonDocument("_id", new BsonInt32(id)));
  }

  /** Takes what is in the queue, which has to be so many messages in the end. */
  static List<GetResponse> take(String queue, int count) throws Exception {
    List<GetResponse> taken = new ArrayList<>();
    try (Connection connection = TestRabbit.shared().connect();
        Channel channel = connection.createChannel()) {
      await()
          .atMost(FaultyRabbit.PATIENCE)
          .until(
              () -> {
                for (GetResponse one = get(channel, queue);
                    one != null;
                    one = get(channel, queue)) {
                  taken.add(one);
                }
                return taken.size() >= count;
              });
    }
    assertThat(taken).hasSize(count);
    return taken;
  }

  static GetResponse get(Channel channel, String queue) throws IOException {
    return channel.basicGet(queue, true);
  }

  static List<String> keys(List<GetResponse> messages) {
    return messages.stream().map(message -> message.getEnvelope().getRoutingKey()).toList();
  }

  static void needsRabbitMq() {
    Assumptions.assumeTrue(
        TestRabbit.shared().isReal(), "the embedded broker ignores what queues are declared with");
  }

  static void awaitMessages(String queue, long count) {
    await()
        .atMost(FaultyRabbit.PATIENCE)
        .until(() -> TestRabbit.shared().queueMessages(queue) == count);
  }
}
