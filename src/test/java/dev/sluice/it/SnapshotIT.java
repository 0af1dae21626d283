package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.rabbitmq.client.Delivery;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.mongo.ServerVersion;
import dev.sluice.snapshot.AllKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SnapshotIT {
  private static void insert(PipelineUnderTest sluice, int from, int to) {
    sluice
        .collection()
        .insertMany(IntStream.range(from, to).mapToObj(SnapshotIT::document).toList());
  }

  private static BsonDocument document(int id) {
    return new BsonDocument("_id", new BsonInt32(id)).append("n", new BsonInt32(id));
  }

  private static void awaitType(PipelineUnderTest sluice, String type) {
    await().atMost(PipelineUnderTest.PATIENCE).until(() -> types(sluice).contains(type));
  }

  private static List<String> types(PipelineUnderTest sluice) {
    return sluice.deliveries.stream().map(each -> each.getProperties().getType()).toList();
  }

  /** What a consumer has that applies everything in the order of its coming. */
  private static Map<String, JsonNode> copy(PipelineUnderTest sluice) throws Exception {
    Map<String, JsonNode> copy = new TreeMap<>();
    for (Delivery delivery : sluice.deliveries) {
      JsonNode message = DeliveredJson.of(delivery);
      if (message.path("_id").isTextual()) {
        if (message.path("document").isObject()) {
          copy.put(message.get("_id").asText(), message.get("document"));
        } else {
          copy.remove(message.get("_id").asText());
        }
      }
    }
    return copy;
  }

  @ParameterizedTest
  @EnumSource
  void whatWasThereBeforeComesBetweenABeginningAndAnEndAndThenTheChangesGoOn(ServerVersion version)
      throws Exception {
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().version(version).start();
        PipelineUnderTest sluice =
            new PipelineUnderTest(
                set.uri(), Map.of("SLUICE_SNAPSHOT", "initial", "SLUICE_SNAPSHOT_CHUNK", "7"))) {
      insert(sluice, 0, 50);
      sluice.start().consume();
      awaitType(sluice, "snapshot-completed");
      sluice.collection().updateOne(Filters.eq("_id", 3), Updates.set("n", 4));
      sluice.awaitDeliveries(53);

      List<String> expected = new ArrayList<>(List.of("snapshot-started"));
      IntStream.range(0, 50).forEach(each -> expected.add("read"));
      expected.addAll(List.of("snapshot-completed", "update"));
      assertThat(types(sluice)).isEqualTo(expected);
      JsonNode started = DeliveredJson.of(sluice.deliveries.get(0));
      JsonNode read = DeliveredJson.of(sluice.deliveries.get(1));
      JsonNode completed = DeliveredJson.of(sluice.deliveries.get(51));
      assertThat(started.at("/snapshot/namespaces/0").asText())
          .isEqualTo(sluice.database() + ".scrabble");
      assertThat(completed.at("/snapshot/documents").asInt()).isEqualTo(50);
      assertThat(read.at("/metadata/documentSource").asText()).isEqualTo("snapshot");
      assertThat(read.at("/metadata/snapshot").asText())
          .isEqualTo(started.at("/snapshot/id").asText())
          .isEqualTo(completed.at("/snapshot/id").asText());
      assertThat(read.at("/metadata/position").asText())
          .endsWith("ffffffff")
          .isGreaterThan(started.at("/snapshot/from").asText())
          .isLessThan(
              DeliveredJson.of(sluice.deliveries.get(52)).at("/metadata/position").asText());
      assertThat(sluice.deliveries.get(1).getEnvelope().getRoutingKey())
          .isEqualTo(sluice.database() + ".scrabble.read");
    }
  }

  /** A chunk for each empty reply of the stream, one in a second, would take two minutes. */
  @Test
  void beforeFiveChunksOfAnIdleSetDoNotEachWaitForTheNextMomentOfTheStream() throws Exception {
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().version(ServerVersion.V4_2).start();
        PipelineUnderTest sluice =
            new PipelineUnderTest(
                set.uri(),
                Map.of(
                    "SLUICE_SNAPSHOT", "initial",
                    "SLUICE_SNAPSHOT_CHUNK", "1",
                    "SLUICE_SNAPSHOT_PARALLEL", "1",
                    "SLUICE_CHECKPOINT_INTERVAL", "1s"))) {
      insert(sluice, 0, 120);
      sluice.start().consume();
      awaitType(sluice, "snapshot-completed");

      assertThat(types(sluice)).filteredOn("read"::equals).hasSize(120);
    }
  }

  @Test
  void idsOfEveryTypeInOneCollectionAreAllRead() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_SNAPSHOT", "only", "SLUICE_SNAPSHOT_CHUNK", "1"))) {
      for (List<BsonValue> equal : AllKeys.IN_ORDER) {
        sluice.collection().insertOne(new BsonDocument("_id", equal.get(0)));
      }
      sluice.launch();
      sluice.ended().get(30, TimeUnit.SECONDS);
      sluice.consume();
      awaitType(sluice, "snapshot-completed");

      assertThat(types(sluice)).filteredOn("read"::equals).hasSize(AllKeys.IN_ORDER.size());
      assertThat(copy(sluice)).hasSize(AllKeys.IN_ORDER.size());
    }
  }

  @Test
  void aSnapshotAloneEndsByItselfAndIsNotTakenAgain() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of("SLUICE_SNAPSHOT", "only"))) {
      insert(sluice, 0, 10);
      sluice.launch();
      sluice.ended().get(30, TimeUnit.SECONDS);
      sluice.consume();
      awaitType(sluice, "snapshot-completed");
      sluice.launch();
      sluice.ended().get(30, TimeUnit.SECONDS);

      assertThat(types(sluice)).filteredOn("read"::equals).hasSize(10);
      assertThat(types(sluice)).filteredOn("snapshot-started"::equals).hasSize(1);
    }
  }

  @Test
  void anEmptyCollectionIsWholeAtOnce() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_SNAPSHOT", "initial")).start()) {
      sluice.consume();
      awaitType(sluice, "snapshot-completed");

      assertThat(types(sluice)).containsExactly("snapshot-started", "snapshot-completed");
    }
  }

  @Test
  void whatIsWrittenMeanwhileIsInTheCopyAndAStopInTheMiddleCostsNothing() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(
            Map.of("SLUICE_SNAPSHOT", "initial", "SLUICE_SNAPSHOT_CHUNK", "20"))) {
      insert(sluice, 0, 2_000);
      sluice.start().consume();
      for (int round = 0; round < 3; round++) {
        int id = 600 * round;
        sluice.awaitDeliveries(200 * (round + 1));
        sluice.collection().updateOne(Filters.eq("_id", id), Updates.set("n", -1));
        sluice.collection().deleteOne(Filters.eq("_id", id + 1));
        sluice.collection().insertOne(document(10_000 + round));
        sluice.stop();
        sluice.start();
      }
      awaitType(sluice, "snapshot-completed");
      Set<String> wanted = new TreeSet<>();
      for (BsonDocument document : sluice.collection().find()) {
        wanted.add(String.valueOf(document.getInt32("_id").getValue()));
      }
      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .untilAsserted(() -> assertThat(copy(sluice).keySet()).isEqualTo(wanted));

      assertThat(copy(sluice).get("600").get("n").asInt()).isEqualTo(-1);
      List<String> read = new ArrayList<>();
      for (Delivery delivery : sluice.deliveries) {
        if (delivery.getProperties().getType().equals("read")) {
          read.add(delivery.getProperties().getHeaders().get("id").toString());
        }
      }
      // A stop that comes amid a chunk of 20 has what of it was published come again, and no more.
      Set<String> once = new TreeSet<>(read);
      assertThat(once).hasSizeGreaterThan(1_990);
      assertThat(read.size() - once.size()).isLessThan(3 * 20);
      assertThat(types(sluice)).filteredOn("snapshot-started"::equals).hasSize(1);
    }
  }

  @Test
  void aLargeCollectionIsReadInPartsThatMeetAndTheReadersMissNothing() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_SNAPSHOT", "only", "SLUICE_SNAPSHOT_PARALLEL", "3"))) {
      insert(sluice, 0, 12_000);
      sluice.launch();
      sluice.ended().get(60, TimeUnit.SECONDS);
      sluice.consume();
      awaitType(sluice, "snapshot-completed");

      assertThat(types(sluice)).filteredOn("read"::equals).hasSize(12_000);
      assertThat(copy(sluice)).hasSize(12_000);
    }
  }

  @Test
  void aCollectionThatIsDroppedMeanwhileIsGivenUp() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_SNAPSHOT", "initial", "SLUICE_SNAPSHOT_CHUNK", "1"))) {
      insert(sluice, 0, 3_000);
      sluice.start().consume();
      sluice.awaitDeliveries(10);
      sluice.collection().drop();
      awaitType(sluice, "snapshot-abandoned");
      sluice.collection().insertOne(document(7).append("x", new BsonString("new")));
      awaitType(sluice, "insert");

      assertThat(types(sluice)).doesNotContain("snapshot-completed");
      assertThat(types(sluice).indexOf("drop"))
          .isLessThan(types(sluice).indexOf("snapshot-abandoned"));
    }
  }

  @Test
  void allCollectionsOfADatabaseAreReadAndOfEachOnlyWhatIsWanted() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      Map<String, String> environment = sluice.environment();
      environment.put("SLUICE_NAMESPACES", sluice.database() + ".*");
      environment.put("SLUICE_SNAPSHOT", "only");
      environment.put("SLUICE_SNAPSHOT_MATCH", "{\"_id\": {\"$gte\": 5}}");
      for (int i = 0; i < 40; i++) {
        sluice
            .other("c" + i)
            .insertMany(IntStream.range(0, 10).mapToObj(SnapshotIT::document).toList());
      }
      sluice.launch();
      sluice.ended().get(60, TimeUnit.SECONDS);
      sluice.consume();
      awaitType(sluice, "snapshot-completed");

      assertThat(types(sluice)).filteredOn("read"::equals).hasSize(40 * 5);
      JsonNode completed = DeliveredJson.of(sluice.deliveries.get(sluice.deliveries.size() - 1));
      assertThat(completed.at("/snapshot/namespaces")).hasSize(40);
      assertThat(completed.at("/snapshot/filtered").asBoolean()).isTrue();
    }
  }
}
