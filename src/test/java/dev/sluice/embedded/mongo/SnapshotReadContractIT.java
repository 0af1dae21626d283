package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.Test;

/** Reads at a time, and what of time replies carry. */
class SnapshotReadContractIT extends ReadContract {

  @Test
  void everyReplyCarriesTheTimeOfTheSet() {
    BsonDocument written = run("{insert: 'words', documents: [{_id: 1}]}");
    BsonDocument read = run("{find: 'words', readConcern: {level: 'majority'}}");

    for (BsonDocument reply : List.of(written, read, run("{count: 'words'}"))) {
      assertThat(reply.getTimestamp("operationTime")).isNotNull();
      assertThat(reply.getDocument("$clusterTime").getTimestamp("clusterTime"))
          .isGreaterThanOrEqualTo(reply.getTimestamp("operationTime"));
    }
    assertThat(read.getTimestamp("operationTime"))
        .isGreaterThanOrEqualTo(written.getTimestamp("operationTime"));
  }

  @Test
  void aMajorityReadWaitsForATimeThatIsKnownOnly() {
    BsonTimestamp now =
        run("{insert: 'words', documents: [{_id: 1}]}").getTimestamp("operationTime");
    BsonTimestamp never = new BsonTimestamp(now.getTime() + 3600, 1);

    assertThat(ids(run(majorityAfter(now)))).hasSize(1);
    assertThat(codeOf(majorityAfter(never))).isEqualTo(72);
  }

  private static String majorityAfter(BsonTimestamp time) {
    return "{find: 'words', readConcern: {level: 'majority', afterClusterTime: "
        + new BsonDocument("v", time).toJson().replaceFirst("\\{\"v\": (.*)}$", "$1")
        + "}}";
  }

  private static String at(BsonTimestamp time) {
    return "readConcern: {level: 'snapshot', atClusterTime: {$timestamp: {t: "
        + time.getTime()
        + ", i: "
        + time.getInc()
        + "}}}";
  }

  @Test
  void beforeFiveASnapshotIsForTransactionsOnly() {
    assumeFalse(readsSnapshots());
    insertNumbers(1);

    assertThat(codeOf("{find: 'words', readConcern: {level: 'snapshot'}}")).isEqualTo(72);
    assertThat(codeOf("{find: 'words', " + at(new BsonTimestamp(1, 1)) + "}")).isEqualTo(72);
  }

  @Test
  void aSnapshotNamesItsTimeAndCanBeReadAgain() {
    assumeTrue(readsSnapshots());
    insertNumbers(4);
    BsonDocument now = run("{find: 'words', readConcern: {level: 'snapshot'}}");
    BsonTimestamp time = now.getDocument("cursor").getTimestamp("atClusterTime");

    words.deleteOne(doc("{_id: 1}"));
    words.updateOne(doc("{_id: 2}"), doc("{$set: {word: 'QUIZ'}}"));
    words.updateOne(doc("{_id: 2}"), doc("{$set: {word: 'JAZZ'}}"));
    words.replaceOne(doc("{_id: 3}"), doc("{other: true}"));
    words.insertMany(List.of(doc("{_id: -1}"), doc("{_id: 1.5}"), doc("{_id: 'z'}")));
    words.deleteOne(doc("{_id: 1.5}"));

    BsonDocument then = run("{find: 'words', hint: {_id: 1}, sort: {_id: 1}, " + at(time) + "}");
    assertThat(batch(then)).isEqualTo(batch(now)).hasSize(4);
    assertThat(then.getDocument("cursor").getTimestamp("atClusterTime")).isEqualTo(time);
    assertThat(
            ids(
                run(
                    "{find: 'words', hint: {_id: 1}, min: {_id: 1}, max: {_id: 3}, "
                        + at(time)
                        + "}")))
        .isEqualTo(numbers(1, 3));
    assertThat(ids(run("{find: 'words', filter: {_id: 'z'}, " + at(time) + "}"))).isEmpty();
    assertThat(batch(run("{find: 'words', filter: {_id: 2}, readConcern: {level: 'snapshot'}}")))
        .containsExactly(doc("{_id: 2, word: 'JAZZ'}"));
  }

  @Test
  void aTransactionIsInASnapshotWholeOrNotAtAll() {
    assumeTrue(readsSnapshots());
    insertNumbers(2);
    BsonTimestamp before =
        run("{find: 'words', readConcern: {level: 'snapshot'}}")
            .getDocument("cursor")
            .getTimestamp("atClusterTime");
    try (var session = client.startSession()) {
      session.withTransaction(
          () -> {
            words.insertOne(session, doc("{_id: 7}"));
            words.updateOne(session, doc("{_id: 7}"), doc("{$set: {a: 1}}"));
            words.deleteOne(session, doc("{_id: 0}"));
            return null;
          });
    }

    assertThat(ids(run("{find: 'words', hint: {_id: 1}, " + at(before) + "}")))
        .isEqualTo(numbers(0, 2));
    assertThat(ids(run("{find: 'words', hint: {_id: 1}, readConcern: {level: 'snapshot'}}")))
        .containsExactly(new BsonInt32(1), new BsonInt32(7));
  }

  @Test
  void timesBeyondTheWindowOrInTheFutureAreRefused() {
    assumeTrue(readsSnapshots());
    insertNumbers(1);
    BsonTimestamp now = run("{count: 'words'}").getTimestamp("operationTime");

    assertThat(codeOf("{find: 'words', " + at(new BsonTimestamp(now.getTime() - 100_000, 1)) + "}"))
        .isEqualTo(239);
    assertThat(codeOf("{find: 'words', " + at(new BsonTimestamp(now.getTime() + 3600, 1)) + "}"))
        .isEqualTo(72);
    assertThat(codeOf("{count: 'words', readConcern: {level: 'snapshot'}}")).isEqualTo(72);
  }

  @Test
  void aCollectionThatWasMadeLaterIsEmptyOrRefused() {
    assumeTrue(readsSnapshots());
    BsonTimestamp before =
        run("{insert: 'other', documents: [{_id: 1}], writeConcern: {w: 'majority'}}")
            .getTimestamp("operationTime");
    insertNumbers(3);

    String find = "{find: 'words', hint: {_id: 1}, " + at(before) + "}";
    int code = codeOf(find);

    // 7.0 knows the collections of then; 5.0 and 6.0 say that they do not.
    assertThat(code).isEqualTo(wireVersion >= 21 ? 0 : 246);
    if (code == 0) {
      assertThat(ids(run(find))).isEmpty();
    }
  }
}
