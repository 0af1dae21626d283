package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.MongoCommandException;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;

/** Replies and refusals around the events, against the recording of a real server. */
class ChangeStreamRepliesIT extends RecordedContract {

  @Test
  void wrongTokensAndOptionsAreRefusedAsRecorded() {
    collection("scrabble").insertOne(doc("{_id: 0}"));
    assertError(
        golden.document("resumeAfter(garbage token)").getDocument("error"),
        () -> open("{resumeAfter: {_data: 'garbage'}}"));
    assertError(
        golden.document("resumeAfter(token of wrong shape)").getDocument("error"),
        () -> open("{resumeAfter: {foo: 1}}"));
    assertError(
        golden.document("unknown $changeStream option").getDocument("error"),
        () -> open("{nope: 1}"));
    RawChangeStream other = watch("scrabble");
    other.kill();
    assertError(golden.document("getMore unknown cursor error"), () -> other.getMore(1));
    if (!golden.hasImages()) {
      assertError(
          golden.document("fullDocumentBeforeChange on 4.2").getDocument("error"),
          () -> open("{fullDocumentBeforeChange: 'required'}"));
      assertError(
          golden.document("showExpandedEvents on 4.2").getDocument("error"),
          () -> open("{showExpandedEvents: true}"));
    }
  }

  @Test
  void openAndIdleRepliesAreShapedAsRecorded() {
    collection("scrabble").insertOne(doc("{_id: 0}"));
    RawChangeStream stream = watch("scrabble");

    assertSameKeys(stream.openReply(), golden.document("open.reply"));
    assertSameKeys(stream.getMore(100), golden.document("getMore.empty.reply"));
    BsonDocument token = stream.postBatchToken();
    if (golden.isRecordedRelease()) {
      BsonDocument recorded = golden.document("getMore.empty.reply").getDocument("cursor");
      assertThat(EventMask.layout(token))
          .isEqualTo(EventMask.layout(recorded.getDocument("postBatchResumeToken")));
    }
    RawChangeStream withoutId = open("{}", "{$project: {_id: 0}}");
    assertThat(withoutId.postBatchToken()).isNotEmpty();
  }

  private static void assertSameKeys(BsonDocument actual, BsonDocument recorded) {
    assertThat(actual.keySet()).containsExactlyElementsOf(recorded.keySet());
    assertThat(actual.getDocument("cursor").keySet())
        .containsExactlyElementsOf(recorded.getDocument("cursor").keySet());
  }

  /** Before its release 4.2.0 did not look whether its log was complete. */
  private boolean isTheVeryRecordedOne() {
    String version =
        client.getDatabase("admin").runCommand(doc("{buildInfo: 1}")).getString("version");
    return version.startsWith("4.2.0") && !isEmbedded();
  }

  /** A log that still has its first entry cannot have lost an earlier one. */
  @Test
  void aStartBeforeTheLogIsRefusedWhereSomethingMayBeMissing() {
    collection("scrabble").insertOne(doc("{_id: 0}"));
    BsonDocument first =
        client
            .getDatabase("local")
            .getCollection("oplog.rs", BsonDocument.class)
            .find()
            .sort(doc("{$natural: 1}"))
            .first();
    boolean complete =
        first
            .getDocument("o")
            .getString("msg", new BsonString(""))
            .getValue()
            .equals("initiating set");
    String options = "{startAtOperationTime: {$timestamp: {t: 1, i: 1}}}";

    if (complete && !isTheVeryRecordedOne()) {
      RawChangeStream stream = RawChangeStream.ofCollection(client, db, "never", options);
      assertThat(stream.id()).isPositive();
    } else if (golden.isRecordedRelease()) {
      assertError(
          golden.document("startAtOperationTime older than the oplog").getDocument("error"),
          () -> open(options));
    } else {
      assertThatExceptionOfType(MongoCommandException.class)
          .isThrownBy(() -> open(options))
          .matches(error -> error.getErrorCode() == 286);
    }
  }

  /** Recorded on a 4.2.14: what is damaged can be answered in more ways than one. */
  @Test
  void aTokenThatWasCutOffIsRefusedWithOneOfTheCodesOfADamagedOne() {
    collection("scrabble").insertOne(doc("{_id: 0}"));

    assertThatExceptionOfType(MongoCommandException.class)
        .isThrownBy(() -> open("{resumeAfter: {_data: '8265'}}"))
        .satisfies(
            error ->
                assertThat(error.getErrorCode()).isEqualTo(golden.isRecordedRelease() ? 15 : 9));
  }
}
