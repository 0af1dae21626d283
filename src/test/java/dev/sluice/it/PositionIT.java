package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoChangeStreamCursor;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.changestream.ChangeStreamDocument;
import dev.sluice.change.ChangeEvent;
import dev.sluice.testing.TestMongo;
import dev.sluice.testing.TestRabbit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;

/** Positions and ids of many changes, most of them several to a document in one transaction. */
class PositionIT {
  /** Of the writes; another one makes another test of it. */
  private static final long SEED = 7;

  private static final int TRANSACTIONS = 2_000;
  private static final int WRITES = 50;
  private static final int DOCUMENTS = 20;

  /** A write of its own behind each so many transactions. */
  private static final int ALONE = 10;

  private static final int CHANGES = DOCUMENTS + TRANSACTIONS * WRITES + TRANSACTIONS / ALONE;

  @Test
  void positionsOfADocumentRiseAndRepeatsHaveTheSame() {
    try (MongoClient mongo = TestMongo.shared().connect()) {
      var database = mongo.getDatabase(TestRabbit.freshName("positions"));
      MongoCollection<BsonDocument> collection =
          database.getCollection("documents", BsonDocument.class);
      MongoCollection<BsonDocument> other = database.getCollection("other", BsonDocument.class);
      other.insertOne(document(0));
      try (MongoChangeStreamCursor<ChangeStreamDocument<BsonDocument>> start =
          collection.watch().cursor()) {
        start.tryNext(); // There is no token before the first reply.
        BsonDocument beginning = start.getResumeToken();
        write(mongo, collection, other);

        List<ChangeEvent> events = read(collection, beginning, CHANGES);
        assertThatPositionsRise(events);

        int middle = CHANGES / 2 + WRITES / 2;
        List<ChangeEvent> repeats =
            read(collection, events.get(middle - 1).token().toBson(), CHANGES - middle);
        assertThat(identities(repeats)).isEqualTo(identities(events.subList(middle, CHANGES)));
      } finally {
        database.drop();
      }
    }
  }

  private static void write(
      MongoClient mongo,
      MongoCollection<BsonDocument> collection,
      MongoCollection<BsonDocument> other) {
    Random random = new Random(SEED);
    for (int id = 0; id < DOCUMENTS; id++) {
      collection.insertOne(document(id));
    }
    try (ClientSession session = mongo.startSession()) {
      for (int i = 0; i < TRANSACTIONS; i++) {
        session.startTransaction();
        collection.bulkWrite(session, updates(random, i));
        other.updateOne(session, Filters.eq(0), Updates.inc("n", 1));
        session.commitTransaction();
        if (i % ALONE == 0) {
          collection.updateOne(Filters.eq(random.nextInt(DOCUMENTS)), Updates.inc("alone", 1));
        }
      }
    }
  }

  private static BsonDocument document(int id) {
    return new BsonDocument("_id", new BsonInt32(id));
  }

  private static List<UpdateOneModel<BsonDocument>> updates(Random random, int transaction) {
    List<UpdateOneModel<BsonDocument>> updates = new ArrayList<>();
    for (int i = 0; i < WRITES; i++) {
      updates.add(
          new UpdateOneModel<>(
              Filters.eq(random.nextInt(DOCUMENTS)), Updates.set("n", transaction * WRITES + i)));
    }
    return updates;
  }

  private static List<ChangeEvent> read(
      MongoCollection<BsonDocument> collection, BsonDocument after, int count) {
    List<ChangeEvent> events = new ArrayList<>();
    try (MongoCursor<RawBsonDocument> stream =
        collection.watch().startAfter(after).withDocumentClass(RawBsonDocument.class).cursor()) {
      while (events.size() < count) {
        var bytes = stream.next().getByteBuffer().asNIO();
        int offset = bytes.arrayOffset() + bytes.position();
        events.add(new ChangeEvent(bytes.array(), offset, bytes.remaining(), 0));
      }
    }
    return events;
  }

  private static void assertThatPositionsRise(List<ChangeEvent> events) {
    Map<Long, String> last = new HashMap<>();
    Set<String> ids = new HashSet<>();
    int highest = 0;
    for (ChangeEvent event : events) {
      String position = event.order().text();
      String before = last.put(event.documentHash(), position);
      if (before != null) {
        assertThat(position).isGreaterThan(before);
      }
      ids.add(event.id().value());
      highest = Math.max(highest, event.order().index());
      assertThat(event.isOrderKnown()).isTrue();
    }
    assertThat(last).hasSize(DOCUMENTS);
    assertThat(ids).hasSize(events.size());
    assertThat(highest).isEqualTo(WRITES - 1);
  }

  private static List<String> identities(List<ChangeEvent> events) {
    return events.stream().map(event -> event.order().text() + event.id()).toList();
  }
}
