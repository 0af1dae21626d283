package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import dev.sluice.testing.SluiceProcess;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way of a snapshot: from the collection through pipeline and queue into a table. */
class SnapshotConsumeIT {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final int DOCUMENTS = 1_500;
  private static final int STALE = 40;

  @TempDir Path directory;

  private static BsonDocument document(int id, int score) {
    return new BsonDocument("_id", new BsonInt32(id)).append("score", new BsonInt32(score));
  }

  private static void insert(MongoCollection<BsonDocument> collection, int from, int to) {
    collection.insertMany(IntStream.range(from, to).mapToObj(id -> document(id, id)).toList());
  }

  private String database() {
    return "jdbc:sqlite:" + directory.resolve("copy.db");
  }

  private Map<Integer, Integer> table() {
    Map<Integer, Integer> scores = new TreeMap<>();
    try (java.sql.Connection connection =
            DriverManager.getConnection(database() + "?busy_timeout=10000");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select id, score from scrabble")) {
      while (rows.next()) {
        scores.put(Integer.valueOf(rows.getString(1)), rows.getInt(2));
      }
    } catch (SQLException notMadeYet) {
      return Map.of();
    }
    return scores;
  }

  private static Map<Integer, Integer> scores(MongoCollection<BsonDocument> collection) {
    Map<Integer, Integer> scores = new TreeMap<>();
    for (BsonDocument each : collection.find()) {
      scores.put(each.getInt32("_id").getValue(), each.getInt32("score").getValue());
    }
    return scores;
  }

  private SluiceProcess consume(PipelineUnderTest sluice) throws Exception {
    return SluiceProcess.start(
        sluice.environment(),
        List.of(),
        "consume",
        "--to",
        database() + "?columns=score:int",
        "--batch",
        "10");
  }

  private void awaitEqual(PipelineUnderTest sluice) {
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(table()).isEqualTo(scores(sluice.collection())));
  }

  @Test
  void aTableWithStaleRowsIsTheCollectionBehindASnapshotInWhichItsConsumerWasKilled()
      throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_SNAPSHOT_CHUNK", "50")).start()) {
      MongoCollection<BsonDocument> collection = sluice.collection();
      insert(collection, 0, STALE);
      try (SluiceProcess consumer = consume(sluice)) {
        awaitEqual(sluice);
        assertThat(consumer.terminate()).isZero();
      }
      sluice.stop();
      // What nobody tells of: the position is lost, and meanwhile all of that goes and other comes.
      sluice.checkpoints().deleteOne(new BsonDocument("_id", new BsonString(sluice.queue())));
      collection.deleteMany(Filters.lt("_id", STALE));
      insert(collection, STALE, DOCUMENTS);

      sluice.environment().put("SLUICE_SNAPSHOT", "initial");
      sluice.start();
      try (SluiceProcess consumer = consume(sluice)) {
        await().pollInterval(Duration.ofMillis(20)).atMost(LONG).until(() -> table().size() > 200);
        collection.updateMany(Filters.lt("_id", 100), Updates.inc("score", 1));
        collection.deleteMany(Filters.gt("_id", DOCUMENTS - 100));
        consumer.kill();
      }
      // The stale rows go with the end of the snapshot, and not before.
      assertThat(table()).containsKeys(0, STALE - 1).hasSizeLessThan(DOCUMENTS);

      try (SluiceProcess consumer = consume(sluice)) {
        awaitEqual(sluice);
        assertThat(table()).doesNotContainKeys(0, STALE - 1);
        assertThat(consumer.terminate()).as(consumer.log()).isZero();
      }
    }
  }
}
