package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.UpdateOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;

/** The events that Sluice relies on, against the recording of a real server. */
class ChangeStreamContractIT extends RecordedContract {

  private static final BsonValue ID = new BsonObjectId(new ObjectId("665f1c2a9d3e4b0012345678"));

  /** Does the operation and compares what the stream shows of it. */
  private void step(
      RawChangeStream stream,
      List<BsonDocument> expected,
      Consumer<MongoCollection<BsonDocument>> operation) {
    operation.accept(collection("scrabble"));
    assertSame(stream.drain(), expected);
  }

  @Test
  void updatesOfEveryKindAreShownAsRecorded() {
    collection("scrabble").insertOne(doc("{_id: 0}"));
    RawChangeStream stream = watch("scrabble");

    step(stream, golden.step("insertOne {_id"), c -> c.insertOne(first("insertOne {_id")));
    step(
        stream,
        golden.step("updateOne $set top-level"),
        c ->
            c.updateOne(byId(ID), doc("{$set: {score: 23, 'nested.a.b': 2}, $unset: {word: ''}}")));
    step(
        stream,
        golden.step("updateOne $push"),
        c -> c.updateOne(byId(ID), doc("{$push: {arr: 4}}")));
    step(
        stream,
        golden.step("updateOne $set arr.1"),
        c -> c.updateOne(byId(ID), doc("{$set: {'arr.1': 99}}")));
    step(
        stream, golden.step("updateOne $pop"), c -> c.updateOne(byId(ID), doc("{$pop: {arr: 1}}")));
    step(
        stream,
        golden.step("updateOne no-op"),
        c -> c.updateOne(byId(ID), doc("{$set: {score: 23}}")));
    step(
        stream,
        golden.pipelineUpdate(),
        c -> c.updateOne(byId(ID), List.of(doc("{$set: {doubled: {$multiply: ['$score', 2]}}}"))));
    step(stream, golden.step("replaceOne"), c -> c.replaceOne(byId(ID), doc("{fresh: true}")));
  }

  /** The document that the recorded step inserted. */
  private BsonDocument first(String step) {
    return golden.step(step).get(0).getDocument("fullDocument");
  }

  @Test
  void insertsUpsertsAndDeletesOfEveryIdTypeAreShownAsRecorded() {
    collection("scrabble").insertOne(doc("{_id: 0}"));
    RawChangeStream stream = watch("scrabble");

    step(
        stream,
        golden.step("replaceOne upsert"),
        c ->
            c.replaceOne(
                byId(new BsonString("str-id")), doc("{k: 1}"), new ReplaceOptions().upsert(true)));
    step(
        stream,
        golden.step("updateOne upsert"),
        c ->
            c.updateOne(
                byId(new BsonInt32(42)), doc("{$set: {k: 2}}"), new UpdateOptions().upsert(true)));
    List<BsonDocument> three =
        golden.step("insertMany three").stream()
            .map(event -> event.getDocument("fullDocument"))
            .toList();
    step(stream, golden.step("insertMany three"), c -> c.insertMany(three));
    step(
        stream,
        golden.step("insert every BSON type"),
        c -> c.insertOne(first("insert every BSON type")));
    collection("scrabble").insertOne(byId(ID));
    stream.drain();
    step(stream, golden.step("deleteOne"), c -> c.deleteOne(byId(ID)));
    step(stream, golden.step("deleteMany"), c -> c.deleteMany(doc("{_id: {$in: [42, 'str-id']}}")));
  }

