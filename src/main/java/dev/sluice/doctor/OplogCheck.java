package dev.sluice.doctor;

import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import dev.sluice.checkpoint.StoredPosition;
import dev.sluice.mongo.MongoFacts.Log;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.BsonTimestamp;
import reactor.core.publisher.Mono;

/**
 * How long an outage may last before changes are lost: how far the log of operations reaches back,
 * how fast it is written, and how far the saved position is from its end.
 *
 * @param log empty if it may not be read
 * @param stored empty if nothing is
 */
record OplogCheck(Mono<Log> log, Mono<StoredPosition> stored) implements Check {
  private static final String LARGER =
      "make it larger by replSetResizeOplog (docs/LOST_POSITION.md)";

  /** Behind by less is usual after a start, and means nothing on a log that is itself young. */
  private static final Duration HARMLESS_LAG = Duration.ofMinutes(1);

  /** Nobody who is called at night is up and has understood within less. */
  private static final Duration LEAST_WINDOW = Duration.ofHours(1);

  /** The server cuts off in steps, so a full log is seldom quite full. */
  private static final double FULL = 0.9;

  @Override
  public String name() {
    return "mongodb oplog";
  }

  @Override
  public Mono<Finding> look() {
    return log.flatMap(
            found ->
                stored
                    .map(StoredPosition::position)
                    .defaultIfEmpty(Optional.empty())
                    .map(position -> judge(found, position.flatMap(Position::clusterTime))))
        .defaultIfEmpty(
            skipped(
                "the user may not read local.oplog.rs, or this is a sharded cluster: how far it"
                    + " reaches back is not known"));
  }

  private Finding judge(Log found, Optional<BsonTimestamp> position) {
    LogWindow window = found.window();
    List<String> details = details(found);
    if (position.isPresent()) {
      BsonTimestamp at = position.get();
      Duration left = window.left(at);
      Duration lag = window.lag(at);
      if (left.isNegative()) {
        return failure(
            "begins "
                + text(left.negated())
                + " behind the saved position: changes are lost, see docs/LOST_POSITION.md",
            details);
      }
      details.add(
          "the saved position is "
              + text(lag)
              + " behind its newest entry, and "
              + text(left)
              + " ahead of its oldest");
      if (lag.compareTo(HARMLESS_LAG) >= 0 && left.compareTo(window.length().dividedBy(4)) < 0) {
        return warning(
            "in "
                + text(left)
                + " the saved position falls off, and changes are lost: start the pipeline, see"
                + " what holds it up, and "
                + LARGER,
            details);
      }
    }
    return isFull(found) && window.length().compareTo(LEAST_WINDOW) < 0
        ? warning(
            "reaches back "
                + text(window.length())
                + " only, and a longer outage loses changes: "
                + LARGER,
            details)
        : ok("reaches back " + text(window.length()), details);
  }

  private static boolean isFull(Log log) {
    return log.bytes().isPresent()
        && log.maxBytes().isPresent()
        && log.bytes().get() >= FULL * log.maxBytes().get();
  }

  private static List<String> details(Log log) {
    List<String> details = new ArrayList<>();
    long seconds = log.window().length().toSeconds();
    if (log.bytes().isPresent() && log.maxBytes().isPresent() && seconds > 0) {
      long rate = Math.max(1, log.bytes().get() / seconds);
      details.add(
          "it is written at "
              + rate / 1024
              + " KiB/s, and at that rate holds "
              + text(Duration.ofSeconds(log.maxBytes().get() / rate))
              + " when it is full ("
              + (log.maxBytes().get() >> 20)
              + " MiB)");
    }
    return details;
  }

  /** In the unit that says most. */
  static String text(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7200
        ? seconds / 60 + " min"
        : seconds < 172_800 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
  }
}
