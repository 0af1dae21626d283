package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import dev.sluice.testing.TestMongo;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * A suite that holds change streams against the recording of a real server.
 *
 * <p>Runs on the best replica set at hand, which may be the embedded one. What differs by release
 * is asked of the server ({@code hello.maxWireVersion}).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RecordedContract {

  private final String run = UUID.randomUUID().toString().substring(0, 8);
  final String db = "contract_" + run;
  final String otherDb = "contract2_" + run;
  private AutoCloseable server;
  MongoClient client;
  GoldenRecording golden;
  private EventMask mask;

  /** The seam: where the replica set under test is. */
  protected String replicaSetUri() {
    return TestMongo.shared().uri();
  }

  /** Starts an embedded set that ends with this class. */
  protected final String embedded(ServerVersion version) {
    EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().name("contract").version(version).start();
    server = set;
    return set.uri();
  }

  final boolean isEmbedded() {
    return server != null || !TestMongo.shared().isReal();
  }

  @BeforeAll
  void connect() {
    client = MongoClients.create(replicaSetUri());
    BsonDocument hello =
        client
            .getDatabase("admin")
            .runCommand(new BsonDocument("isMaster", new BsonInt32(1)), BsonDocument.class);
    golden = GoldenRecording.load(hello.getInt32("maxWireVersion").getValue());
    mask = new EventMask(Map.of(db, "golden", otherDb, "golden2"), golden.isRecordedRelease());
  }

  @AfterEach
  void clean() {
    client.getDatabase(db).drop();
    client.getDatabase(otherDb).drop();
  }

  @AfterAll
  void disconnect() throws Exception {
    client.close();
    if (server != null) {
      server.close();
    }
  }

  MongoCollection<BsonDocument> collection(String name) {
    return client.getDatabase(db).getCollection(name, BsonDocument.class);
  }

  RawChangeStream watch(String collection) {
    return RawChangeStream.ofCollection(client, db, collection, "{}");
  }

  void assertSame(List<BsonDocument> actual, List<BsonDocument> expected) {
    assertThat(actual.stream().map(mask::apply).toList())
        .isEqualTo(expected.stream().map(mask::apply).toList());
  }

  static BsonDocument doc(String json) {
    return BsonDocument.parse(json);
  }

  static BsonDocument byId(BsonValue id) {
    return new BsonDocument("_id", id);
  }

  RawChangeStream open(String options, String... stages) {
    return RawChangeStream.ofCollection(client, db, "scrabble", options, stages);
  }

  void assertError(BsonDocument recorded, Runnable action) {
    assertThatExceptionOfType(MongoCommandException.class)
        .isThrownBy(action::run)
        .satisfies(
            error -> {
              BsonDocument actual = error.getResponse();
              assertThat(actual.get("code")).isEqualTo(recorded.get("code"));
              if (golden.isRecordedRelease()) {
                assertThat(actual.keySet()).containsExactlyElementsOf(recorded.keySet());
                assertThat(actual.get("codeName")).isEqualTo(recorded.get("codeName"));
                assertThat(text(actual)).isEqualTo(text(recorded));
              }
            });
  }

  private static String text(BsonDocument error) {
    return error.getString("errmsg").getValue().replaceFirst("cursor id \\d+", "cursor id N");
  }
}
