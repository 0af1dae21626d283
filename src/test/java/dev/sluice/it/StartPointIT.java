package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipeline.Beginning;
import dev.sluice.pipeline.StartPoint;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code run --from}: where a pipeline begins. */
class StartPointIT {
  private final PipelineUnderTest sluice = new PipelineUnderTest(Map.of());

  @AfterEach
  void close() {
    sluice.close();
  }

  private void begin(String from, boolean reset) throws Exception {
    sluice.begin(new Beginning(Optional.of(StartPoint.parse(from)), reset));
    sluice.start();
  }

  private String id(int delivery) {
    return sluice.deliveries.get(delivery).getProperties().getMessageId();
  }

  private void insert(int id) {
    sluice.collection().insertOne(new BsonDocument("_id", new BsonInt32(id)));
  }

  private BsonDocument savedPosition() {
    return sluice
        .checkpoints()
        .find(new BsonDocument("_id", new BsonString(sluice.queue())))
        .first()
        .getDocument("position");
  }

  @Test
  void aFirstStartBeginsAtTheOldestEntryOfTheLog() throws Exception {
    insert(1);

    begin("earliest", false);
    sluice.consume();
    sluice.awaitDeliveries(1);
  }

  @Test
  void aSavedPositionIsNotGivenUpUnasked() throws Exception {
    sluice.start();
    sluice.stop();

    EndedCommand.of(sluice.environment(), "run", "--from=earliest")
        .assertLastSentence(2, "has a saved position", "--reset");
    EndedCommand.of(sluice.environment(), "run", "--reset").assertOneSentence(2, "--from");
  }

  @Test
  void aSavedPositionIsGivenUpForATokenWhenAsked() throws Exception {
    sluice.start();
    sluice.consume();
    insert(1);
    sluice.awaitDeliveries(1);
    sluice.stop();
    String token = savedPosition().getDocument("after").getString("_data").getValue();
    sluice.start();
    insert(2);
    sluice.awaitDeliveries(2);
    sluice.stop();

    begin("token:" + token, true);
    sluice.awaitDeliveries(3);

    assertThat(id(2)).isEqualTo(id(1));
  }

  @Test
  void anInstanceThatRunsIsLeftAlone() throws Exception {
    sluice.start();

    EndedCommand.of(sluice.environment(), "run", "--from=earliest", "--reset")
        .assertLastSentence(2, "is run by process", "stop it");
  }

  @Test
  void aTimeThatTheLogDoesNotReachEndsTheStart() {
    EndedCommand.of(sluice.environment(), "run", "--from=2001-01-01T00:00:00Z")
        .assertLastSentence(4, "the oplog begins at");
    EndedCommand.of(sluice.environment(), "run", "--from=2101-01-01T00:00:00Z")
        .assertLastSentence(2, "in the future");
  }
}
