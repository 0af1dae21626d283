package dev.sluice.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import dev.sluice.testing.ScriptedSource;
import java.time.Duration;
import java.util.Optional;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

class OplogGuardTest {
  private static final int BEGIN = 1_700_000_000;
  private static final LogWindow TEN_HOURS = new LogWindow(at(0), at(36_000));

  private final Logger log = (Logger) LoggerFactory.getLogger(OplogGuard.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
  private final ScriptedSource source = new ScriptedSource();
  private Optional<Position> position = Optional.of(new Position.At(at(0)));
  private final OplogGuard guard = new OplogGuard(source, () -> position, timer);

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
    log.setAdditive(false);
  }

  @AfterEach
  void hush() {
    log.detachAppender(lines);
    log.setAdditive(true);
    timer.dispose();
  }

  /** So many seconds after the beginning. */
  private static BsonTimestamp at(int seconds) {
    return new BsonTimestamp(BEGIN + seconds, 1);
  }

  @Test
  void saysNothingWhileMoreThanHalfOfTheLogIsLeft() {
    guard.judge(TEN_HOURS, at(36_000));
    guard.judge(TEN_HOURS, at(18_000));

    assertThat(lines.list).isEmpty();
    assertThat(guard.left()).contains(Duration.ofHours(5));
  }

  @Test
  void warnsWhenLessThanHalfIsLeftAndSaysHowLongAndWhatToDo() {
    guard.judge(TEN_HOURS, at(7_000));

    assertThat(lines.list).singleElement().asString().startsWith("[WARN]");
    assertThat(lines.list.get(0).getFormattedMessage())
        .isEqualTo(
            "The position is 8 h behind, and the oplog reaches back 10 h only: about 116 min until"
                + " changes are lost. Make the oplog larger (replSetResizeOplog), and see what holds"
                + " the pipeline up");
    assertThat(guard.left()).contains(Duration.ofSeconds(7_000));
  }

  @Test
  void warnsOnceHoweverOftenItLooks() {
    guard.judge(TEN_HOURS, at(7_000));
    guard.judge(TEN_HOURS, at(6_000));
    guard.judge(TEN_HOURS, at(0));

    assertThat(lines.list).hasSize(1);
  }

  @Test
  void saysWhenItIsOverAndWarnsAgainTheNextTime() {
    guard.judge(TEN_HOURS, at(7_000));
    guard.judge(TEN_HOURS, at(35_990));
    guard.judge(TEN_HOURS, at(35_990));
    guard.judge(TEN_HOURS, at(7_000));

    assertThat(lines.list).hasSize(3);
    assertThat(lines.list.get(1).getFormattedMessage())
        .isEqualTo("The position is 10 s behind; the oplog reaches back 10 h");
    assertThat(lines.list.get(2)).asString().startsWith("[WARN]");
  }

  @Test
  void doesNotMindAYoungLogThatIsHardlyOlderThanThePosition() {
    guard.judge(new LogWindow(at(0), at(50)), at(0));

    assertThat(lines.list).isEmpty();
  }

  @Test
  void saysZeroRatherThanATimeThatHasPassed() {
    guard.judge(TEN_HOURS, at(-600));

    assertThat(lines.list.get(0).getFormattedMessage())
        .contains("about 0 s until changes are lost");
    assertThat(guard.left()).contains(Duration.ofMinutes(-10));
  }

  @Test
  void looksSoonAfterTheStartAndEveryMinuteFromThenOn() {
    Sinks.Empty<Void> work = Sinks.empty();
    var ended = guard.during(work.asMono()).toFuture();
    source.logWindow = TEN_HOURS;
    timer.advanceTimeBy(Duration.ofSeconds(5));
    assertThat(guard.left()).contains(Duration.ZERO);

    position = Optional.of(new Position.At(at(60)));
    timer.advanceTimeBy(Duration.ofSeconds(59));
    assertThat(guard.left()).contains(Duration.ZERO);
    timer.advanceTimeBy(Duration.ofSeconds(1));
    assertThat(guard.left()).contains(Duration.ofMinutes(1));

    work.tryEmitEmpty();
    assertThat(ended).isCompleted();
  }

  @Test
  void goesOnLookingWhereThereWasNothingToSee() {
    Sinks.Empty<Void> work = Sinks.empty();
    var ended = guard.during(work.asMono()).toFuture();
    source.logWindow = null;
    position = Optional.empty();
    timer.advanceTimeBy(Duration.ofMinutes(5));
    assertThat(guard.left()).isEmpty();
    assertThat(ended).isNotDone();

    position = Optional.of(new Position.At(at(60)));
    source.logWindow = TEN_HOURS;
    timer.advanceTimeBy(Duration.ofMinutes(1));
    assertThat(guard.left()).contains(Duration.ofMinutes(1));
  }

  @Test
  void endsAsTheWorkDoes() {
    PipelineException failure = new PipelineException(FailureKind.BUG, "for a test");

    assertThat(guard.during(Mono.error(failure)).toFuture()).isCompletedExceptionally();
  }
}
