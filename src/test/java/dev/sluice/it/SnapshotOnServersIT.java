package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.mongodb.client.MongoClient;
import com.mongodb.client.model.Collation;
import com.mongodb.client.model.CollationStrength;
import com.mongodb.client.model.CreateCollectionOptions;
import com.rabbitmq.client.Delivery;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.TestMongo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was in a collection before the pipeline came, beside what changes. */
class SnapshotOnServersIT {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Ids of every type that MongoDB takes for one, some of which only just differ. */
  private static final List<String> IDS =
      List.of(
          "{$minKey: 1}",
          "null",
          "{$numberDouble: 'NaN'}",
          "{$numberDouble: '-Infinity'}",
          "{$numberLong: '-9007199254740993'}",
          "{$numberDouble: '-0.0'}",
          "{$numberDecimal: '0.1'}",
          "{$numberDouble: '0.1'}",
          "{$numberInt: '5'}",
          "{$numberDecimal: '5.5'}",
          "{$numberLong: '9007199254740992'}",
          "{$numberLong: '9007199254740993'}",
          "{$numberDecimal: '1E+30'}",
          "{$numberDouble: 'Infinity'}",
          "''",
          "'A'",
          "'a'",
          "'\uFF5E'",
          "'\uD83D\uDE00'",
          "{}",
          "{a: {$numberInt: '1'}}",
          "{a: {$numberInt: '1'}, b: 1}",
          "{a: 'x'}",
          "{$binary: {base64: 'AQ==', subType: '05'}}",
          "{$binary: {base64: 'AQI=', subType: '00'}}",
          "{$binary: {base64: 'AAECAwQFBgcICQoLDA0ODw==', subType: '04'}}",
          "{$oid: '665f1c2a9d3e4b0012345678'}",
          "false",
          "true",
          "{$date: {$numberLong: '-1'}}",
          "{$date: {$numberLong: '1795136523456'}}",
          "{$timestamp: {t: 1, i: 1}}",
          "{$maxKey: 1}");

  static Map<String, String> initial(String... settings) {
    Map<String, String> all = new HashMap<>(Map.of("SLUICE_SNAPSHOT", "initial"));
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return all;
  }

  static BsonDocument document(BsonValue id, int number) {
    return new BsonDocument("_id", id).append("n", new BsonInt32(number));
  }

  static void fill(PipelineUnderTest sluice, int documents) {
    sluice
        .collection()
        .insertMany(
            IntStream.range(0, documents).mapToObj(n -> document(new BsonInt32(n), n)).toList());
  }

  private static JsonNode json(Delivery delivery) throws Exception {
    return MAPPER.readTree(delivery.getBody());
  }

