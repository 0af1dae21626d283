package dev.sluice.embedded.mongo;

import com.mongodb.ClientSessionOptions;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import dev.sluice.testing.TestMongo;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * A change stream driven by its bare commands, so that a test sees every reply as it came and no
 * driver resumes behind its back.
 */
final class RawChangeStream {

  /** How long nothing must come before a stream counts as drained; a real set replicates first. */
  private static final int PATIENCE_MS = TestMongo.shared().isReal() ? 500 : 60;

  /** A cursor is read in the session that opened it, and the driver has several at hand. */
  private final ClientSession session;

  private final MongoDatabase database;
  private final String collection;
  private final BsonDocument openReply;
  private BsonDocument lastReply;
  private long id;

  private RawChangeStream(
      ClientSession session, MongoDatabase database, String collection, BsonDocument openReply) {
    this.session = session;
    this.database = database;
    this.collection = collection;
    this.openReply = openReply;
    this.lastReply = openReply;
    this.id = openReply.getDocument("cursor").getInt64("id").getValue();
  }

  static RawChangeStream ofCollection(
      MongoClient client, String database, String collection, String options, String... stages) {
    return open(client, client.getDatabase(database), new BsonString(collection), options, stages);
  }

  static RawChangeStream ofDatabase(MongoClient client, String database) {
    return open(client, client.getDatabase(database), new BsonInt32(1), "{}");
  }

  static RawChangeStream ofCluster(MongoClient client) {
    return open(
        client, client.getDatabase("admin"), new BsonInt32(1), "{allChangesForCluster: true}");
  }

  private static RawChangeStream open(
      MongoClient client,
      MongoDatabase database,
      BsonValue target,
      String options,
      String... stages) {
    ClientSession session =
        client.startSession(ClientSessionOptions.builder().causallyConsistent(false).build());
    BsonArray pipeline = new BsonArray();
    pipeline.add(new BsonDocument("$changeStream", BsonDocument.parse(options)));
    for (String stage : stages) {
      pipeline.add(BsonDocument.parse(stage));
    }
    BsonDocument reply =
        database.runCommand(
            session,
            new BsonDocument("aggregate", target)
                .append("pipeline", pipeline)
                .append("cursor", new BsonDocument())
                .append("readConcern", new BsonDocument("level", new BsonString("majority"))),
            BsonDocument.class);
    String collection = target.isString() ? target.asString().getValue() : "$cmd.aggregate";
    return new RawChangeStream(session, database, collection, reply);
  }

  BsonDocument openReply() {
    return openReply;
  }

  BsonDocument lastReply() {
    return lastReply;
  }

  long id() {
    return id;
  }

  BsonDocument postBatchToken() {
    return lastReply.getDocument("cursor").getDocument("postBatchResumeToken");
  }

  BsonDocument getMore(int maxTimeMs) {
    return getMore(maxTimeMs, 0);
  }

  /** One {@code getMore}; a batch size of 0 leaves it to the server. */
  BsonDocument getMore(int maxTimeMs, int batchSize) {
    BsonDocument command =
        new BsonDocument("getMore", new BsonInt64(id))
            .append("collection", new BsonString(collection))
            .append("maxTimeMS", new BsonInt32(maxTimeMs));
    if (batchSize > 0) {
      command.append("batchSize", new BsonInt32(batchSize));
    }
    lastReply = database.runCommand(session, command, BsonDocument.class);
    return lastReply;
  }

  /** The events of the opening reply and all that {@link #drain} finds. */
  List<BsonDocument> firstAndFurther() {
    List<BsonDocument> events = new ArrayList<>();
    openReply
        .getDocument("cursor")
        .getArray("firstBatch")
        .forEach(event -> events.add(event.asDocument()));
    events.addAll(drain());
    return events;
  }

  /** Every event up to the first idle reply or the end of the stream. */
  List<BsonDocument> drain() {
    List<BsonDocument> events = new ArrayList<>();
    while (true) {
      BsonDocument cursor = getMore(PATIENCE_MS).getDocument("cursor");
      BsonArray batch = cursor.getArray("nextBatch");
      batch.forEach(event -> events.add(event.asDocument()));
      if (batch.isEmpty() || cursor.getInt64("id").getValue() == 0) {
        return events;
      }
    }
  }

  /** As {@link #getMore}, by a client that did not open it. */
  void getMoreInAnotherSession() {
    BsonDocument command =
        new BsonDocument("getMore", new BsonInt64(id))
            .append("collection", new BsonString(collection));
    database.runCommand(command, BsonDocument.class);
  }

  void kill() {
    database.runCommand(
        new BsonDocument("killCursors", new BsonString(collection))
            .append("cursors", new BsonArray(List.of(new BsonInt64(id)))));
  }
}
