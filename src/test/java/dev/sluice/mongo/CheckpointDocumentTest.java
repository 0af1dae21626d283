package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoClientSettings;
import dev.sluice.change.Numbering;
import dev.sluice.change.Position;
import dev.sluice.checkpoint.Checkpoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.Test;

class CheckpointDocumentTest {
  private static final String SOURCE = "{\"$literal\": \"$db.$$NOW\"}";
  private static final String OWNER = "{\"$literal\": \"$$ROOT\"}";

  private final CheckpointDocument form = new CheckpointDocument("$x", "$db.$$NOW");
  private final CheckpointUpdates updates =
      new CheckpointUpdates("$x", "$db.$$NOW", "$$ROOT", Duration.ofSeconds(10));

  private static String json(List<Bson> pipeline) {
    return pipeline.get(0).toBsonDocument().toJson();
  }

  private static BsonDocument stored(Bson saved, String source) {
    BsonDocument set =
        saved
            .toBsonDocument(BsonDocument.class, MongoClientSettings.getDefaultCodecRegistry())
            .getDocument("$set");
    return new BsonDocument("schema", new BsonInt32(2))
        .append("source", new BsonString(source))
        .append("epoch", new BsonInt64(1))
        .append("position", set.getDocument("position"));
  }

  /** In the position: whoever saves another one takes it away, also if he does not know of it. */
  @Test
  void keepsInThePositionWhatTheEventsBehindItAreCalled() {
    Position somewhere = new Position.At(new BsonTimestamp(7, 1));
    Numbering numbering = new Numbering("5f0c", 123, true);
    Checkpoint checkpoint = new Checkpoint("$x", 1, Optional.of(somewhere), Optional.of(numbering));

    assertThat(form.read(stored(updates.saved(checkpoint), "$db.$$NOW"))).isEqualTo(checkpoint);
    assertThat(form.read(stored(updates.saved(checkpoint), "another")).numbering()).isEmpty();
    assertThat(form.read(stored(updates.saved(checkpoint.at(somewhere)), "$db.$$NOW")).numbering())
        .isEmpty();
  }

  /** In an update by a pipeline such a text would name a field or a variable. */
  @Test
  void takesNamesThatBeginWithADollarAsTheyAre() {
    Position somewhere = new Position.At(new BsonTimestamp(7, 1));
    String claim =
        json(updates.claim(Optional.of(new Checkpoint("$x", 1, Optional.of(somewhere)))));
    String renewal = json(updates.renewal());

    assertThat(claim).contains(SOURCE, OWNER, "{\"$literal\": {\"at\": ");
    assertThat(claim.replace(SOURCE, "").replace(OWNER, "").replace("\"stored\"", ""))
        .doesNotContain("$db");
    assertThat(renewal).contains(OWNER);
  }

  /** What the snapshot has read between them does not come again: the numbers would mean others. */
  @Test
  void withoutTheSnapshotThePositionStaysButNotWhatItsEventsWereCalled() {
    assertThat(json(updates.withoutSnapshot(false)))
        .contains("\"$position.after\"", "\"$position.at\"")
        .doesNotContain("\"$position\"", "series");
  }
}
