package dev.sluice.pipeline;

import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.bson.BsonTimestamp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Watches how far the confirmed position is from falling off the server's log, and warns well
 * before: whoever is warned can still make the log larger, or mend what holds the pipeline up.
 */
final class OplogGuard {
  private static final Logger log = LoggerFactory.getLogger(OplogGuard.class);

  private static final Duration FIRST_LOOK = Duration.ofSeconds(5);

  /** Logs reach back for hours; two small reads a minute burden nobody. */
  private static final Duration LOOK = Duration.ofMinutes(1);

  /** Behind by less is usual after a start, and means nothing on a log that is itself young. */
  private static final Duration HARMLESS_LAG = Duration.ofMinutes(1);

  private final ChangeSource source;
  private final Supplier<Optional<Position>> position;
  private final Scheduler timer;
  private volatile Duration left;
  private volatile Duration length;
  private volatile boolean warned;

  /**
   * @param position the newest confirmed one
   */
  OplogGuard(ChangeSource source, Supplier<Optional<Position>> position, Scheduler timer) {
    this.source = source;
    this.position = position;
    this.timer = timer;
  }

  /** How long until the position falls off the log if it does not move; empty if unknown. */
  Optional<Duration> left() {
    return Optional.ofNullable(left);
  }

  /** How far the log reaches back; empty if unknown. */
  Optional<Duration> length() {
    return Optional.ofNullable(length);
  }

  /** Runs the work and looks every now and then. Ends as the work does. */
  Mono<Void> during(Mono<Void> work) {
    return Alongside.during(work, FIRST_LOOK, LOOK, timer, tick -> look());
  }

  private Mono<Void> look() {
    return Mono.justOrEmpty(position.get().flatMap(Position::clusterTime))
        .flatMap(
            at -> source.logWindow().timeout(LOOK, timer).doOnNext(window -> judge(window, at)))
        .onErrorComplete() // What keeps us from looking shows where it does more harm.
        .then();
  }

  void judge(LogWindow window, BsonTimestamp at) {
    left = window.left(at);
    length = window.length();
    Duration lag = window.lag(at);
    boolean near =
        lag.compareTo(HARMLESS_LAG) >= 0 && left.compareTo(window.length().dividedBy(2)) < 0;
    if (near && !warned) {
      log.warn(
          "The position is {} behind, and the oplog reaches back {} only: about {} until changes are"
              + " lost. Make the oplog larger (replSetResizeOplog), and see what holds the pipeline"
              + " up",
          text(lag),
          text(window.length()),
          text(left));
    } else if (warned && !near) {
      log.info(
          "The position is {} behind; the oplog reaches back {}", text(lag), text(window.length()));
    }
    warned = near;
  }

  /** In the unit that says most. */
  static String text(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    return seconds < 120
        ? seconds + " s"
        : seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }
}
