package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.Updates;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can happen to the document in which the position is kept, and to the writing of it. */
class CheckpointFaultsIT extends OnFaultyMongo {
  /** Longer than the 4 s after which a save is given up. */
  private static final Duration TOO_LONG = Duration.ofMillis(4_500);

  /** What hurts the writing of positions hurts renewals too: here the lease does not run out. */
  private static PipelineUnderTest pipeline() {
    return pipeline("5m");
  }

  private static PipelineUnderTest pipeline(String lease) {
    return new PipelineUnderTest(mongo.uri(), Map.of("SLUICE_LEASE", lease));
  }

  private static BsonDocument mine(PipelineUnderTest sluice) {
    return new BsonDocument("_id", new BsonString(sluice.queue()));
  }

  private static BsonDocument checkpoint(PipelineUnderTest sluice) {
    return sluice.checkpoints().find(mine(sluice)).first();
  }

  private static void insert(PipelineUnderTest sluice, int id) {
    sluice.collection().insertOne(new BsonDocument("_id", new BsonInt32(id)));
  }

  /** The position that is stored has moved from the one that was. */
  private static void awaitSaved(PipelineUnderTest sluice, BsonDocument before) {
    await()
        .atMost(PipelineUnderTest.PATIENCE)
        .until(() -> !checkpoint(sluice).get("position").equals(before.get("position")));
  }

  private static PipelineUnderTest stoppedBehindOneEvent() throws Exception {
    PipelineUnderTest sluice = pipeline().start();
    sluice.consume();
    insert(sluice, 1);
    sluice.awaitDeliveries(1);
    sluice.stop();
    return sluice;
  }

  private static void assertRefused(PipelineUnderTest sluice, FailureKind kind, String... parts) {
    sluice.launch();
    PipelineException refusal = sluice.failure();
    assertThat(refusal.kind()).as(refusal.getMessage()).isEqualTo(kind);
    assertThat(refusal.getMessage()).contains(parts).doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {11600, 189, 10107, 262, 50, 112, 9001, 14031, 371})
  void writeRefusedForAWhile(int code) throws Exception {
    try (PipelineUnderTest sluice = pipeline().start();
        AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
      sluice.consume();
      mongo.failCommand(code, "update");
      writes.goOn();
      writes.goOn();
      assertThat(sluice.states).as("delivery does not wait for the position").hasSize(1);

      mongo.lift();
      BsonDocument before = checkpoint(sluice);
      writes.goOn();
      awaitSaved(sluice, before);
      writes.endAndCheck();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 100})
  void writeNotReplicatedForAWhile(int code) throws Exception {
    try (PipelineUnderTest sluice = pipeline().start();
        AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
      sluice.consume();
      mongo.failWriteConcern(code, "update");
      writes.goOn();
      mongo.lift();
      writes.goOn();
      writes.endAndCheck();
      assertThat(sluice.states).hasSize(1);
    }
  }

  @Test
  void writeRefusedForWantOfAPrivilegeEndsWithThreeAndLosesNothing() throws Exception {
    try (PipelineUnderTest sluice = pipeline("2s").start();
        AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
      sluice.consume();
      mongo.failCommand(13, "update");
      PipelineException refusal = sluice.failure();
      assertThat(refusal.kind()).isEqualTo(FailureKind.MISCONFIGURED);
      assertThat(refusal.getMessage()).contains("lacks a privilege").doesNotContain("\n");
      writes.goOn();

      mongo.lift();
      sluice.restart();
      writes.goOn();
      writes.endAndCheck();
    }
  }

