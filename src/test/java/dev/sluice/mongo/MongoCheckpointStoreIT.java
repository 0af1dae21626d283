package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Updates;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.Claim;
import dev.sluice.config.MongoSettings;
import dev.sluice.config.Secret;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.testing.TestMongo;
import java.time.Duration;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MongoCheckpointStoreIT {
  private static final Position SOMEWHERE = new Position.At(new BsonTimestamp(1_700_000_000, 1));
  private static final Duration LEASE = Duration.ofMillis(1_500);

  private final String pipeline = TestMongo.freshDatabase("checkpoint");
  private final MongoClient client = TestMongo.shared().connect();
  private final MongoConnection connection =
      new MongoConnection(
          new MongoSettings(new Secret(TestMongo.shared().uri()), "scrabble", "scrabble"));

  private MongoCheckpointStore store(String collection, String instance, Duration lease) {
    return new MongoCheckpointStore(
        connection, pipeline, "scrabble." + collection, instance, lease);
  }

  private MongoCheckpointStore store(String instance) {
    return store("scrabble", instance, Duration.ofMinutes(1));
  }

  private static Checkpoint claim(MongoCheckpointStore store) {
    return ((Claim.Ours) store.claim(Optional.empty()).block()).checkpoint();
  }

  private MongoCollection<BsonDocument> checkpoints() {
    return client.getDatabase("sluice").getCollection("checkpoints", BsonDocument.class);
  }

  private BsonDocument mine() {
    return new BsonDocument("_id", new BsonString(pipeline));
  }

  private static void assertTakenOver(Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            PipelineException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.TAKEN_OVER));
  }

  @AfterEach
  void close() {
    checkpoints().deleteOne(mine());
    client.close();
    connection.close();
  }

  @Test
  void findsWhatItSaved() {
    Checkpoint first = claim(store("one"));
    store("one").save(first.at(SOMEWHERE)).block();

    Checkpoint second = claim(store("one"));

    assertThat(second.position()).isEqualTo(Optional.of(SOMEWHERE));
    assertThat(second.epoch()).isEqualTo(first.epoch() + 1);
  }

  @Test
  void leavesAPipelineToTheInstanceThatHasItsLease() {
    Checkpoint first = claim(store("one"));
    store("one").save(first.at(SOMEWHERE)).block();

    Claim second = store("two").claim(Optional.empty()).block();

    assertThat(second).isEqualTo(new Claim.Others("one", first.at(SOMEWHERE)));
    store("one").renew(first).block();
  }

  @Test
  void takesOverWhenALeaseHasRunOutAndFencesOffItsOwner() {
    MongoCheckpointStore paused = store("scrabble", "one", LEASE);
    Checkpoint first = claim(paused);
    paused.save(first.at(SOMEWHERE)).block();

    await().until(() -> store("two").claim(Optional.empty()).block() instanceof Claim.Ours);

    assertTakenOver(() -> paused.renew(first).block());
    assertTakenOver(() -> paused.save(first.at(SOMEWHERE)).block());
    assertThat(paused.claim(Optional.empty()).block()).isInstanceOf(Claim.Others.class);
  }

  @Test
  void doesNotTakeOverALeaseThatIsRenewed() {
    MongoCheckpointStore renewing = store("scrabble", "one", LEASE);
    Checkpoint ours = claim(renewing);

    await()
        .during(LEASE.multipliedBy(2))
        .atMost(LEASE.multipliedBy(4))
        .until(
            () -> {
              renewing.renew(ours).block();
              return store("two").claim(Optional.empty()).block() instanceof Claim.Others;
            });
  }

  @Test
  void leavesTheLeaseToTheNextOneAtOnceWhenItIsReleased() {
    Checkpoint first = claim(store("one"));

    store("one").release(first.at(SOMEWHERE)).block();

    assertThat(claim(store("two")).position()).contains(SOMEWHERE);
  }

  @Test
  void aRenewalThatComesLateDoesNotUndoARelease() {
    Checkpoint first = claim(store("one"));
    store("one").release(first).block();

    assertTakenOver(() -> store("one").renew(first).block());

    assertThat(claim(store("two")).epoch()).isEqualTo(first.epoch() + 1);
  }

  @Test
  void makesACheckpointThatIsGoneAgainFromWhatIsKnown() {
    Checkpoint first = claim(store("one")).at(SOMEWHERE);
    checkpoints().deleteOne(mine());
    assertTakenOver(() -> store("one").save(first).block());

    Claim again = store("one").claim(Optional.of(first)).block();

    assertThat(again)
        .isEqualTo(
            new Claim.Ours(new Checkpoint(pipeline, first.epoch() + 1, Optional.of(SOMEWHERE))));
  }

  private static Position amidSnapshot() {
    return Position.of(SOMEWHERE, BsonDocument.parse("{schema: 1, id: 's'}"));
  }

  @Test
  void keepsASnapshotBesideThePositionInTheSameWriteUntilItIsOver() {
    MongoCheckpointStore store = store("one");
    Checkpoint first = claim(store);
    store.save(first.at(amidSnapshot())).block();
    store.release(first.at(amidSnapshot())).block();

    Checkpoint second = claim(store("two"));
    assertThat(second.position()).contains(amidSnapshot());
    store("two").save(second.at(SOMEWHERE)).block();

    assertThat(checkpoints().find(mine()).first()).doesNotContainKey("snapshot");
  }

  @Test
  void aStandbyDoesNotBringBackASnapshotThatHasEnded() {
    Checkpoint first = claim(store("one"));
    store("one").release(first.at(SOMEWHERE)).block();

    Claim second = store("two").claim(Optional.of(first.at(amidSnapshot()))).block();

    assertThat(((Claim.Ours) second).checkpoint().position()).contains(SOMEWHERE);
  }

  @Test
  void aCheckpointThatIsGoneIsMadeAgainWithItsSnapshot() {
    Checkpoint first = claim(store("one")).at(amidSnapshot());
    checkpoints().deleteOne(mine());

    Claim again = store("one").claim(Optional.of(first)).block();

    assertThat(((Claim.Ours) again).checkpoint().position()).contains(amidSnapshot());
  }

  @Test
  void doesNotFenceOffTheRightfulInstanceWhenItIsRefusedItself() {
    Checkpoint rightful = claim(store("one"));
    checkpoints().updateOne(mine(), Updates.set("schema", 99));

    assertThatThrownBy(() -> store("two").claim(Optional.empty()).block())
        .hasMessageContaining("newer Sluice");

    store("one").save(rightful.at(SOMEWHERE)).block();
  }

  @Test
  void goesOnAtTheTimeOfAPositionThatWasSavedUnderAnotherSelection() {
    MongoCheckpointStore before = store("one");
    before.release(claim(before).at(behindToken())).block();

    Checkpoint claimed = claim(store("other", "two", LEASE));

    assertThat(claimed.position()).contains(new Position.At(new BsonTimestamp(0x655B2E40, 7)));
    assertThat(checkpoints().find(mine()).first().getString("source").getValue())
        .as("says what the stored position is one of, until another is saved")
        .isEqualTo("scrabble.scrabble");

    store("other", "two", LEASE).save(claimed.at(SOMEWHERE)).block();
    assertThat(checkpoints().find(mine()).first().getString("source").getValue())
        .isEqualTo("scrabble.other");
  }

  private static Position behindToken() {
    return new Position.After(
        ResumeToken.of(BsonDocument.parse("{_data: '82655B2E4000000007290A'}")));
  }

  @Test
  void bringsACheckpointOfTheOlderSchemaUpToDate() {
    checkpoints()
        .insertOne(
            BsonDocument.parse(
                "{_id: '"
                    + pipeline
                    + "', schema: 1, source: 'scrabble.scrabble', epoch: {$numberLong: '7'},"
                    + " position: {at: {$timestamp: {t: 1700000000, i: 1}}}}"));

    Checkpoint claimed = claim(store("one"));

    assertThat(claimed).isEqualTo(new Checkpoint(pipeline, 8, Optional.of(SOMEWHERE)));
    assertThat(checkpoints().find(mine()).first().getInt32("schema").getValue()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{schema: 3, source: 'scrabble.scrabble', epoch: 1}",
        "{source: 'scrabble.scrabble', epoch: 1}",
        "{schema: 2, source: 7, epoch: 1}",
        "{schema: 2, source: 'scrabble.scrabble', epoch: 'one'}",
        "{schema: 2, source: 'scrabble.scrabble'}",
        "{schema: 2, source: 'scrabble.scrabble', epoch: 1, position: 'here'}",
        "{schema: 2, source: 'scrabble.scrabble', epoch: 1, position: {}}",
        "{schema: 2, source: 'scrabble.scrabble', epoch: 1, position: {after: 1}}"
      })
  void refusesACheckpointThatItCannotReadAndLeavesItAlone(String damaged) {
    BsonDocument stored = mine();
    stored.putAll(BsonDocument.parse(damaged));
    checkpoints().insertOne(stored);

    assertThatThrownBy(() -> store("one").claim(Optional.empty()).block())
        .isInstanceOfSatisfying(
            PipelineException.class,
            failure -> {
              assertThat(failure.kind()).isEqualTo(FailureKind.MISCONFIGURED);
              assertThat(failure)
                  .hasMessageContaining("\"" + pipeline + "\" in sluice.checkpoints");
            });
    assertThat(checkpoints().find(mine()).first()).isEqualTo(stored);
  }
}
