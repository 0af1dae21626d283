package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Namespace;
import dev.sluice.change.Position;
import dev.sluice.checkpoint.Checkpoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bson.BsonTimestamp;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.Test;

class CheckpointDocumentTest {
  private static final String SOURCE = "{\"$literal\": \"$db.$$NOW\"}";
  private static final String OWNER = "{\"$literal\": \"$$ROOT\"}";

  private final CheckpointDocument form =
      new CheckpointDocument("$x", new Namespace("$db", "$$NOW"), "$$ROOT", Duration.ofSeconds(10));

  private static String json(List<Bson> pipeline) {
    return pipeline.get(0).toBsonDocument().toJson();
  }

  /** In an update by a pipeline such a text would name a field or a variable. */
  @Test
  void takesNamesThatBeginWithADollarAsTheyAre() {
    Position somewhere = new Position.At(new BsonTimestamp(7, 1));
    String claim = json(form.claim(Optional.of(new Checkpoint("$x", 1, Optional.of(somewhere)))));
    String renewal = json(form.renewal());

    assertThat(claim).contains(SOURCE, OWNER, "{\"$literal\": {\"at\": ");
    assertThat(claim.replace(SOURCE, "").replace(OWNER, "").replace("\"stored\"", ""))
        .doesNotContain("$db");
    assertThat(renewal).contains(OWNER);
  }
}
