package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOptions;
import dev.sluice.testing.SluiceProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table that somebody has hurt is filled again beside itself, by a real pipeline and broker. */
class RebuildIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int DOCUMENTS = 400;
  private static final String REBUILT = "Rebuilt and live now";

  @TempDir Path directory;

  private static BsonDocument document(int id, int score) {
    return new BsonDocument("_id", new BsonInt32(id)).append("score", new BsonInt32(score));
  }

  private String sqlite(String columns) {
    return "jdbc:sqlite:" + directory.resolve("copy.db") + "?columns=" + columns;
  }

  private static SluiceProcess consume(PipelineUnderTest sluice, String... options)
      throws Exception {
    String[] command = new String[options.length + 3];
    command[0] = "consume";
    command[1] = "--linger";
    command[2] = "20ms";
    System.arraycopy(options, 0, command, 3, options.length);
    return SluiceProcess.start(sluice.environment(), List.of(), command);
  }

  private interface Use<T> {
    T of(Statement statement) throws SQLException;
  }

  private <T> T database(Use<T> use) throws SQLException {
    String url = "jdbc:sqlite:" + directory.resolve("copy.db") + "?busy_timeout=10000";
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      return use.of(statement);
    }
  }

  private Map<String, String> column(String name) throws SQLException {
    return database(
        statement -> {
          Map<String, String> values = new HashMap<>();
          try (ResultSet rows = statement.executeQuery("select id, " + name + " from scrabble")) {
            while (rows.next()) {
              values.put(rows.getString(1), rows.getString(2));
            }
          }
          return values;
        });
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

  private void awaitColumn(PipelineUnderTest sluice, String name) {
    await()
        .atMost(LONG)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(column(name)).isEqualTo(scores(sluice.collection())));
  }

  private static void write(PipelineUnderTest sluice, Random random, int score) {
    int id = random.nextInt(DOCUMENTS);
    if (random.nextInt(5) == 0) {
      sluice.collection().deleteOne(Filters.eq("_id", id));
    } else {
      sluice
          .collection()
          .replaceOne(
              Filters.eq("_id", id), document(id, score), new ReplaceOptions().upsert(true));
    }
  }

  /** Rows that are gone, wrong in a way that no later change mends, and of nobody. */
  private void hurt() throws SQLException {
    database(
        statement -> {
          statement.execute("delete from scrabble_rows where id in ('1', '2', '3')");
          statement.execute(
              "update scrabble_rows set document = '{}', score = 7, position ="
                  + " 'ffffffffffffffffffffffff' where id like '1_'");
          return statement.execute(
              "insert into scrabble_rows (id, id_type, position, deleted, document) values"
                  + " ('nobody', 'string', 'ffffffffffffffffffffffff', 0, '{}')");
        });
  }

  @Test
  void aTableThatIsHurtAndAColumnThatIsNewAreFilledWhileWritesGoOn() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of("SLUICE_SNAPSHOT_CHUNK", "20"))) {
      sluice.start();
      sluice
          .collection()
          .insertMany(IntStream.range(0, DOCUMENTS).mapToObj(id -> document(id, id)).toList());
      try (SluiceProcess first = consume(sluice, "--to", sqlite("score:int"))) {
        awaitColumn(sluice, "score");
        assertThat(first.terminate()).as(first.log()).isZero();
      }
      hurt();

      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Void> writes =
          CompletableFuture.runAsync(
              () -> {
                Random random = new Random(1);
                for (int n = 1000; !enough.get(); n++) {
                  write(sluice, random, n);
                }
              });
      String[] rebuild = {"--to", sqlite("score:int,points=score:int"), "--rebuild"};
      try (SluiceProcess killed = consume(sluice, rebuild)) {
        killed.awaitLog("Beginning the rebuild");
        assertThat(column("score")).as("the live one is there").hasSizeGreaterThan(100);
        killed.kill();
      }
      try (SluiceProcess second = consume(sluice, rebuild)) {
        await()
            .atMost(LONG)
            .until(
                () ->
                    second.log().contains(REBUILT) || second.log().contains("Nothing is rebuilt"));
        enough.set(true);
        writes.join();
        awaitColumn(sluice, "points");
        awaitColumn(sluice, "score");
        assertThat(second.terminate()).as(second.log()).isZero();
      }
      assertThat(tables())
          .containsOnlyKeys("scrabble_rows", "sluice_collections", "sluice_rebuild");

      try (SluiceProcess third = consume(sluice, rebuild)) {
        third.awaitLog("Nothing is rebuilt");
        sluice.collection().insertOne(document(DOCUMENTS, 5));
        awaitColumn(sluice, "points");
        assertThat(third.terminate()).as(third.log()).isZero();
      }
      assertThat(EndedCommand.of(sluice.environment(), "snapshot", "list").out().lines())
          .as("asked for once")
          .hasSize(1);
    }
  }

  private Map<String, String> tables() throws SQLException {
    return database(
        statement -> {
          Map<String, String> tables = new HashMap<>();
          try (ResultSet rows =
              statement.executeQuery("select name, sql from sqlite_master where type = 'table'")) {
            while (rows.next()) {
              tables.put(rows.getString(1), rows.getString(2));
            }
          }
          return tables;
        });
  }

  @Test
  void saysWhyNothingCanBeRebuilt() throws Exception {
    Map<String, String> unreachable = Map.of("MONGO_DATABASE_HOST", "mongodb://127.0.0.1:1");
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      String file = "file:" + directory.resolve("plays.jsonl");
      consume(sluice.environment(), "--to", file, "--rebuild")
          .assertOneSentence(2, "The target file: has no second one beside it");
      consume(sluice.environment(), "--to", sqlite("score:int"), "--rebuild", "--shared")
          .assertOneSentence(2, "--shared");
      consume(sluice.environment(), "--to", file, "--collection", "a.b")
          .assertOneSentence(2, "--collection says what --rebuild is for");
      consume(
              sluice.environment(),
              "--to",
              sqlite("score:int"),
              "--rebuild",
              "--collection",
              "elsewhere.plays")
          .assertOneSentence(2, "does not watch elsewhere.plays");

      sluice.start();
      Map<String, String> environment = new HashMap<>(sluice.environment());
      environment.putAll(unreachable);
      consume(
              environment,
              "--to",
              sqlite("score:int"),
              "--rebuild",
              "--collection",
              sluice.database() + ".scrabble")
          .assertLastSentence(3, "asked for a snapshot through MongoDB", "127.0.0.1:1");
      assertThat(tables()).doesNotContainKey("sluice_rebuild");
    }
  }

  private static EndedCommand consume(Map<String, String> environment, String... options) {
    String[] command = new String[options.length + 1];
    command[0] = "consume";
    System.arraycopy(options, 0, command, 1, options.length);
    return EndedCommand.of(environment, command);
  }
}
