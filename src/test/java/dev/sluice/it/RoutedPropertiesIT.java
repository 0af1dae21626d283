package dev.sluice.it;

import static dev.sluice.it.RoutedPipeline.THREE_QUEUES;
import static dev.sluice.it.RoutedPipeline.at;
import static dev.sluice.it.RoutedPipeline.awaitMessages;
import static dev.sluice.it.RoutedPipeline.insert;
import static dev.sluice.it.RoutedPipeline.needsRabbitMq;
import static dev.sluice.it.RoutedPipeline.pipeline;
import static dev.sluice.it.RoutedPipeline.remove;
import static dev.sluice.it.RoutedPipeline.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.sluice.testing.TestRabbit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What messages carry because of their route, also those that were parked. */
class RoutedPropertiesIT {
  @TempDir private Path folder;

  /** The others go on; it comes back to its own exchange under its own key. */
  @Test
  void whatNoQueueOfARouteTakesIsParkedAndPutBackWhereItBelongs() throws Exception {
    try (PipelineUnderTest sluice =
        pipeline(folder, THREE_QUEUES, Map.of("SLUICE_ON_UNROUTABLE", "park"))) {
      sluice.start();
      at(
          channel ->
              channel.queueUnbind(sluice.queue() + "-carts", sluice.queue() + "-shop", "c.#"));
      insert(sluice, "carts", 1);
      insert(sluice, "orders", 2);
      take(sluice.queue() + "-orders", 1);
      await()
          .atMost(FaultyRabbit.PATIENCE)
          .until(() -> TestRabbit.shared().queueMessages(sluice.parkingQueue()) == 1);
      EndedCommand list = EndedCommand.of(sluice.environment(), "parked");

      EndedCommand replay = EndedCommand.of(sluice.environment(), "parked", "--replay");

      assertThat(list.out())
          .contains("key \"c.1\" on the exchange \"" + sluice.queue() + "-shop\"");
      assertThat(replay.code()).as(replay.err()).isZero();
      GetResponse restored = take(sluice.queue() + "-carts", 1).get(0);
      assertThat(restored.getEnvelope().getRoutingKey()).isEqualTo("c.1");
      assertThat(restored.getEnvelope().getExchange()).isEqualTo(sluice.queue() + "-shop");
      assertThat(restored.getProps().getHeaders()).doesNotContainKey("parkedExchange");
      sluice.stop();
      remove(sluice);
    }
  }

  /** The carts are read by urgency, and what is urgent has gone elsewhere in time. */
  @Test
  void headersPriorityAndExpirationAreSeenByConsumers() throws Exception {
    needsRabbitMq();
    String routes =
        """
        [{"namespaces": "DB.carts", "exchange": "NAME-shop", "queue": "NAME-carts",
          "queueType": "classic", "queueArguments": {"x-max-priority": 10},
          "priority": "{document.urgency}", "headers": {"player": "{document.player.name}"}},
         {"namespaces": "DB.orders", "exchange": "", "queue": "NAME-orders", "ttl": "500ms",
          "queueArguments": {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "NAME-audit"}},
         {"namespaces": "DB.audit", "exchange": "", "queue": "NAME-audit"}]
        """;
    try (PipelineUnderTest sluice =
        pipeline(
            folder, routes, Map.of("SLUICE_FIELDS_MASK", "player.name", "SLUICE_PRIORITY", "3"))) {
      sluice.start();
      for (int id = 1; id <= 9; id++) {
        sluice
            .other("carts")
            .insertOne(
                BsonDocument.parse(
                    "{_id: " + id + ", urgency: " + id + ", player: {name: 'Ann'}}"));
      }
      insert(sluice, "orders", 1);
      insert(sluice, "other", 1);
      awaitMessages(sluice.queue() + "-carts", 9);

      List<GetResponse> carts = take(sluice.queue() + "-carts", 9);
      assertThat(carts)
          .extracting(message -> message.getProps().getPriority())
          .containsExactly(9, 8, 7, 6, 5, 4, 3, 2, 1);
      assertThat(carts)
          .allSatisfy(
              message ->
                  assertThat(message.getProps().getHeaders().get("player")).hasToString("***"));
      GetResponse expired = take(sluice.queue() + "-audit", 1).get(0);
      assertThat(expired.getProps().getHeaders().get("collection")).hasToString("orders");
      assertThat(expired.getProps().getHeaders()).containsKey("x-death");
      assertThat(take(sluice.queue(), 1).get(0).getProps().getPriority()).isEqualTo(3);
      sluice.stop();
      remove(sluice);
    }
  }

  /** It waits longer than it may live, and lives from then on. */
  @Test
  void aParkedMessageHasItsHeadersItsPriorityAndItsWholeTimeAgain() throws Exception {
    needsRabbitMq();
    String routes =
        """
        [{"namespaces": "DB.carts", "exchange": "NAME-shop", "routingKey": "c", "queue": "NAME-carts",
          "priority": 7, "headers": {"who": "{document.who}"}, "ttl": "10m"}]
        """;
    try (PipelineUnderTest sluice =
        pipeline(folder, routes, Map.of("SLUICE_ON_UNROUTABLE", "park"))) {
      sluice.start();
      at(channel -> channel.queueUnbind(sluice.queue() + "-carts", sluice.queue() + "-shop", "c"));
      sluice.other("carts").insertOne(BsonDocument.parse("{_id: 1, who: 'Ann'}"));
      awaitMessages(sluice.parkingQueue(), 1);

      EndedCommand replay = EndedCommand.of(sluice.environment(), "parked", "--replay");

      assertThat(replay.code()).as(replay.err()).isZero();
      GetResponse restored = take(sluice.queue() + "-carts", 1).get(0);
      assertThat(restored.getProps().getPriority()).isEqualTo(7);
      assertThat(restored.getProps().getExpiration()).isEqualTo("600000");
      assertThat(restored.getProps().getHeaders().get("who")).hasToString("Ann");
      assertThat(restored.getProps().getHeaders().keySet())
          .noneMatch(name -> name.startsWith("parked"));
      sluice.stop();
      remove(sluice);
    }
  }
}
