package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.MongoClient;
import com.mongodb.client.model.Filters;
import dev.sluice.change.Namespace;
import dev.sluice.change.Position;
import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.config.MongoSettings;
import dev.sluice.config.Secret;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.testing.TestMongo;
import java.util.Optional;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MongoCheckpointStoreIT {
  private static final Position SOMEWHERE = new Position.At(new BsonTimestamp(1_700_000_000, 1));

  private final String pipeline = TestMongo.freshDatabase("checkpoint");
  private final MongoConnection connection =
      new MongoConnection(new MongoSettings(new Secret(TestMongo.shared().uri()), "scrabble"));

  private MongoCheckpointStore store(String collection) {
    return new MongoCheckpointStore(connection, pipeline, new Namespace("scrabble", collection));
  }

  @AfterEach
  void close() {
    connection.close();
  }

  @Test
  void findsWhatItSaved() {
    Checkpoint first = store("scrabble").claim().block();
    store("scrabble").save(first.at(SOMEWHERE)).block();

    Checkpoint second = store("scrabble").claim().block();

    assertThat(second.position()).isEqualTo(Optional.of(SOMEWHERE));
    assertThat(second.epoch()).isGreaterThan(first.epoch());
  }

  @Test
  void refusesTheSavesOfWhoClaimedEarlier() {
    Checkpoint first = store("scrabble").claim().block();
    store("scrabble").claim().block();

    assertThatThrownBy(() -> store("scrabble").save(first.at(SOMEWHERE)).block())
        .isInstanceOfSatisfying(
            PipelineException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.TAKEN_OVER));
  }

  @Test
  void doesNotFenceOffTheRightfulProcessWhenItIsRefusedItself() {
    Checkpoint rightful = store("scrabble").claim().block();

    assertThatThrownBy(() -> store("other").claim().block())
        .hasMessageContaining("belongs to scrabble.scrabble");

    store("scrabble").save(rightful.at(SOMEWHERE)).block();
  }

  @Test
  void writesADocumentAgainThatSomebodyHasDeleted() {
    Checkpoint claimed = store("scrabble").claim().block();
    try (MongoClient mongo = TestMongo.shared().connect()) {
      mongo
          .getDatabase("sluice")
          .getCollection("checkpoints")
          .deleteOne(Filters.eq("_id", pipeline));
    }

    store("scrabble").save(claimed.at(SOMEWHERE)).block();

    assertThat(store("scrabble").claim().block().position()).isEqualTo(Optional.of(SOMEWHERE));
  }
}
