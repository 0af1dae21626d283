package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Updates;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.TestRabbit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Consumers as processes, on a real pipeline and broker: killed, refused, and compared at the end.
 */
class ConsumeIT {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final int DOCUMENTS = 300;

  @TempDir Path directory;

  private static BsonDocument document(int id, int score) {
    return new BsonDocument("_id", new BsonInt32(id)).append("score", new BsonInt32(score));
  }

  private static SluiceProcess consume(PipelineUnderTest sluice, String... options)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("consume", "--linger", "50ms"));
    command.addAll(List.of(options));
    return SluiceProcess.start(sluice.environment(), List.of(), command.toArray(String[]::new));
  }

  private Path database() {
    return directory.resolve("copy.db");
  }

  private String sqlite() {
    return "jdbc:sqlite:" + database() + "?history=true&columns=score:int";
  }

  private List<List<String>> rows(String sql) throws SQLException {
    List<List<String>> all = new ArrayList<>();
    try (java.sql.Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + database() + "?busy_timeout=10000");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.add(rows.getString(i));
        }
        all.add(row);
      }
    }
    return all;
  }

  private void execute(String sql) throws SQLException {
    try (java.sql.Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + database() + "?busy_timeout=10000");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Map<String, String> scores() throws SQLException {
    Map<String, String> scores = new HashMap<>();
    rows("select id, score from scrabble").forEach(row -> scores.put(row.get(0), row.get(1)));
    return scores;
  }

  private static Map<String, String> scores(MongoCollection<BsonDocument> collection) {
    Map<String, String> scores = new HashMap<>();
    for (BsonDocument each : collection.find()) {
      scores.put(
          Integer.toString(each.getInt32("_id").getValue()),
          Integer.toString(each.getInt32("score").getValue()));
    }
    return scores;
  }

  private void awaitScores(PipelineUnderTest sluice) {
    await()
        .atMost(LONG)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(scores()).isEqualTo(scores(sluice.collection())));
  }

  /** Inserts, updates, replaces and deletes of a few documents; so each has a long history. */
  private static void write(PipelineUnderTest sluice, int writes, Random random) {
    MongoCollection<BsonDocument> collection = sluice.collection();
    for (int n = 0; n < writes; n++) {
      int id = random.nextInt(DOCUMENTS);
      switch (random.nextInt(4)) {
        case 0 -> collection.deleteOne(Filters.eq("_id", id));
        case 1 -> collection.updateOne(Filters.eq("_id", id), Updates.set("score", n));
        default ->
            collection.replaceOne(
                Filters.eq("_id", id), document(id, n), new ReplaceOptions().upsert(true));
      }
    }
  }

  private static void deleteQueue(String queue) throws Exception {
    try (Connection connection = TestRabbit.shared().connect();
        Channel channel = connection.createChannel()) {
      channel.queueDelete(queue);
    }
  }

  @Test
  void consumersThatAreKilledAgainAndAgainEndEqualToTheCollection() throws Exception {
    Random random = new Random(1);
    Path file = directory.resolve("history.jsonl");
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      sluice.start();
      String own = TestRabbit.freshName("copy");
      String[] toTable = {
        "--to", sqlite(), "--bind", sluice.exchange() + ":#", "--name", own, "--batch", "50"
      };
      String[] toFile = {"--to", "file:" + file, "--batch", "50"};
      SluiceProcess table = consume(sluice, toTable).awaitLog("Reading the queue");
      SluiceProcess lines = consume(sluice, toFile);
      CompletableFuture<Void> writes =
          CompletableFuture.runAsync(() -> write(sluice, 6_000, random));
      Random moments = new Random(2);
      for (int kill = 0; kill < 10; kill++) {
        String read = "Reading the queue";
        (kill % 2 == 0 ? table : lines).awaitLog(read);
        Duration moment = Duration.ofMillis(1 + moments.nextInt(300));
        await().pollDelay(moment).until(() -> true);
        if (kill % 2 == 0) {
          table.close();
          table = consume(sluice, toTable);
        } else {
          lines.close();
          lines = consume(sluice, toFile);
        }
      }
      writes.join();
      awaitScores(sluice);
      await()
          .atMost(LONG)
          .until(() -> ids(file).size() == rows("select 1 from scrabble_history").size());

      assertThat(table.terminate()).as(table.log()).isZero();
      assertThat(lines.terminate()).as(lines.log()).isZero();
      table.close();
      lines.close();
      List<String> ids = ids(file);
      assertThat(ids).doesNotHaveDuplicates();
      Set<String> history = new HashSet<>();
      rows("select message_id from scrabble_history").forEach(row -> history.add(row.get(0)));
      assertThat(history).isEqualTo(new HashSet<>(ids));
      deleteQueue(own);
    }
  }

  private static List<String> ids(Path file) throws Exception {
    List<String> ids = new ArrayList<>();
    ObjectMapper mapper = new ObjectMapper();
    String text = Files.exists(file) ? Files.readString(file) : "";
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n")) {
      if (!line.isEmpty()) {
        ids.add(mapper.readTree(line).get("eventId").asText());
      }
    }
    return ids;
  }

  @Test
  void aDocumentThatTheTargetRefusesWaitsUntilItIsReleased() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of());
        SluiceProcess consumer = consume(sluice.start(), "--to", sqlite())) {
      sluice.collection().insertOne(document(1, 1));
      awaitScores(sluice);
      execute(
          "create trigger no before insert on scrabble_rows when new.id = '7'"
              + " begin select raise(abort, 'not that one'); end");
      sluice.collection().insertOne(document(7, 1));
      sluice.collection().insertOne(document(8, 1));
      sluice.collection().updateOne(Filters.eq("_id", 7), Updates.set("score", 2));
      sluice.collection().insertOne(document(9, 1));
      await().atMost(LONG).ignoreExceptions().until(() -> scores().size() == 3);
      await()
          .atMost(LONG)
          .until(() -> TestRabbit.shared().queueMessages(sluice.parkingQueue()) == 2);
      assertThat(consumer.log()).contains("not that one").contains("The document is parked");

      EndedCommand list = EndedCommand.of(sluice.environment(), "parked");
      assertThat(list.out()).contains("refused").contains("behind").contains("not that one");
      EndedCommand replay = EndedCommand.of(sluice.environment(), "parked", "--replay");
      assertThat(replay.err()).contains("0 published again");

      execute("drop trigger no");
      EndedCommand release = EndedCommand.of(sluice.environment(), "parked", "--release");
      assertThat(release.code()).as(release.err()).isZero();
      assertThat(release.err()).contains("2 of " + sluice.parkingQueue() + " given back");
      awaitScores(sluice);
      sluice.collection().updateOne(Filters.eq("_id", 7), Updates.set("score", 3));
      awaitScores(sluice);
      assertThat(consumer.terminate()).isZero();
    }
  }

  @Test
  void aSecondConsumerTakesOverWhenTheFirstIsGone() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      sluice.start();
      String own = TestRabbit.freshName("copy");
      String[] options = {"--to", sqlite(), "--bind", sluice.exchange() + ":#", "--name", own};
      try (SluiceProcess first = consume(sluice, options).awaitLog("Reading the queue");
          SluiceProcess second = consume(sluice, options).awaitLog("Reading the queue")) {
        sluice.collection().insertOne(document(1, 1));
        awaitScores(sluice);
        first.kill();
        sluice.collection().insertOne(document(2, 1));
        awaitScores(sluice);
        assertThat(second.terminate()).isZero();
      }
      deleteQueue(own);
    }
  }

  @Test
  void theTableFollowsADrop() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of());
        SluiceProcess consumer = consume(sluice.start(), "--to", sqlite())) {
      sluice.collection().insertMany(List.of(document(1, 1), document(2, 1)));
      awaitScores(sluice);
      sluice.collection().drop();
      await().atMost(LONG).until(() -> scores().isEmpty());
      sluice.collection().insertOne(document(3, 1));
      awaitScores(sluice);
      assertThat(consumer.terminate()).isZero();
    }
  }

  @Test
  void readsTheOtherFormatsAndWhatIsCompressed() throws Exception {
    for (Map<String, String> settings :
        List.of(
            Map.of(
                "SLUICE_FORMAT",
                "document",
                "SLUICE_COMPRESSION",
                "gzip",
                "SLUICE_COMPRESS_ABOVE",
                "0"),
            Map.of(
                "SLUICE_FORMAT",
                "debezium",
                "SLUICE_COMPRESSION",
                "zstd",
                "SLUICE_COMPRESS_ABOVE",
                "0"))) {
      Files.deleteIfExists(database());
      try (PipelineUnderTest sluice = new PipelineUnderTest(settings);
          SluiceProcess consumer = consume(sluice.start(), "--to", sqlite())) {
        write(sluice, 300, new Random(3));
        awaitScores(sluice);
        assertThat(consumer.terminate()).isZero();
      }
    }
  }

  @Test
  void saysWhatIsWrongAtTheStart() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of("SLUICE_FORMAT", "dynamodb"))) {
      String file = "file:" + directory.resolve("plays.jsonl");
      EndedCommand noQueue = EndedCommand.of(sluice.environment(), "consume", "--to", file);
      assertThat(noQueue.code()).isEqualTo(3);
      assertThat(noQueue.err()).contains("has no queue \"" + sluice.queue() + "\"");
      EndedCommand noExchange =
          EndedCommand.of(
              sluice.environment(), "consume", "--to", file, "--bind", "nowhere:#", "--name", "x");
      assertThat(noExchange.code()).isEqualTo(3);
      assertThat(noExchange.err()).contains("has no exchange \"nowhere\"");
      EndedCommand noTarget = EndedCommand.of(sluice.environment(), "consume", "--to", "flie:x");
      assertThat(noTarget.code()).isEqualTo(2);
      assertThat(noTarget.err()).contains("did you mean file:?");
      EndedCommand noPlace =
          EndedCommand.of(
              sluice.environment(), "consume", "--to", "jdbc:sqlite:/no/such/directory/a.db");
      assertThat(noPlace.code()).as(noPlace.err()).isEqualTo(3);

      sluice.start();
      sluice.collection().insertOne(document(1, 1));
      EndedCommand format = EndedCommand.of(sluice.environment(), "consume", "--to", file);
      assertThat(format.code()).isEqualTo(3);
      assertThat(format.err()).contains("the format dynamodb");
    }
  }
}
