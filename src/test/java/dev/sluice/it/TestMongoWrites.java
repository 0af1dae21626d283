package dev.sluice.it;

import com.mongodb.client.MongoClient;
import dev.sluice.testing.TestMongo;
import org.bson.BsonDocument;

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
}
