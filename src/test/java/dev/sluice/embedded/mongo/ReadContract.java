package dev.sluice.embedded.mongo;

import com.mongodb.MongoCommandException;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import dev.sluice.testing.TestMongo;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * A suite that holds the reading of a collection in chunks against what servers answer. Runs on the
 * best replica set at hand, which may be the embedded one.
 *
 * <p>The recording of 4.2 has none of it. What is expected is read from the server's sources:
 * bounds and their errors from {@code query_planner.cpp} of 4.4 and of the newest (where a missing
 * hint is 291 and no longer 51173), the size of a first reply from {@code find_common.cpp}, read
 * concerns from {@code read_concern_mongod.cpp} and, for 4.2, {@code
 * service_entry_point_common.cpp}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ReadContract {

  MongoClient client;
  MongoDatabase database;
  MongoCollection<BsonDocument> words;
  private AutoCloseable server;
  int wireVersion;

  /** The seam: where the replica set under test is. */
  protected String replicaSetUri() {
    return TestMongo.shared().uri();
  }

  /** Starts an embedded set that ends with this class. */
  protected final String embedded(ServerVersion version) {
    EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().name("chunks").version(version).start();
    server = set;
    return set.uri();
  }

  @BeforeAll
  void connect() {
    client = MongoClients.create(replicaSetUri());
    database =
        client
            .getDatabase("chunks_" + UUID.randomUUID().toString().substring(0, 8))
            .withWriteConcern(WriteConcern.MAJORITY);
    words = database.getCollection("words", BsonDocument.class);
    BsonDocument hello = database.runCommand(doc("{isMaster: 1}"), BsonDocument.class);
    wireVersion = hello.getInt32("maxWireVersion").getValue();
  }

  @AfterEach
  void clean() {
    database.drop();
  }

  @AfterAll
  void disconnect() throws Exception {
    client.close();
    if (server != null) {
      server.close();
    }
  }

  /** 5.0, with which reads of a snapshot outside a transaction came. */
  final boolean readsSnapshots() {
    return wireVersion >= 13;
  }

  static BsonDocument doc(String json) {
    return BsonDocument.parse(json);
  }

  final BsonDocument run(String json) {
    return database.runCommand(doc(json), BsonDocument.class);
  }

  static List<BsonDocument> batch(BsonDocument reply) {
    return reply.getDocument("cursor").getArray("firstBatch").stream()
        .map(BsonValue::asDocument)
        .toList();
  }

  static List<BsonValue> ids(BsonDocument reply) {
    return batch(reply).stream().map(found -> found.get("_id")).toList();
  }

  static List<BsonValue> numbers(int from, int to) {
    return IntStream.range(from, to).<BsonValue>mapToObj(BsonInt32::new).toList();
  }

  final int codeOf(String command) {
    try {
      run(command);
      return 0;
    } catch (MongoCommandException refused) {
      return refused.getErrorCode();
    }
  }

  final void insertNumbers(int count) {
    words.insertMany(numbers(0, count).stream().map(id -> new BsonDocument("_id", id)).toList());
  }
}
