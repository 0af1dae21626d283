package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.AMQP;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;

/** Large bodies are compressed, and whoever reads them can tell. */
class CompressedMessagesIT {
  private static AMQP.BasicProperties newest(PipelineUnderTest sluice) {
    return sluice.deliveries.get(sluice.deliveries.size() - 1).getProperties();
  }

  @Test
  void consumersAndTailUnderstandThem() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_GZIP_ABOVE", "1KiB")).start()) {
      sluice.consume();
      CompletableFuture<EndedCommand> lines =
          CompletableFuture.supplyAsync(
              () -> EndedCommand.of(sluice.environment(), "tail", "--count=2"));
      CompletableFuture<EndedCommand> bodies =
          CompletableFuture.supplyAsync(
              () -> EndedCommand.of(sluice.environment(), "tail", "--json", "--count=2"));
      // They see what comes once they look on, and end with the second.
      await()
          .atMost(FaultyRabbit.PATIENCE)
          .until(
              () -> {
                sluice
                    .collection()
                    .insertOne(new BsonDocument("filler", new BsonString("word".repeat(1_000))));
                return lines.isDone() && bodies.isDone();
              });

      assertThat(sluice.deliveries.get(0).getProperties().getContentEncoding()).isEqualTo("gzip");
      assertThat(DeliveredJson.of(sluice.deliveries.get(0)).at("/document/filler").asText())
          .hasSize(4_000);
      assertThat(lines.get().out().lines()).hasSize(2).allMatch(line -> line.contains("wordword"));
      assertThat(bodies.get().out().lines())
          .hasSize(2)
          .allSatisfy(
              body ->
                  assertThat(new ObjectMapper().readTree(body).at("/document/filler").asText())
                      .hasSize(4_000));

      sluice.collection().insertOne(new BsonDocument("_id", new BsonInt32(1)));
      await()
          .atMost(FaultyRabbit.PATIENCE)
          .until(() -> "1".equals(newest(sluice).getHeaders().get("id").toString()));
      assertThat(newest(sluice).getContentEncoding()).as("a small one").isNull();
    }
  }

  @Test
  void theInserterFindsEachOfItsWrites() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_GZIP_ABOVE", "0")).start()) {
      EndedCommand inserter =
          EndedCommand.of(
              sluice.environment(), "insert", "--count=20", "--verify", "--quiet", "--wait=60s");

      assertThat(inserter.code()).as(inserter.out() + inserter.err()).isZero();
      assertThat(inserter.out()).contains("delivered 20, missing 0");
    }
  }
}
