package dev.sluice.prove;

import com.mongodb.WriteConcern;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import org.bson.BsonDocument;
import org.bson.BsonString;

/** Carries writes out, each acknowledged by a majority. Thread-safe. */
final class WriteSender {
  private final MongoClient client;

  WriteSender(MongoClient client) {
    this.client = client;
  }

  /** A session for a transaction; the caller closes it. */
  ClientSession session() {
    return client.startSession();
  }

  /**
   * Sends a write of its own.
   *
   * @param content what a delete has no use for
   * @return whether the answer says that it was done
   */
  boolean send(Place place, String id, WriteKind kind, Contents.Content content) {
    MongoCollection<BsonDocument> collection =
        collection(place.database(), place.collection()).withWriteConcern(WriteConcern.MAJORITY);
    BsonDocument query = query(id);
    return switch (kind) {
      case INSERT -> collection.insertOne(whole(id, content)).wasAcknowledged();
      case UPDATE -> collection.updateOne(query, content.update()).getModifiedCount() == 1;
      case REPLACE -> collection.replaceOne(query, content.fields()).getModifiedCount() == 1;
      case DELETE -> collection.deleteOne(query).getDeletedCount() == 1;
    };
  }

  /** The same as part of the transaction that the session is in. */
  boolean send(
      ClientSession session, Place place, String id, WriteKind kind, Contents.Content content) {
    MongoCollection<BsonDocument> collection = collection(place.database(), place.collection());
    BsonDocument query = query(id);
    return switch (kind) {
      case INSERT -> collection.insertOne(session, whole(id, content)).getInsertedId() != null;
      case UPDATE -> collection.updateOne(session, query, content.update()).getModifiedCount() == 1;
      case REPLACE ->
          collection.replaceOne(session, query, content.fields()).getModifiedCount() == 1;
      case DELETE -> collection.deleteOne(session, query).getDeletedCount() == 1;
    };
  }

  private MongoCollection<BsonDocument> collection(String database, String name) {
    return client.getDatabase(database).getCollection(name, BsonDocument.class);
  }

  private static BsonDocument query(String id) {
    return new BsonDocument("_id", new BsonString(id));
  }

  private static BsonDocument whole(String id, Contents.Content content) {
    BsonDocument whole = query(id);
    whole.putAll(content.fields());
    return whole;
  }
}
