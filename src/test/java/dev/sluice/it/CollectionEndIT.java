package dev.sluice.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.MongoNamespace;
import com.mongodb.client.model.RenameCollectionOptions;
import com.rabbitmq.client.Delivery;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Test;

/** The watched collection goes away: the stream ends there, and Sluice goes on behind its end. */
class CollectionEndIT {
  private interface Ending {
    void of(PipelineUnderTest sluice);
  }

  private static void insert(PipelineUnderTest sluice, int id) {
    sluice.collection().insertOne(new BsonDocument("_id", new BsonInt32(id)));
  }

  /** The ids in the order in which they came; whatever else is published is no document's. */
  private static List<String> ids(List<Delivery> deliveries) {
    return deliveries.stream()
        .map(delivery -> delivery.getProperties().getHeaders())
        .filter(headers -> Set.of("insert", "delete").contains(headers.get("operation").toString()))
        .map(headers -> headers.get("id").toString())
        .toList();
  }

  /** What comes before and behind an end that it sees, and one that it finds at its next start. */
  private static void goesOnBehind(Ending end) throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start()) {
      sluice.consume();
      insert(sluice, 1);
      end.of(sluice);
      insert(sluice, 2);
      awaitIds(sluice, 2);

      sluice.stop();
      insert(sluice, 3);
      end.of(sluice);
      insert(sluice, 4);
      end.of(sluice);
      insert(sluice, 5);
      sluice.start();
      awaitIds(sluice, 5);

      insert(sluice, 6);
      awaitIds(sluice, 6);
      assertThat(ids(sluice.deliveries)).containsExactly("1", "2", "3", "4", "5", "6");
      assertThat(sluice.states).noneMatch(state -> state.startsWith("BACKING_OFF"));
    }
  }

  private static void awaitIds(PipelineUnderTest sluice, int count) {
    await().atMost(PipelineUnderTest.PATIENCE).until(() -> ids(sluice.deliveries).size() >= count);
  }

  @Test
  void invalidatedByDrop() throws Exception {
    goesOnBehind(sluice -> sluice.collection().drop());
  }

  @Test
  void invalidatedByRenameAway() throws Exception {
    goesOnBehind(
        sluice ->
            sluice
                .collection()
                .renameCollection(
                    new MongoNamespace(sluice.database(), "away"),
                    new RenameCollectionOptions().dropTarget(true)));
  }

  @Test
  void invalidatedByRenameOfAnotherOntoIt() throws Exception {
    goesOnBehind(
        sluice -> {
          var other = sluice.other("other");
          other.insertOne(new BsonDocument("_id", new BsonInt32(100)));
          other.renameCollection(
              new MongoNamespace(sluice.database(), "scrabble"),
              new RenameCollectionOptions().dropTarget(true));
        });
  }

  @Test
  void replacedByTheResultOfAnAggregation() throws Exception {
    goesOnBehind(CollectionEndIT::replaceByOut);
  }

  private static void replaceByOut(PipelineUnderTest sluice) {
    var other = sluice.other("other");
    other.drop();
    other.insertOne(new BsonDocument("_id", new BsonInt32(100)));
    other.aggregate(List.of(BsonDocument.parse("{$out: 'scrabble'}"))).toCollection();
  }

  @Test
  void aReplacementIsToldToThoseWhoAreBoundToTheCollection() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start()) {
      sluice.consume();
      insert(sluice, 1);
      replaceByOut(sluice);
      insert(sluice, 2);
      awaitIds(sluice, 2);

      Delivery rename =
          sluice.deliveries.stream()
              .filter(delivery -> delivery.getProperties().getType().equals("rename"))
              .findFirst()
              .orElseThrow();
      assertThat(rename.getEnvelope().getRoutingKey())
          .isEqualTo(sluice.database() + ".scrabble.rename");
      assertThat(rename.getProperties().getHeaders()).containsEntry("replaced", true);
      BsonDocument body = BsonDocument.parse(new String(rename.getBody(), UTF_8));
      assertThat(body.getString("collection").getValue()).isEqualTo("scrabble");
      assertThat(body.getDocument("to").getString("collection").getValue()).isEqualTo("scrabble");
      assertThat(body.getDocument("from").getString("collection").getValue())
          .startsWith("tmp.agg_out.");
    }
  }

  @Test
  void invalidatedByTheEndOfItsDatabase() throws Exception {
    goesOnBehind(PipelineUnderTest::dropDatabase);
  }

  @Test
  void invalidatedTenTimesInARow() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start()) {
      sluice.consume();
      for (int id = 1; id <= 10; id++) {
        insert(sluice, id);
        sluice.collection().drop();
      }
      awaitIds(sluice, 10);
      assertThat(ids(sluice.deliveries))
          .containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
    }
  }
}
