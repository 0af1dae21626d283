package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetryableWriteIT {

  private EmbeddedReplicaSet set;
  private MongoClient client;

  @BeforeEach
  void start() {
    set = EmbeddedReplicaSet.builder().name("retry").start();
    client = MongoClients.create(set.uri() + "&retryWrites=false");
  }

  @AfterEach
  void stop() {
    client.close();
    set.close();
  }

  /** The driver puts its one idle session into each command; the number is ours. */
  private BsonDocument run(long number, String command) {
    MongoDatabase database = client.getDatabase("it");
    BsonDocument body = BsonDocument.parse(command);
    body.append("txnNumber", new org.bson.BsonInt64(number));
    BsonDocument reply = database.runCommand(body, BsonDocument.class);
    List.of("$clusterTime", "operationTime", "opTime", "electionId").forEach(reply::remove);
    return reply;
  }

  @Test
  void aWriteSentTwiceIsDoneOnceAndAnsweredAlike() {
    client.getDatabase("it").getCollection("c").insertOne(new org.bson.Document("_id", 0));
    RawChangeStream stream = RawChangeStream.ofCollection(client, "it", "c", "{}");
    List<String> commands =
        List.of(
            "{insert: 'c', documents: [{_id: 1}, {_id: 2}]}",
            "{update: 'c', updates: [{q: {_id: 1}, u: {$inc: {n: 1}}},"
                + " {q: {_id: 9}, u: {$inc: {n: 1}}, upsert: true}]}",
            "{findAndModify: 'c', query: {_id: 1}, update: {$inc: {n: 1}}, new: true}",
            "{delete: 'c', deletes: [{q: {_id: 2}, limit: 1}]}");

    for (int i = 0; i < commands.size(); i++) {
      BsonDocument first = run(i, commands.get(i));
      assertThat(run(i, commands.get(i))).isEqualTo(first);
    }

    assertThat(stream.drain())
        .extracting(event -> event.getString("operationType").getValue())
        .containsExactly("insert", "insert", "update", "insert", "update", "delete");
  }

  @Test
  void anOlderNumberIsRefused() {
    run(100, "{insert: 'd', documents: [{_id: 1}]}");

    assertThatExceptionOfType(MongoCommandException.class)
        .isThrownBy(() -> run(99, "{insert: 'd', documents: [{_id: 2}]}"))
        .matches(error -> error.getErrorCode() == 225);
  }
}
