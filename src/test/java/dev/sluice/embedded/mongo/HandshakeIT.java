package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import java.time.Duration;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the nodes say of themselves, against the recording and the releases they pass for. */
class HandshakeIT {

  private static MongoClient direct(EmbeddedReplicaSet set, int node) {
    return MongoClients.create(
        "mongodb://localhost:" + set.ports().get(node) + "/?directConnection=true");
  }

  private static BsonDocument run(MongoClient client, String command) {
    return client.getDatabase("admin").runCommand(BsonDocument.parse(command), BsonDocument.class);
  }

  @Test
  void primaryAndSecondaryAnswerAsRecorded() {
    GoldenRecording golden = GoldenRecording.load(ServerVersion.V4_2.wireVersion());
    try (EmbeddedReplicaSet set =
            EmbeddedReplicaSet.builder().name("rs0").version(ServerVersion.V4_2).start();
        MongoClient primary = direct(set, 0);
        MongoClient secondary = direct(set, 2)) {
      assertSameShape(run(primary, "{isMaster: 1}"), golden.document("isMaster.primary"));
      assertSameShape(run(secondary, "{isMaster: 1}"), golden.document("isMaster.secondary"));
      assertThat(run(secondary, "{isMaster: 1}").getString("me").getValue())
          .isEqualTo("localhost:" + set.ports().get(2));
    }
  }

  /** The same keys in the same order with values of the same type, and what is fixed is equal. */
  private static void assertSameShape(BsonDocument actual, BsonDocument recorded) {
    assertThat(actual.keySet()).containsExactlyElementsOf(recorded.keySet());
    recorded.forEach(
        (name, value) -> {
          assertThat(actual.get(name).getBsonType()).as(name).isEqualTo(value.getBsonType());
          if (value.isDocument()) {
            assertSameShape(actual.getDocument(name), value.asDocument());
          }
        });
    for (String fixed :
        List.of(
            "setName",
            "ismaster",
            "secondary",
            "maxWireVersion",
            "minWireVersion",
            "maxBsonObjectSize",
            "maxMessageSizeBytes",
            "maxWriteBatchSize",
            "readOnly")) {
      BsonValue value = recorded.get(fixed);
      if (value != null) {
        assertThat(actual.get(fixed)).as(fixed).isEqualTo(value);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ServerVersion.class)
  void passesForTheReleaseAskedForAndSaysWhatItReallyIs(ServerVersion version) {
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().version(version).start();
        MongoClient client = MongoClients.create(set.uri())) {
      BsonDocument build = run(client, "{buildInfo: 1}");

      assertThat(build.getString("version").getValue()).isEqualTo(version.text());
      assertThat(build.getString("embedded").getValue()).contains("not a real mongod");
      assertThat(run(client, "{isMaster: 1}").getInt32("maxWireVersion").getValue())
          .isEqualTo(version.wireVersion());
    }
  }

  @Test
  void monitorsFindWhatTheyAskFor() {
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().name("seen").start();
        MongoClient client = MongoClients.create(set.uri())) {
      client.getDatabase("it").getCollection("c").insertOne(new org.bson.Document());
      BsonDocument status = run(client, "{replSetGetStatus: 1}");
      BsonDocument stats =
          client
              .getDatabase("local")
              .runCommand(BsonDocument.parse("{collStats: 'oplog.rs'}"), BsonDocument.class);

      assertThat(status.getString("set").getValue()).isEqualTo("seen");
      assertThat(status.getArray("members"))
          .extracting(member -> member.asDocument().getString("stateStr").getValue())
          .containsExactly("PRIMARY", "SECONDARY", "SECONDARY");
      assertThat(run(client, "{replSetGetConfig: 1}").getDocument("config").getArray("members"))
          .hasSize(3);
      assertThat(stats.get("maxSize").asInt64().getValue()).isEqualTo(OplogLimit.DEFAULT.bytes());
      assertThat(client.listDatabaseNames()).contains("admin", "local", "it");
    }
  }

  @Test
  void anOldPrimaryReadsItsCursorsOnAndRefusesWritesAsRecorded() {
    GoldenRecording golden = GoldenRecording.load(ServerVersion.V4_2.wireVersion());
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().version(ServerVersion.V4_2).start();
        MongoClient client = direct(set, 0)) {
      MongoDatabase database = client.getDatabase("it");
      database.getCollection("sd").insertOne(new org.bson.Document());
      RawChangeStream stream = RawChangeStream.ofCollection(client, "it", "sd", "{}");

      set.faults().stepDown(Duration.ofSeconds(30), true);

      BsonDocument reply = stream.getMore(100);
      BsonDocument recorded = golden.document("getMore on old primary after step-down");
      assertThat(reply.keySet()).containsExactlyElementsOf(recorded.keySet());
      assertThat(reply.getDocument("cursor").keySet())
          .containsExactlyElementsOf(recorded.getDocument("cursor").keySet());
      BsonDocument refused =
          golden.document("insert on old primary after step-down").getDocument("details");
      assertThatExceptionOfType(MongoCommandException.class)
          .isThrownBy(
              () -> database.runCommand(BsonDocument.parse("{insert: 'sd', documents: [{}]}")))
          .satisfies(
              error -> {
                assertThat(error.getResponse().keySet())
                    .containsExactlyElementsOf(refused.keySet());
                assertThat(error.getResponse().get("codeName")).isEqualTo(refused.get("codeName"));
                assertThat(error.getResponse().get("errmsg")).isEqualTo(refused.get("errmsg"));
              });
    }
  }
}
