package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import dev.sluice.testing.TestMongo;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What change streams can since 6.0 and 7.0, by the MongoDB manual. Runs on the best replica set at
 * hand, if that is 7.0 or newer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModernChangeStreamIT {

  private static final int MEGABYTE = 1024 * 1024;

  private MongoClient client;
  private MongoDatabase database;
  private MongoCollection<BsonDocument> words;

  @BeforeAll
  void connect() {
    client = TestMongo.shared().connect();
    int wireVersion =
        client
            .getDatabase("admin")
            .runCommand(new Document("hello", 1))
            .getInteger("maxWireVersion");
    Assumptions.assumeTrue(wireVersion >= 21, "needs a server of 7.0 or newer");
    database = client.getDatabase("modern_" + UUID.randomUUID().toString().substring(0, 8));
    words = database.getCollection("words", BsonDocument.class);
  }

  @AfterEach
  void clean() {
    database.drop();
  }

  @AfterAll
  void disconnect() {
    client.close();
  }

  private RawChangeStream watch(String options, String... stages) {
    return RawChangeStream.ofCollection(client, database.getName(), "words", options, stages);
  }

  private static BsonDocument doc(String json) {
    return BsonDocument.parse(json);
  }

  private void createWithImages() {
    database.runCommand(doc("{create: 'words', changeStreamPreAndPostImages: {enabled: true}}"));
  }

  private static void assertFails(int code, ThrowingCallable action) {
    assertThatExceptionOfType(MongoCommandException.class)
        .isThrownBy(action)
        .satisfies(error -> assertThat(error.getErrorCode()).isEqualTo(code));
  }

  @Test
  void imagesShowTheDocumentBeforeAndAfterEachChange() {
    createWithImages();
    words.insertOne(doc("{_id: 1, v: 0}"));
    RawChangeStream stream =
        watch("{fullDocument: 'required', fullDocumentBeforeChange: 'required'}");

    words.updateOne(doc("{_id: 1}"), doc("{$set: {v: 1}}"));
    words.replaceOne(doc("{_id: 1}"), doc("{v: 2}"));
    words.deleteOne(doc("{_id: 1}"));

    List<BsonDocument> events = stream.drain();
    assertThat(events)
        .extracting(event -> event.get("fullDocumentBeforeChange"))
        .containsExactly(doc("{_id: 1, v: 0}"), doc("{_id: 1, v: 1}"), doc("{_id: 1, v: 2}"));
    assertThat(events)
        .extracting(event -> event.get("fullDocument"))
        .containsExactly(doc("{_id: 1, v: 1}"), doc("{_id: 1, v: 2}"), null);
  }

  @Test
  void aMissingImageIsNullOrAnErrorAsAskedFor() {
    words.insertOne(doc("{_id: 1, v: 0}"));
    RawChangeStream lenient =
        watch("{fullDocument: 'whenAvailable', fullDocumentBeforeChange: 'whenAvailable'}");
    RawChangeStream strict = watch("{fullDocumentBeforeChange: 'required'}");

    words.updateOne(doc("{_id: 1}"), doc("{$set: {v: 1}}"));

    BsonDocument event = lenient.drain().get(0);
    assertThat(event.get("fullDocument").isNull()).isTrue();
    assertThat(event.get("fullDocumentBeforeChange").isNull()).isTrue();
    assertFails(47, strict::drain);
  }

  @Test
  void imagesCanBeSwitchedOnLater() {
    words.insertOne(doc("{_id: 1, v: 0}"));
    database.runCommand(doc("{collMod: 'words', changeStreamPreAndPostImages: {enabled: true}}"));
    RawChangeStream stream = watch("{fullDocumentBeforeChange: 'required'}");

    words.deleteOne(doc("{_id: 1}"));

    assertThat(stream.drain().get(0).get("fullDocumentBeforeChange"))
        .isEqualTo(doc("{_id: 1, v: 0}"));
  }

  @Test
  void expandedEventsTellOfCollectionsAndIndexes() {
    RawChangeStream stream = watch("{showExpandedEvents: true}");

    database.createCollection("words");
    words.createIndex(doc("{v: 1}"));
    words.insertOne(doc("{_id: 1}"));
    words.updateOne(doc("{_id: 1}"), doc("{$set: {v: 1}}"));
    words.dropIndex("v_1");
    database.runCommand(doc("{collMod: 'words', changeStreamPreAndPostImages: {enabled: true}}"));

    List<BsonDocument> events = stream.drain();
    assertThat(events)
        .extracting(event -> event.getString("operationType").getValue())
        .containsExactly("create", "createIndexes", "insert", "update", "dropIndexes", "modify");
    assertThat(events)
        .allSatisfy(
            event -> assertThat(event.get("collectionUUID")).isInstanceOf(BsonBinary.class));
    assertThat(events.get(1).getDocument("operationDescription").getArray("indexes").get(0))
        .isEqualTo(doc("{v: 2, key: {v: 1}, name: 'v_1'}"));
    assertThat(events.get(3).getDocument("updateDescription").getDocument("disambiguatedPaths"))
        .isEmpty();
    assertThat(events.get(5).containsKey("stateBeforeChange")).isTrue();
  }

  @Test
  void aPipelineUpdateThatShortensAnArrayTruncatesIt() {
    words.insertOne(doc("{_id: 1, arr: [1, 2, 3, 4, 5, 6, 7, 8, 9]}"));
    RawChangeStream stream = watch("{}");

    words.updateOne(doc("{_id: 1}"), List.of(doc("{$set: {arr: [1, 2, 3, 4, 5, 6, 7, 8]}}")));

    assertThat(stream.drain().get(0).getDocument("updateDescription"))
        .isEqualTo(
            doc(
                "{updatedFields: {}, removedFields: [],"
                    + " truncatedArrays: [{field: 'arr', newSize: 8}]}"));
  }

  @Test
  void anEventOverSixteenMegabytesIsAnErrorUnlessSplit() {
    createWithImages();
    words.insertOne(doc("{_id: 1}").append("blob", blob(9)));
    String options = "{fullDocument: 'required', fullDocumentBeforeChange: 'required'}";
    RawChangeStream whole = watch(options);
    RawChangeStream split = watch(options, "{$changeStreamSplitLargeEvent: {}}");

    words.updateOne(doc("{_id: 1}"), doc("{$set: {v: 1}}"));

    assertFails(10334, whole::drain);
    List<BsonDocument> fragments = split.drain();
    assertThat(fragments)
        .extracting(fragment -> fragment.getDocument("splitEvent"))
        .containsExactly(doc("{fragment: 1, of: 2}"), doc("{fragment: 2, of: 2}"));
    // Only names are compared: a failure that prints the documents would fill the heap.
    assertThat(fragments.get(0).keySet()).contains("_id", "operationType", "documentKey");
    assertThat(fragments.get(1).keySet()).contains("_id", "splitEvent");
  }

  private static BsonBinary blob(int megabytes) {
    return new BsonBinary(new byte[megabytes * MEGABYTE]);
  }

  @Test
  void aSplitEventCanBeResumedBetweenItsFragments() {
    createWithImages();
    words.insertOne(doc("{_id: 1}").append("blob", blob(9)));
    String options = "fullDocument: 'required', fullDocumentBeforeChange: 'required'";
    String stage = "{$changeStreamSplitLargeEvent: {}}";
    RawChangeStream split = watch("{" + options + "}", stage);
    words.updateOne(doc("{_id: 1}"), doc("{$set: {v: 1}}"));
    BsonDocument first = split.drain().get(0);

    RawChangeStream resumed =
        watch(
            "{" + options + ", resumeAfter: " + first.get("_id").asDocument().toJson() + "}",
            stage);
    words.insertOne(doc("{_id: 2}"));

    List<BsonDocument> rest = resumed.drain();
    BsonDocument opened = resumed.openReply().getDocument("cursor");
    opened.getArray("firstBatch").forEach(event -> rest.add(0, event.asDocument()));
    assertThat(rest.size()).isEqualTo(2);
    assertThat(rest.get(0).getDocument("splitEvent").get("fragment")).isEqualTo(new BsonInt32(2));
    assertThat(rest.get(1).get("documentKey")).isEqualTo(doc("{_id: 2}"));
  }

  @Test
  void stagesBehindTheStreamShapeItsEvents() {
    RawChangeStream stream =
        watch(
            "{}",
            "{$match: {operationType: {$in: ['insert', 'delete']}, 'documentKey._id': {$gt: 0}}}",
            "{$addFields: {seen: true}}",
            "{$project: {clusterTime: 0, wallTime: 0, ns: 0}}");

    words.insertOne(doc("{_id: 0}"));
    words.insertOne(doc("{_id: 1}"));
    words.updateOne(doc("{_id: 1}"), doc("{$set: {v: 1}}"));
    words.deleteOne(doc("{_id: 1}"));

    assertThat(stream.drain())
        .extracting(
            event ->
                event.getString("operationType").getValue() + event.getBoolean("seen").getValue())
        .containsExactly("inserttrue", "deletetrue");
  }

  @Test
  void aPipelineMayNotTouchTheToken() {
    RawChangeStream stream = watch("{}", "{$project: {_id: 0}}");

    words.insertOne(doc("{_id: 1}"));

    assertFails(280, stream::drain);
    assertFails(20, () -> watch("{}", "{$group: {_id: '$operationType'}}"));
  }

  @Test
  void aFilteredStreamStillMovesItsToken() {
    RawChangeStream stream = watch("{}", "{$match: {operationType: 'delete'}}");
    String before = stream.postBatchToken().getString("_data").getValue();

    for (int i = 0; i < 5; i++) {
      words.insertOne(doc("{_id: " + i + "}"));
    }
    stream.drain();

    assertThat(stream.postBatchToken().getString("_data").getValue()).isGreaterThan(before);
  }
}
