package dev.sluice.pipeline;

import static dev.sluice.testing.Events.behind;
import static dev.sluice.testing.Events.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.change.Change;
import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import dev.sluice.config.FailureSettings;
import dev.sluice.config.FailureSettings.OnPoison;
import dev.sluice.config.FailureSettings.OnPositionLost;
import dev.sluice.config.FailureSettings.OnUnroutable;
import dev.sluice.message.Message;
import dev.sluice.testing.InMemoryCheckpoints;
import dev.sluice.testing.ScriptedParts;
import dev.sluice.testing.ScriptedPublisher;
import dev.sluice.testing.ScriptedSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Going on with a gap while other things go wrong as well. */
class GapTest {
  private static final PipelineException LOST =
      new PipelineException(FailureKind.POSITION_LOST, "MongoDB no longer has it");

  private static final Position.At PRESENT = new Position.At(new BsonTimestamp(1_700_003_600, 1));

  private final ScriptedParts parts = new ScriptedParts();
  private final ScriptedSource source = parts.source;
  private final ScriptedPublisher publisher = parts.publisher;
  private final InMemoryCheckpoints checkpoints = parts.checkpoints;
  private volatile Mono<LogWindow> logWindow;
  private volatile Mono<BsonTimestamp> now = Mono.just(PRESENT.time());
  private volatile boolean alwaysLost;

  /** The scripted source, but for what a test sets. */
  private final class FailingSource implements ChangeSource {
    @Override
    public Flux<Change> changes(Position from, Progress progress) {
      return alwaysLost
          ? Flux.error(LOST)
          : from.equals(PRESENT) ? Flux.never() : source.changes(from, progress);
    }

    @Override
    public Mono<BsonTimestamp> now() {
      return Mono.defer(() -> now);
    }

    @Override
    public Mono<LogWindow> logWindow() {
      return Mono.defer(() -> logWindow);
    }
  }

  @BeforeEach
  void loseThePosition() {
    source.logWindow =
        new LogWindow(new BsonTimestamp(1_700_000_600, 1), source.logWindow.newest());
    source.lostExceptFromLogWindow = LOST;
    logWindow = Mono.just(source.logWindow);
    parts.from = new FailingSource();
    parts.failures = new FailureSettings(OnPositionLost.GAP, OnUnroutable.RETRY, OnPoison.STOP);
  }

  @AfterEach
  void close() {
    parts.close();
  }

  private long gaps() {
    return publisher.messages.stream().map(Message::type).filter("gap"::equals).count();
  }

  @Test
  void tellsOfNoGapWhereAnotherInstanceHasGoneOnMeanwhile() {
    publisher.confirming = false;
    parts.lease = Duration.ofMillis(60);
    parts.start();
    await().until(() -> gaps() == 1);
    source.append(insert(1), insert(2), insert(3));
    source.lostExceptFromLogWindow = null;

    checkpoints.takeOver();
    await().until(() -> parts.state() == PipelineState.STANDBY);
    checkpoints.moveTo(behind(2));
    checkpoints.giveUp();

    await().until(() -> source.opened.contains(behind(2)));
    await().until(() -> publisher.onChannel.size() == 1);
    assertThat(publisher.onChannel.get(0).messageId()).isEqualTo(insert(3).id().value());
    assertThat(gaps()).isEqualTo(1);
  }

  @Test
  void goesOnFromTheEarliestPointAlsoIfThatCannotBeReadAtFirst() {
    logWindow = Mono.error(new PipelineException(FailureKind.TRANSIENT, "no primary"));
    checkpoints.moveTo(behind(1));
    parts.start();
    await().pollDelay(Duration.ofMillis(500)).until(() -> !parts.ended().isDone());
    assertThat(gaps()).isZero();

    logWindow = Mono.just(source.logWindow);

    await().until(() -> source.opened.contains(new Position.At(source.logWindow.oldest())));
  }

  @Test
  void doesNotEndBecauseTheTimeCannotBeReadAtFirst() {
    checkpoints.moveTo(behind(1));
    logWindow = Mono.empty();
    now = Mono.error(new PipelineException(FailureKind.TRANSIENT, "no primary"));
    parts.start();
    await().pollDelay(Duration.ofMillis(500)).until(() -> !parts.ended().isDone());

    now = Mono.just(PRESENT.time());

    await().until(() -> gaps() == 1);
  }

  @Test
  void canBeStoppedWhileItAsksHowFarTheLogReaches() throws Exception {
    logWindow = Mono.empty();
    checkpoints.moveTo(behind(1));
    CompletableFuture<Void> asked = new CompletableFuture<>();
    now = Mono.<BsonTimestamp>never().doOnSubscribe(subscription -> asked.complete(null));
    parts.start();
    asked.get(5, TimeUnit.SECONDS);

    parts.stop();

    parts.ended().get(2, TimeUnit.SECONDS);
  }

  /** Else it told of the same gap for ever. */
  @Test
  void stopsWhenTheStreamIsLostWhereItWasToGoOn() {
    alwaysLost = true;
    checkpoints.moveTo(new Position.At(new BsonTimestamp(1_700_000_700, 1)));
    parts.start();

    assertThatThrownBy(() -> parts.ended().get(5, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            PipelineException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.POSITION_LOST));
    assertThat(gaps()).isLessThan(2);
    assertThat(checkpoints.position()).isNotEqualTo(Optional.empty());
  }
}