  @Test
  void aTransactionComesOutAtItsCommitAndNotAtAllIfAborted() {
    collection("scrabble").insertOne(doc("{_id: 0}"));
    collection("other").insertOne(doc("{_id: 0}"));
    RawChangeStream stream = watch("scrabble");

    try (ClientSession session = client.startSession()) {
      session.startTransaction();
      collection("scrabble").insertOne(session, doc("{_id: 't1'}"));
      collection("scrabble").updateOne(session, doc("{_id: 't1'}"), doc("{$set: {x: 1}}"));
      collection("other").insertOne(session, doc("{_id: 'o1'}"));
      collection("scrabble").insertOne(session, doc("{_id: 't2'}"));
      assertThat(stream.drain()).isEmpty();
      session.commitTransaction();
      List<BsonDocument> events = stream.drain();
      assertSame(events, golden.step("multi-document transaction"));
      assertThat(events.stream().map(event -> event.get("clusterTime")).distinct()).hasSize(1);
      assertThat(events.stream().map(event -> event.get("_id")).distinct()).hasSize(3);

      session.startTransaction();
      collection("scrabble").insertOne(session, doc("{_id: 't3'}"));
      session.abortTransaction();
    }

    assertThat(stream.drain()).isEmpty();
    assertThat(collection("scrabble").countDocuments(doc("{_id: 't3'}"))).isZero();
  }

  /** Recorded on a 4.2.14; no drop of what was there, and the name is not the watched one's. */
  @Test
  void aCollectionThatIsReplacedSeesARenameOfTheOtherAndTheEnd() {
    collection("scrabble").insertOne(doc("{_id: 0}"));
    collection("other").insertOne(doc("{_id: 1}"));
    RawChangeStream byRename = watch("scrabble");
    collection("other")
        .renameCollection(
            new com.mongodb.MongoNamespace(db, "scrabble"),
            new com.mongodb.client.model.RenameCollectionOptions().dropTarget(true));
    assertReplaced(byRename.drain(), "other");

    collection("source").insertOne(doc("{_id: 2}"));
    RawChangeStream byOut = watch("scrabble");
    collection("source").aggregate(List.of(doc("{$out: 'scrabble'}"))).toCollection();
    assertReplaced(byOut.drain(), "tmp.agg_out.");
    assertThat(collection("scrabble").find().into(new ArrayList<>()))
        .containsExactly(doc("{_id: 2}"));
  }

  private void assertReplaced(List<BsonDocument> events, String before) {
    assertThat(events)
        .extracting(event -> event.getString("operationType").getValue())
        .containsExactly("rename", "invalidate");
    BsonDocument rename = events.get(0);
    assertThat(rename.getDocument("ns").getString("coll").getValue()).startsWith(before);
    assertThat(rename.getDocument("to").getString("coll").getValue()).isEqualTo("scrabble");
  }

  @Test
  void anIndexBuildIsSilentAndARenameEndsTheStream() {
    collection("scrabble").insertOne(doc("{_id: 0}"));
    RawChangeStream stream = watch("scrabble");

    step(stream, golden.step("createIndex"), c -> c.createIndex(Indexes.ascending("word")));
    step(
        stream,
        golden.step("rename collection"),
        c -> c.renameCollection(new com.mongodb.MongoNamespace(db, "renamed")));

    assertThat(stream.lastReply().getDocument("cursor").getInt64("id").getValue()).isZero();
    assertError(golden.document("getMore after invalidate error"), () -> stream.getMore(1));
    BsonDocument invalidate = stream.postBatchToken();
    assertError(
        golden.document("resumeAfter(invalidate token)").getDocument("error"),
        () -> open("{resumeAfter: " + invalidate.toJson() + "}"));
    RawChangeStream after = open("{startAfter: " + invalidate.toJson() + "}");
    assertThat(after.openReply().getDocument("cursor").getArray("firstBatch")).isEmpty();
    collection("scrabble").insertOne(doc("{_id: 'again'}"));
    assertThat(after.drain())
        .extracting(event -> event.getString("operationType").getValue())
        .containsExactly("insert");
  }

