package dev.sluice.it;

import com.mongodb.client.MongoChangeStreamCursor;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.changestream.ChangeStreamDocument;
import dev.sluice.testing.TestMongo;
import org.bson.BsonDocument;
import org.bson.BsonString;

/** Writes beside the pipeline. */
final class TestMongoWrites {
  private TestMongoWrites() {}

  /** One write into a collection of this database that nobody watches. */
  static void elsewhere(String database) {
    try (MongoClient mongo = TestMongo.shared().connect()) {
      mongo
          .getDatabase(database)
          .getCollection("elsewhere", BsonDocument.class)
          .insertOne(new BsonDocument());
    }
  }

  /**
   * A resume token of the right form behind which the stream cannot find its event: that of a real
   * one, moved back by a second (a token begins with 82 and eight digits of seconds).
   */
  static BsonDocument tokenOfNoEvent(MongoCollection<BsonDocument> collection) {
    try (MongoChangeStreamCursor<ChangeStreamDocument<BsonDocument>> stream =
        collection.watch().cursor()) {
      collection.insertOne(new BsonDocument());
      String data = stream.next().getResumeToken().getString("_data").getValue();
      long seconds = Long.parseLong(data.substring(2, 10), 16);
      String moved = String.format("82%08X%s", seconds - 1, data.substring(10));
      return new BsonDocument("_data", new BsonString(moved));
    }
  }
}
