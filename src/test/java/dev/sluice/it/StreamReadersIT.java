package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Updates;
import dev.sluice.testing.RabbitInstallation;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.StreamRabbitNode;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who reads what a pipeline publishes to a stream: {@code tail} and {@code consume}. On one
 * RabbitMQ of this machine; {@code StreamInboxIT} has what each of them answers to a reader.
 */
class StreamReadersIT {
  private static StreamRabbitNode streams;

  @BeforeAll
  static void launch() {
    List<RabbitInstallation> installations = RabbitNode.installations();
    assumeThat(installations).as("an installed RabbitMQ").isNotEmpty();
    streams = StreamRabbitNode.launch(installations.get(0));
  }

  @AfterAll
  static void close() {
    if (streams != null) {
      streams.close();
    }
  }

  private static PipelineUnderTest pipeline() {
    streams.noteUse();
    return new PipelineUnderTest(
        new HashMap<>(
            Map.of(
                "RABBITMQ_URI",
                streams.node().uri(),
                "SLUICE_TARGET",
                "stream",
                "SLUICE_QUEUE_TYPE",
                "stream",
                "SLUICE_STREAM_PORT",
                Integer.toString(streams.port()))));
  }

  @Test
  void tailShowsWhatComesAndReadsFromAPlace() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      sluice.start();
      FaultyRabbit.insert(sluice, 0, 5);
      EndedCommand first =
          EndedCommand.of(sluice.environment(), "tail", "--from=first", "--count=5");
      assertThat(first.out().lines()).hasSize(5);
      CompletableFuture<EndedCommand> live =
          CompletableFuture.supplyAsync(
              () -> EndedCommand.of(sluice.environment(), "tail", "--count=1"));
      for (int i = 5; !live.isDone(); i++) {
        FaultyRabbit.insert(sluice, i, i + 1);
      }
      assertThat(live.join().code()).as(live.join().err()).isZero();
      assertThat(live.join().err()).contains("Reading the stream " + sluice.queue());
    }
  }

  private static void write(PipelineUnderTest sluice, int writes, Random random) {
    MongoCollection<BsonDocument> collection = sluice.collection();
    for (int n = 0; n < writes; n++) {
      int id = random.nextInt(200);
      switch (random.nextInt(4)) {
        case 0 -> collection.deleteOne(Filters.eq("_id", id));
        case 1 -> collection.updateOne(Filters.eq("_id", id), Updates.set("score", n));
        default ->
            collection.replaceOne(
                Filters.eq("_id", id), document(id, n), new ReplaceOptions().upsert(true));
      }
    }
  }

  private static BsonDocument document(int id, int score) {
    return new BsonDocument("_id", new BsonInt32(id)).append("score", new BsonInt32(score));
  }

  private static Map<String, String> there(PipelineUnderTest sluice) {
    Map<String, String> scores = new HashMap<>();
    for (BsonDocument each : sluice.collection().find()) {
      scores.put(
          Integer.toString(each.getInt32("_id").getValue()),
          Integer.toString(each.getInt32("score").getValue()));
    }
    return scores;
  }

  private static Map<String, String> copied(Path database) throws Exception {
    Map<String, String> scores = new HashMap<>();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select id, score from scrabble")) {
      while (rows.next()) {
        scores.put(rows.getString(1), rows.getString(2));
      }
    }
    return scores;
  }

  @Test
  void aConsumerThatIsKilledAndABrokerThatIsRestartedEndEqual(@TempDir Path folder)
      throws Exception {
    Path database = folder.resolve("copy.db");
    String[] consume = {
      "consume",
      "--to",
      "jdbc:sqlite:" + database + "?columns=score:int",
      "--batch",
      "20",
      "--linger",
      "20ms"
    };
    try (PipelineUnderTest sluice = pipeline()) {
      sluice.start();
      CompletableFuture<Void> writes =
          CompletableFuture.runAsync(() -> write(sluice, 2_000, new Random(1)));
      try (SluiceProcess killed =
          SluiceProcess.start(sluice.environment(), List.of(), consume)
              .awaitLog("Reading the stream")) {
        await()
            .atMost(PipelineUnderTest.PATIENCE)
            .ignoreExceptions()
            .until(() -> copied(database).size() > 20);
        killed.kill();
      }
      try (SluiceProcess again =
          SluiceProcess.start(sluice.environment(), List.of(), consume).awaitLog("behind offset")) {
        streams.node().restart();
        writes.join();
        await()
            .atMost(PipelineUnderTest.PATIENCE)
            .ignoreExceptions()
            .untilAsserted(() -> assertThat(copied(database)).isEqualTo(there(sluice)));
        assertThat(
                EndedCommand.of(sluice.environment(), "doctor", "--consumer=" + sluice.queue())
                    .out())
            .containsPattern(
                "(?m)^ok +rabbitmq consumer +\""
                    + sluice.queue()
                    + "\": offset \\d+ is done.*; a process reads under this name");
        assertThat(again.terminate()).as(again.log()).isZero();
      }
    }
  }
}