  @Test
  void aDropEndsACollectionStream() {
    collection("scrabble").insertOne(doc("{_id: 0}"));
    RawChangeStream stream = watch("scrabble");

    collection("scrabble").drop();

    assertSame(stream.drain(), golden.events("drop collection"));
    BsonDocument recorded = golden.document("drop collection").getDocument("lastReply");
    BsonDocument cursor = stream.lastReply().getDocument("cursor");
    assertThat(stream.lastReply().keySet()).containsExactlyElementsOf(recorded.keySet());
    assertThat(cursor.keySet()).containsExactlyElementsOf(recorded.getDocument("cursor").keySet());
    assertThat(cursor.getInt64("id").getValue()).isZero();
  }

  @Test
  void aDatabaseStreamOutlivesItsCollectionsAndEndsWithTheDatabase() {
    RawChangeStream stream = RawChangeStream.ofDatabase(client, db);
    assertThat(stream.openReply().getDocument("cursor").getString("ns").getValue())
        .isEqualTo(db + ".$cmd.aggregate");
    collection("a").insertOne(doc("{_id: 1}"));
    collection("b").insertOne(doc("{_id: 2}"));
    collection("a").drop();
    assertSame(stream.drain(), golden.events("db stream"));

    client.getDatabase(db).drop();

    List<BsonDocument> recorded = new ArrayList<>(golden.events("db stream on dropDatabase"));
    recorded.removeIf(event -> droppedBesides(event, "b"));
    assertSame(stream.drain(), recorded);
    assertThat(stream.lastReply().getDocument("cursor").getInt64("id").getValue()).isZero();
  }

  private static boolean droppedBesides(BsonDocument event, String collection) {
    return event.getString("operationType").getValue().equals("drop")
        && !event.getDocument("ns").getString("coll").getValue().equals(collection);
  }

  @Test
  void aClusterStreamSeesEveryDatabaseAndNeverEnds() {
    client.getDatabase(otherDb).getCollection("z", BsonDocument.class).insertOne(doc("{_id: 1}"));
    RawChangeStream stream = RawChangeStream.ofCluster(client);

    client.getDatabase(otherDb).getCollection("z", BsonDocument.class).insertOne(doc("{_id: 2}"));
    client.getDatabase(otherDb).drop();

    List<BsonDocument> ours =
        stream.drain().stream()
            .filter(event -> event.getDocument("ns").getString("db").getValue().equals(otherDb))
            .toList();
    assertSame(ours, golden.events("cluster stream (insert, dropDatabase)"));
  }

  @Test
  void anUpdateLookupOfADeletedDocumentIsNull() {
    collection("look").insertOne(doc("{_id: 1, v: 0}"));
    RawChangeStream stream =
        RawChangeStream.ofCollection(client, db, "look", "{fullDocument: 'updateLookup'}");

    // What is looked up is what a majority has: with less, the document may still be there.
    var look = collection("look").withWriteConcern(com.mongodb.WriteConcern.MAJORITY);
    look.updateOne(doc("{_id: 1}"), doc("{$set: {v: 1}}"));
    look.updateOne(doc("{_id: 1}"), doc("{$set: {v: 2}}"));
    look.deleteOne(doc("{_id: 1}"));

    assertSame(stream.drain(), golden.events("updateLookup after two updates and a delete"));
  }

  @Test
  void stagesThatRebuildAnEventKeepItsToken() {
    collection("scrabble").insertOne(doc("{_id: 0}"));
    RawChangeStream replaced =
        open("{}", "{$replaceRoot: {newRoot: {_id: '$_id', what: '$operationType'}}}");
    RawChangeStream redacted =
        open(
            "{}", "{$redact: {$cond: [{$eq: ['$operationType', 'delete']}, '$$PRUNE', '$$KEEP']}}");

    collection("scrabble").insertOne(doc("{_id: 1}"));
    collection("scrabble").deleteOne(doc("{_id: 1}"));

    assertThat(replaced.drain())
        .extracting(event -> event.getString("what").getValue())
        .containsExactly("insert", "delete");
    assertThat(redacted.drain())
        .extracting(event -> event.getString("operationType").getValue())
        .containsExactly("insert");
  }
}
