package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.sluice.testing.TestRabbit;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

/** Keys of somebody's own making, all the way from a write to the queue. */
class RoutingKeyIT {
  private static List<String> keys(PipelineUnderTest sluice) {
    return sluice.deliveries.stream().map(RoutingKeyIT::key).toList();
  }

  private static String key(Delivery delivery) {
    return delivery.getEnvelope().getRoutingKey();
  }

  @Test
  void valuesOfTheDocumentAsItLeavesAreInTheKey() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(
            Map.of(
                "SLUICE_ROUTING_KEY",
                "games.{document.player.name}.{document.player.mail}.{operation}.{id}",
                "SLUICE_FIELDS_MASK",
                "player.name",
                "SLUICE_FIELDS_EXCLUDE",
                "player.mail"))) {
      sluice.start();
      sluice.consume();
      sluice
          .collection()
          .insertOne(
              BsonDocument.parse("{_id: 1, player: {name: 'Ann', mail: 'ann@example.org'}}"));
      sluice.collection().insertOne(BsonDocument.parse("{_id: 2}"));
      sluice.collection().deleteOne(BsonDocument.parse("{_id: 1}"));
      sluice.awaitDeliveries(3);

      assertThat(keys(sluice))
          .containsExactly("games.***..insert.1", "games...insert.2", "games...delete.1");
    }
  }

  /** Nobody is bound when it comes; the message is parked, and published again under its key. */
  @Test
  void aParkedMessageKeepsItsKey() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(
                Map.of("SLUICE_ROUTING_KEY", "to.{document.who}", "SLUICE_ON_UNROUTABLE", "park"))
            .start()) {
      sluice.consume();
      try (Connection connection = TestRabbit.shared().connect();
          Channel channel = connection.createChannel()) {
        channel.queueUnbind(sluice.queue(), sluice.exchange(), "#");
      }
      sluice.collection().insertOne(BsonDocument.parse("{_id: 1, who: 'ann'}"));
      await()
          .atMost(FaultyRabbit.PATIENCE)
          .until(() -> TestRabbit.shared().queueMessages(sluice.parkingQueue()) == 1);
      sluice.collection().insertOne(BsonDocument.parse("{_id: 2, who: 'bob'}"));
      sluice.awaitDeliveries(1);

      EndedCommand replay = EndedCommand.of(sluice.environment(), "parked", "--replay");

      assertThat(replay.code()).as(replay.err()).isZero();
      sluice.awaitDeliveries(2);
      assertThat(keys(sluice)).containsExactly("to.bob", "to.ann");
    }
  }
}
