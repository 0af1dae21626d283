package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What MongoDB can answer to a start, and that it sends nobody the wrong way. */
class MongoAnswersIT extends OnFaultyMongo {
  private static PipelineUnderTest pipeline() {
    return pipeline(mongo.uri());
  }

  private static PipelineUnderTest pipeline(String uri) {
    return new PipelineUnderTest(mongo.uri(), Map.of("MONGO_DATABASE_HOST", uri));
  }

  private static EndedCommand run(PipelineUnderTest sluice) {
    return EndedCommand.of(sluice.environment(), "run");
  }

  private static void insert(PipelineUnderTest sluice, int id) {
    sluice.collection().insertOne(new BsonDocument("_id", new BsonInt32(id)));
  }

  private static PipelineUnderTest stoppedBehindOneEvent() throws Exception {
    PipelineUnderTest sluice = pipeline().start();
    sluice.consume();
    insert(sluice, 1);
    sluice.awaitDeliveries(1);
    sluice.stop();
    return sluice;
  }

  @ParameterizedTest
  @CsvSource({
    "166, aggregate, SLUICE_COLLECTION names is a view",
    "166, findAndModify, \"sluice.checkpoints\" is a view",
    "73, aggregate, check MONGO_DATABASE_NAME and SLUICE_COLLECTION",
    "15, aggregate, refuses what Sluice asks of it (while reading the change stream",
    "148, aggregate, refuses what Sluice asks of it (while reading the change stream",
    "2, findAndModify, (while keeping the position in sluice.checkpoints",
    "167, update, (while keeping the position in sluice.checkpoints",
    "18, find, check user",
    "13, aggregate, lacks a privilege"
  })
  void whatAServerRefusesForGoodEndsWithThreeAndItsWords(int code, String command, String told) {
    try (PipelineUnderTest sluice = pipeline()) {
      mongo.failCommand(code, command);

      run(sluice).assertOneSentence(3, told);
    }
  }

  /** The same stream opens at the present: so it was the position. */
  @ParameterizedTest
  @ValueSource(ints = {15, 9, 40647, 2, 99_999})
  void aPositionThatIsRefusedByWhateverCodeIsLost(int code) throws Exception {
    try (PipelineUnderTest sluice = stoppedBehindOneEvent()) {
      mongo.failCommandOnce(code, "aggregate");

      EndedCommand ended = run(sluice);

      ended.assertOneSentence(
          4, "no longer has the position", "opens without it", "SLUICE_ON_POSITION_LOST=gap");
      assertThat(ended.err()).contains("MongoDB says: " + code);

      insert(sluice, 2);
      sluice.start();
      sluice.awaitDeliveries(2);
    }
  }

  @Test
  void aPositionThatIsRefusedIsGoneOnBehindWithAGapIfTheSettingsSaySo() throws Exception {
    try (PipelineUnderTest sluice = stoppedBehindOneEvent()) {
      sluice.environment().put("SLUICE_ON_POSITION_LOST", "gap");
      insert(sluice, 2);
      mongo.failCommandOnce(15, "aggregate");

      sluice.start();

      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(
              () ->
                  List.of("gap", "insert")
                      .equals(
                          sluice.deliveries.stream()
                              .skip(1)
                              .map(delivery -> delivery.getProperties().getType())
                              .distinct()
                              .toList()));
    }
  }

  @Test
  void aRefusalInTheMiddleOfAStreamIsNoLostPosition() throws Exception {
    try (PipelineUnderTest sluice = pipeline().start()) {
      mongo.failCommandOnce(2, "getMore");

      PipelineException refusal = sluice.failure();

      assertThat(refusal.kind()).isEqualTo(FailureKind.MISCONFIGURED);
      assertThat(refusal).hasMessageContaining("while reading the change stream");
    }
  }

  @Test
  void aDirectConnectionToASecondaryEndsWithThePrimary() {
    Assumptions.assumeTrue(mongo.size() > 1, "needs a secondary");
    String secondary = mongo.host((mongo.primary() + 1) % mongo.size());
    String uri =
        mongo
            .uriWith("directConnection=true")
            .replaceFirst("//([^@/]*@)?[^/?]+", "//$1" + secondary);
    try (PipelineUnderTest sluice = pipeline(uri)) {
      run(sluice)
          .assertOneSentence(
              3,
              "is not the primary of its set, which is " + mongo.host(mongo.primary()),
              "take directConnection out of MONGO_DATABASE_HOST");
    }
  }

  @Test
  void aReadPreferenceThatFitsNobodyEndsWithThree() {
    String uri =
        mongo.uriWith(
            "readPreference=secondary&readPreferenceTags=dc:nowhere&serverSelectionTimeoutMS=1000");
    try (PipelineUnderTest sluice = pipeline(uri)) {
      run(sluice).assertOneSentence(3, "fits the read preference");
    }
  }

  @Test
  void aHostThatNobodyKnowsIsWaitedForAndNamed() {
    assertWaitsFor(
        "mongodb://nobody.invalid/?replicaSet=x&serverSelectionTimeoutMS=1000",
        "nobody knows a host of the name \"nobody.invalid\"");
  }

  @Test
  void aSetWithoutAMajorityIsWaitedForAndToldAsWhatItIs() {
    Assumptions.assumeTrue(mongo.size() == 3, "needs a set of three members");
    int primary = mongo.primary();
    mongo.kill((primary + 1) % 3);
    mongo.kill((primary + 2) % 3);
    assertWaitsFor(mongo.uriWith("serverSelectionTimeoutMS=1000"), "has no primary");
  }

  private static void assertWaitsFor(String uri, String told) {
    // What the test removes in the end it removes elsewhere: there may be no such set.
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of("MONGO_DATABASE_HOST", uri))) {
      sluice.launch();

      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(
              () ->
                  sluice.states.stream()
                      .anyMatch(state -> state.startsWith("BACKING_OFF") && state.contains(told)));
      assertThat(sluice.ended()).isNotDone();
    }
  }
}
