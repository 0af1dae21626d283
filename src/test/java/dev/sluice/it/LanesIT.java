package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.WriteModel;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.TestRabbit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Messages that are spread over several channels. */
class LanesIT {
  private static final int DOCUMENTS = 40;
  private static final int UPDATES = 50;
  private static final Map<String, String> LANES =
      Map.of("SLUICE_LANES", "4", "SLUICE_UPDATE_LOOKUP", "false", "SLUICE_LEASE", "1s");

  private static void insert(PipelineUnderTest sluice) {
    List<BsonDocument> documents = new ArrayList<>();
    for (int id = 0; id < DOCUMENTS; id++) {
      documents.add(new BsonDocument("_id", new BsonInt32(id)).append("n", new BsonInt32(0)));
    }
    sluice.collection().insertMany(documents);
  }

  /** Every document, one after the other, and then all of them again. */
  private static void update(PipelineUnderTest sluice, int from, int to) {
    List<WriteModel<BsonDocument>> updates = new ArrayList<>();
    for (int n = from; n <= to; n++) {
      for (int id = 0; id < DOCUMENTS; id++) {
        updates.add(
            new UpdateOneModel<>(
                new BsonDocument("_id", new BsonInt32(id)),
                new BsonDocument("$set", new BsonDocument("n", new BsonInt32(n)))));
      }
    }
    sluice.collection().bulkWrite(updates);
  }

  @Test
  void eachDocumentKeepsItsOrderOverFourChannels() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(LANES).start()) {
      sluice.consume();
      insert(sluice);
      update(sluice, 1, UPDATES);

      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(() -> sluice.deliveries.size() >= DOCUMENTS * (UPDATES + 1));
      assertThat(sluice.deliveries).hasSize(DOCUMENTS * (UPDATES + 1));
      OrderPerDocument.check(sluice.deliveries, DOCUMENTS, UPDATES);
    }
  }

  @Test
  void moreLanesThanRabbitAllowsChannelsIsToldAsWrong() throws Exception {
    Assumptions.assumeTrue(
        RabbitNode.installation().isPresent(), "needs an installed rabbitmq-server");
    try (RabbitNode narrow = RabbitNode.launch("channel_max = 3")) {
      Map<String, String> settings = Map.of("SLUICE_LANES", "4", "RABBITMQ_URI", narrow.uri());
      try (PipelineUnderTest sluice = new PipelineUnderTest(settings)) {
        sluice.launch();

        assertThat(sluice.awaitFailed(FailureKind.MISCONFIGURED))
            .hasMessageContaining("3 channels")
            .hasMessageContaining("SLUICE_LANES");
      }
    }
  }

  @Test
  void nothingIsLostOverFourChannelsWhenTheProcessIsKilled() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(LANES)) {
      SluiceProcess first = SluiceProcess.run(sluice.environment()).awaitStreaming();
      sluice.consume();
      insert(sluice);
      update(sluice, 1, UPDATES / 2);
      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(() -> sluice.deliveries.size() > DOCUMENTS * UPDATES / 10);
      first.close();
      update(sluice, UPDATES / 2 + 1, UPDATES);

      try (SluiceProcess second = SluiceProcess.run(sluice.environment()).awaitStreaming()) {
        await()
            .atMost(PipelineUnderTest.PATIENCE)
            .untilAsserted(() -> OrderPerDocument.check(sluice.deliveries, DOCUMENTS, UPDATES));
        assertThat(second.terminate()).isZero();
      }
      assertThat(TestRabbit.shared().queueMessages(sluice.queue())).isZero();
    }
  }
}