  @Test
  void writeTimingOut() throws Exception {
    try (PipelineUnderTest sluice = pipeline().start();
        AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
      sluice.consume();
      BsonDocument before = checkpoint(sluice);
      mongo.delayCommand(TOO_LONG, "update");
      // Each is given up before it is carried out, and carried out all the same.
      awaitSaved(sluice, before);
      mongo.lift();
      writes.goOn();
      writes.endAndCheck();
      assertThat(sluice.states).hasSize(1);

      sluice.stop();
      int delivered = sluice.deliveries.size();
      sluice.start();
      insert(sluice, 1_000);
      sluice.awaitDeliveries(delivered + 1);
      assertThat(sluice.deliveries.get(delivered).getProperties().getHeaders().get("id"))
          .as("the last save was of the last position")
          .hasToString("1000");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "11600, find",
    "91, findAndModify",
    "189, findAndModify",
    "10107, findAndModify",
    "262, find",
    "7, findAndModify",
    "11600, update"
  })
  void claimRefusedForAWhile(int code, String command) throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      mongo.failCommand(code, command);
      sluice.launch();
      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(() -> sluice.states.stream().anyMatch(state -> state.startsWith("BACKING_OFF")));
      mongo.lift();
      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(() -> sluice.states.stream().anyMatch(state -> state.startsWith("STREAMING")));
      sluice.consume();
      insert(sluice, 1);
      sluice.awaitDeliveries(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"find", "findAndModify", "update"})
  void claimRefusedForWantOfAPrivilegeEndsWithThree(String command) {
    try (PipelineUnderTest sluice = pipeline()) {
      mongo.failCommand(13, command);

      assertRefused(sluice, FailureKind.MISCONFIGURED, "lacks a privilege");
    }
  }

  @Test
  void missingAtTheStartBeginsAtThePresent() throws Exception {
    try (PipelineUnderTest sluice = stoppedBehindOneEvent()) {
      insert(sluice, 2);
      sluice.checkpoints().deleteOne(mine(sluice));

      sluice.start();
      insert(sluice, 3);
      sluice.awaitDeliveries(2);

      assertThat(sluice.deliveries)
          .extracting(delivery -> delivery.getProperties().getHeaders().get("id").toString())
          .containsExactly("1", "3");
    }
  }

  @Test
  void missingWhileRunningIsWrittenAgain() throws Exception {
    try (PipelineUnderTest sluice = pipeline().start();
        AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
      sluice.consume();
      sluice.checkpoints().deleteOne(mine(sluice));
      writes.goOn();
      await().atMost(PipelineUnderTest.PATIENCE).until(() -> checkpoint(sluice) != null);

      sluice.stop();
      writes.goOn();
      sluice.start();
      writes.endAndCheck();
    }
  }

  @Test
  void ofANewerSchemaEndsWithThree() throws Exception {
    try (PipelineUnderTest sluice = stoppedBehindOneEvent()) {
      sluice.checkpoints().updateOne(mine(sluice), Updates.set("schema", 99));
      BsonDocument before = checkpoint(sluice);

      assertRefused(sluice, FailureKind.MISCONFIGURED, "written by a newer Sluice");
      assertThat(checkpoint(sluice)).as("is left as it was").isEqualTo(before);
    }
  }

  /** All that the first release wrote, and nothing of what may have come since. */
  @Test
  void ofAnOlderSchemaGoesOnFromItsPosition() throws Exception {
    try (PipelineUnderTest sluice = stoppedBehindOneEvent()) {
      BsonDocument position = checkpoint(sluice).getDocument("position");
      insert(sluice, 2);
      sluice
          .checkpoints()
          .replaceOne(
              mine(sluice),
              BsonDocument.parse("{schema: 1, epoch: {$numberLong: '7'}}")
                  .append("source", new BsonString(sluice.database() + ".scrabble"))
                  .append("position", position));

      sluice.start();
      sluice.awaitDeliveries(2);

      assertThat(sluice.deliveries.get(1).getProperties().getHeaders().get("id")).hasToString("2");
    }
  }

  /**
   * Whatever stands there, the start says so in a sentence, and leaves the document to be mended.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{$unset: {schema: 1}}",
        "{$set: {schema: 'one'}}",
        "{$set: {schema: null}}",
        "{$unset: {source: 1}}",
        "{$set: {source: 1}}",
        "{$unset: {epoch: 1}}",
        "{$set: {epoch: 'three'}}",
        "{$set: {position: 'there'}}",
        "{$set: {position: null}}",
        "{$set: {position: {}}}",
        "{$set: {position: {after: 'there'}}}",
        "{$set: {position: {at: 5}}}"
      })
  void corruptEndsWithThree(String damage) throws Exception {
    try (PipelineUnderTest sluice = stoppedBehindOneEvent()) {
      sluice.checkpoints().updateOne(mine(sluice), BsonDocument.parse(damage));
      BsonDocument before = checkpoint(sluice);

      assertRefused(sluice, FailureKind.MISCONFIGURED, "is damaged");
      assertThat(checkpoint(sluice)).as("is left as it was").isEqualTo(before);
    }
  }

  /** Only the server can tell that a token is none. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{$set: {'position.after': {}}}",
        "{$set: {'position.after': {_data: 5}}}",
        "{$set: {'position.after': {_data: ''}}}",
        "{$set: {'position.after': {_data: 'no hex'}}}",
        "{$set: {'position.after': {_data: '82'}}}",
        "{$set: {'position.after': {other: 'field'}}}"
      })
  void corruptTokenEndsWithFour(String damage) throws Exception {
    try (PipelineUnderTest sluice = stoppedBehindOneEvent()) {
      sluice.checkpoints().updateOne(mine(sluice), BsonDocument.parse(damage));

      assertRefused(sluice, FailureKind.POSITION_LOST, "no longer has the position");
    }
  }
}
