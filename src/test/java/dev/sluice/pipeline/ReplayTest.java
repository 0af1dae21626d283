package dev.sluice.pipeline;

import static dev.sluice.testing.Events.insert;
import static dev.sluice.testing.Events.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.change.Position;
import dev.sluice.testing.ScriptedParts;
import java.util.concurrent.CompletableFuture;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stretch of a scripted log: where it ends, and what is kept of it. */
class ReplayTest {
  private final ScriptedParts parts = new ScriptedParts();

  @AfterEach
  void close() {
    parts.close();
  }

  private static StartPoint at(BsonTimestamp time) {
    return new StartPoint.Exactly(new Position.At(time));
  }

  private CompletableFuture<Long> replayUntil(BsonTimestamp end) {
    parts.source.logWindow = null;
    return new Replay(parts.parts(), new StartPoint.Now(), at(end), (state, reason) -> {})
        .run(count -> {})
        .toFuture();
  }

  private static BsonTimestamp timeOf(int number) {
    return token(number).clusterTime().orElseThrow();
  }

  @Test
  void endsBeforeTheFirstChangeThatIsNotPartOfIt() {
    parts.source.append(insert(1), insert(2), insert(3));

    CompletableFuture<Long> replayed = replayUntil(timeOf(3));

    await().until(replayed::isDone);
    assertThat(replayed.join()).isEqualTo(2);
    assertThat(parts.publisher.messages).hasSize(2);
    assertThat(parts.checkpoints.saved).isEmpty();
  }

  @Test
  void endsWhenTheServerHasComePastItAndAllIsConfirmed() {
    parts.publisher.confirming = false;
    parts.source.append(insert(1), insert(2));
    CompletableFuture<Long> replayed = replayUntil(timeOf(9));
    await().until(() -> parts.publisher.messages.size() == 2);

    parts.source.progress(2, token(9));
    assertThat(replayed).isNotDone();
    parts.publisher.outcomes().confirmed(1, 2);

    await().until(replayed::isDone);
    assertThat(replayed.join()).isEqualTo(2);
  }

  @Test
  void goesOnBehindWhatIsConfirmedWhenTheStreamBreaks() {
    parts.source.append(insert(1), insert(2));
    CompletableFuture<Long> replayed = replayUntil(timeOf(4));
    await().until(() -> parts.publisher.messages.size() == 2);

    parts.source.fail(new PipelineException(FailureKind.TRANSIENT, "gone for now"));
    parts.source.append(insert(3), insert(4));

    await().until(replayed::isDone);
    assertThat(replayed.join()).isEqualTo(3);
  }
}