  @Test
  void whatWasThereComesOutAsReadsBetweenTwoNotices() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(initial())) {
      fill(sluice, 3);
      sluice.start().consume();

      SnapshotCopy copy = SnapshotCopy.awaitCopyOf(sluice);

      assertThat(copy.reads()).isEqualTo(3);
      assertThat(sluice.deliveries)
          .extracting(delivery -> delivery.getProperties().getType())
          .containsExactly("snapshot-started", "read", "read", "read", "snapshot-completed");
      JsonNode started = json(sluice.deliveries.get(0));
      JsonNode read = json(sluice.deliveries.get(1));
      JsonNode completed = json(sluice.deliveries.get(4));
      assertThat(started.at("/snapshot/namespaces/0").asText())
          .isEqualTo(sluice.database() + ".scrabble");
      assertThat(read.at("/metadata/documentSource").asText()).isEqualTo("snapshot");
      assertThat(read.at("/metadata/snapshot").asText())
          .isEqualTo(started.at("/snapshot/id").asText());
      assertThat(read.at("/metadata/position").asText()).endsWith("ffffffff");
      assertThat(sluice.deliveries.get(1).getEnvelope().getRoutingKey())
          .isEqualTo(sluice.database() + ".scrabble.read");
      assertThat(completed.at("/snapshot/documents").asInt()).isEqualTo(3);
      assertThat(completed.at("/snapshot/filtered").asBoolean()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "7, 4", "1000, 2"})
  void idsOfEveryTypeAreReadOnceWhateverTheChunksAndReaders(int chunk, int readers)
      throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(
            initial(
                "SLUICE_SNAPSHOT_CHUNK", Integer.toString(chunk),
                "SLUICE_SNAPSHOT_PARALLEL", Integer.toString(readers)))) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, IDS.size()).boxed().toList());
      Collections.shuffle(order, new Random(chunk));
      for (int n : order) {
        BsonValue id = BsonDocument.parse("{v: " + IDS.get(n) + "}").get("v");
        sluice.collection().insertOne(document(id, n));
      }
      sluice.start().consume();

      assertThat(SnapshotCopy.awaitCopyOf(sluice).reads()).isEqualTo(IDS.size());
    }
  }

  @Test
  void textsUnderACollationAreAllRead() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(initial("SLUICE_SNAPSHOT_CHUNK", "2"))) {
      Collation ofNames =
          Collation.builder().locale("en").collationStrength(CollationStrength.SECONDARY).build();
      sluice.createCollection(new CreateCollectionOptions().collation(ofNames));
      List<String> texts = List.of("b", "A", "a1", "Z", "é", "e", "f", "10", "9", "z1");
      for (String text : texts) {
        sluice.collection().insertOne(document(new BsonString(text), texts.indexOf(text)));
      }
      sluice.start().consume();

      assertThat(SnapshotCopy.awaitCopyOf(sluice).reads()).isEqualTo(texts.size());
    }
  }

  @Test
  void aCollectionThatIsNotThereYetIsAnEmptyOne() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(initial()).start()) {
      sluice.consume();
      await()
          .atMost(SnapshotCopy.PATIENCE)
          .until(() -> SnapshotCopy.of(sluice.deliveries).isComplete());

      fill(sluice, 2);

      SnapshotCopy copy = SnapshotCopy.awaitCopyOf(sluice);
      assertThat(copy.reads()).isZero();
    }
  }

  @Test
  void aSnapshotThatIsCompleteIsNotTakenAgain() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(initial())) {
      fill(sluice, 10);
      sluice.start().consume();
      SnapshotCopy.awaitCopyOf(sluice);
      sluice.stop();

      sluice.start();
      sluice.collection().insertOne(document(new BsonInt32(100), 100));
      await()
          .atMost(SnapshotCopy.PATIENCE)
          .until(() -> SnapshotCopy.of(sluice.deliveries).numbers().contains(100));

      assertThat(SnapshotCopy.of(sluice.deliveries).reads()).isEqualTo(10);
      assertThat(SnapshotCopy.of(sluice.deliveries).notices()).hasSize(2);
    }
  }

  @Test
  void changesMeanwhileAreNeverOvertakenByOlderReads() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(
            initial("SLUICE_SNAPSHOT_CHUNK", "20", "SLUICE_SNAPSHOT_PARALLEL", "2"))) {
      int documents = 2_000;
      fill(sluice, documents);
      sluice.start().consume();
      Random random = new Random(7);
      int next = documents;
      while (!SnapshotCopy.of(List.copyOf(sluice.deliveries)).isComplete()) {
        for (int i = 0; i < 100; i++) {
          BsonDocument byId =
              new BsonDocument("_id", new BsonInt32(random.nextInt(documents + 500)));
          switch (random.nextInt(3)) {
            case 0 ->
                sluice
                    .collection()
                    .updateOne(
                        byId,
                        new BsonDocument("$set", new BsonDocument("n", new BsonInt32(next++))));
            case 1 -> sluice.collection().deleteOne(byId);
            default -> {
              if (sluice.collection().countDocuments(byId) == 0) {
                sluice.collection().insertOne(document(byId.get("_id"), next++));
              }
            }
          }
        }
      }

      SnapshotCopy.awaitCopyOf(sluice);
    }
  }

  @Test
  void onlyEndsWithZeroWhenAllIsConfirmed() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(initial("SLUICE_SNAPSHOT", "only"))) {
      fill(sluice, 500);
      try (SluiceProcess process = SluiceProcess.run(sluice.environment())) {
        assertThat(process.exitCode()).as(process.log()).isZero();
        assertThat(process.log()).doesNotContain("BACKING_OFF");
      }
      sluice.consume();

      assertThat(SnapshotCopy.awaitCopyOf(sluice).reads()).isEqualTo(500);
    }
  }

  /** Of a scope with no one database, so that the stream is the deployment's. */
  @Test
  void threeHundredCollectionsOfThreeDatabasesAreCopied() throws Exception {
    String databases = TestMongo.freshDatabase("many");
    int collections = 300;
    try (PipelineUnderTest sluice =
            new PipelineUnderTest(initial("SLUICE_NAMESPACES", databases + "_*.*"));
        MongoClient mongo = TestMongo.shared().connect()) {
      for (int c = 0; c < collections; c++) {
        int first = 3 * c;
        mongo
            .getDatabase(databases + "_" + c % 3)
            .getCollection("c" + c, BsonDocument.class)
            .insertMany(
                Stream.of(first, first + 1, first + 2)
                    .map(n -> document(new BsonInt32(n % 3), n))
                    .toList());
      }
      sluice.start().consume();
      await()
          .atMost(SnapshotCopy.PATIENCE)
          .until(() -> SnapshotCopy.of(List.copyOf(sluice.deliveries)).isComplete());
      for (int database = 0; database < 3; database++) {
        mongo.getDatabase(databases + "_" + database).drop();
      }

      SnapshotCopy copy = SnapshotCopy.of(List.copyOf(sluice.deliveries));
      assertThat(copy.numbers()).isEqualTo(IntStream.range(0, 3 * collections).boxed().toList());
      assertThat(copy.reads()).isEqualTo(3 * collections);
      assertThat(completed(sluice).at("/snapshot/namespaces")).hasSize(collections);
      assertThat(completed(sluice).at("/snapshot/documents").asInt()).isEqualTo(3 * collections);
    }
  }

  private static JsonNode completed(PipelineUnderTest sluice) throws Exception {
    for (Delivery delivery : sluice.deliveries) {
      if (delivery.getProperties().getType().equals("snapshot-completed")) {
        return json(delivery);
      }
    }
    throw new AssertionError("no snapshot-completed");
  }
}
