package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Delivery;
import dev.sluice.pipeline.PipelineState;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Test;

/** {@code SLUICE_HEARTBEAT}: consumers tell quiet from dead. */
class HeartbeatIT {
  private static final Map<String, String> OFTEN = Map.of("SLUICE_HEARTBEAT", "200ms");

  private static List<Delivery> heartbeats(PipelineUnderTest sluice) {
    return sluice.deliveries.stream()
        .filter(one -> one.getEnvelope().getRoutingKey().equals("sluice.heartbeat"))
        .toList();
  }

  private static void awaitHeartbeats(PipelineUnderTest sluice, int count) {
    Awaitility.await()
        .atMost(PipelineUnderTest.PATIENCE)
        .until(() -> heartbeats(sluice).size() >= count);
  }

  @Test
  void comesBesideTheEventsAndSaysHowFarThePipelineIs() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(OFTEN)) {
      sluice.start();
      sluice.consume();
      awaitHeartbeats(sluice, 2);
      sluice.collection().insertOne(new BsonDocument("_id", new BsonInt32(1)));
      int before = heartbeats(sluice).size();
      awaitHeartbeats(sluice, before + 2);

      Delivery last = heartbeats(sluice).get(before + 1);
      assertThat(last.getProperties().getType()).isEqualTo("heartbeat");
      BsonDocument said =
          BsonDocument.parse(DeliveredJson.of(last).toString()).getDocument("heartbeat");
      assertThat(said.getString("pipeline").getValue()).isEqualTo(sluice.queue());
      assertThat(said.getNumber("lagMillis").longValue()).isBetween(0L, 60_000L);
      assertThat(sluice.deliveries)
          .filteredOn(one -> "insert".equals(one.getProperties().getType()))
          .hasSize(1);
      sluice.stop();
    }
  }

  @Test
  void isNotSentByAStandby() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of());
        PipelineUnderTest standby =
            new PipelineUnderTest(
                Map.of(
                    "SLUICE_HEARTBEAT", "200ms",
                    "SLUICE_PIPELINE", sluice.queue(),
                    "SLUICE_EXCHANGE", sluice.exchange(),
                    "SLUICE_QUEUE", sluice.queue(),
                    "MONGO_DATABASE_NAME", sluice.database()))) {
      sluice.start();
      sluice.consume();
      standby.launch();
      Awaitility.await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(() -> standby.state() == PipelineState.STANDBY);
      sluice.collection().insertOne(new BsonDocument("_id", new BsonInt32(1)));
      sluice.awaitDeliveries(1);
      assertThat(heartbeats(sluice)).isEmpty();

      sluice.stop();

      awaitHeartbeats(sluice, 1);
      standby.beginStop();
      Awaitility.await().atMost(PipelineUnderTest.PATIENCE).until(() -> standby.ended().isDone());
    }
  }
}
