package dev.sluice.pipeline;

import static dev.sluice.testing.Events.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.change.Change;
import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import dev.sluice.config.WrongSettings;
import dev.sluice.testing.ScriptedParts;
import dev.sluice.testing.ScriptedSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where a pipeline begins, while the log goes on. */
class FirstPositionTest {
  private static final PipelineException LOST =
      new PipelineException(FailureKind.POSITION_LOST, "MongoDB no longer has it");

  private static final int LIMIT_SECONDS = 10;

  private final ScriptedParts parts = new ScriptedParts();
  private final ScriptedSource source = parts.source;

  /** Its log has gone on by a second whenever a stream is opened, for the first few of them. */
  private final class FastLog implements ChangeSource {
    private int times;

    FastLog(int times) {
      this.times = times;
    }

    @Override
    public Flux<Change> changes(Position from, Progress progress) {
      return Flux.defer(
          () -> {
            if (times-- > 0) {
              BsonTimestamp oldest = source.logWindow.oldest();
              source.logWindow =
                  new LogWindow(
                      new BsonTimestamp(oldest.getTime() + 1, 1), source.logWindow.newest());
            }
            return source.changes(from, progress);
          });
    }

    @Override
    public Mono<BsonTimestamp> now() {
      return source.now();
    }

    @Override
    public Mono<LogWindow> logWindow() {
      return source.logWindow();
    }
  }

  private void beginAt(StartPoint point, int timesLost) {
    source.lostExceptFromLogWindow = LOST;
    parts.from = new FastLog(timesLost);
    parts.beginning = new Beginning(Optional.of(point), false);
    parts.start();
  }

  @AfterEach
  void close() {
    parts.close();
  }

  @Test
  void theOldestEntryIsChosenAgainWhereTheLogHasGoneOnBeforeTheStreamIsOpen() {
    BsonTimestamp first = source.logWindow.oldest();

    beginAt(new StartPoint.Earliest(), 2);

    await().until(() -> source.opened.size() == 3);
    assertThat(source.opened)
        .containsExactly(
            new Position.At(first),
            new Position.At(new BsonTimestamp(first.getTime() + 1, 1)),
            new Position.At(new BsonTimestamp(first.getTime() + 2, 1)));
    assertThat(parts.checkpoints.saved.get(parts.checkpoints.saved.size() - 1))
        .isEqualTo(new Position.At(source.logWindow.oldest()));
  }

  @Test
  void aTimeThatWasNamedIsNotChosenAgain() {
    beginAt(new StartPoint.Exactly(new Position.At(source.logWindow.oldest())), 1);

    assertThatThrownBy(() -> parts.ended().get(LIMIT_SECONDS, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            PipelineException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.POSITION_LOST));
  }

  @Test
  void whatIsLostBehindAnOpenStreamIsNotPassedOverInSilence() {
    parts.publisher.confirming = false;
    source.append(insert(1));
    beginAt(new StartPoint.Earliest(), 0);
    await().until(() -> parts.state() == PipelineState.STREAMING);

    source.logWindow = new LogWindow(source.logWindow.newest(), source.logWindow.newest());
    source.fail(new PipelineException(FailureKind.TRANSIENT, "the network"));

    assertThatThrownBy(() -> parts.ended().get(LIMIT_SECONDS, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            PipelineException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.POSITION_LOST));
  }

  @Test
  void whatIsSavedByAnotherRunIsNotGivenUpForTheOldestEntry() {
    parts.checkpoints.moveTo(new Position.At(source.logWindow.oldest()));

    beginAt(new StartPoint.Earliest(), 0);

    assertThatThrownBy(() -> parts.ended().get(LIMIT_SECONDS, TimeUnit.SECONDS))
        .hasCauseInstanceOf(WrongSettings.class);
  }
}
