package dev.sluice.doctor;

import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import dev.sluice.checkpoint.StoredPosition;
import java.time.Duration;
import java.time.Instant;
import org.bson.BsonTimestamp;
import reactor.core.publisher.Mono;

/**
 * Who runs the pipeline, and whether it comes along.
 *
 * @param stored empty if nothing is
 * @param newest the time of the newest operation
 * @param interval how often a position is saved
 */
record LeaseCheck(
    String pipeline, Mono<StoredPosition> stored, Mono<BsonTimestamp> newest, Duration interval)
    implements Check {
  /** MongoDB moves the position of an idle stream once in ten seconds. */
  private static final Duration USUAL = Duration.ofMinutes(1);

  @Override
  public String name() {
    return "mongodb lease";
  }

  @Override
  public Mono<Finding> look() {
    return stored
        .flatMap(found -> newest.map(time -> judge(found, time)))
        .defaultIfEmpty(ok("\"" + pipeline + "\" has not run yet: nothing is kept of it"));
  }

  private Finding judge(StoredPosition found, BsonTimestamp time) {
    String saved =
        found
            .savedAt()
            .map(at -> "saved a position " + OplogCheck.text(age(at, found)) + " ago")
            .orElse("has saved no position");
    if (found.runBy().isEmpty()) {
      return ok("nobody runs \"" + pipeline + "\"; it " + saved);
    }
    Duration lag =
        found
            .position()
            .flatMap(Position::clusterTime)
            .map(at -> new LogWindow(at, time).length())
            .orElse(Duration.ZERO);
    String sentence = "\"" + pipeline + "\" is run by " + found.runBy().get() + ", which " + saved;
    return lag.compareTo(USUAL.plus(interval)) > 0
        ? warning(
            sentence
                + " and is "
                + OplogCheck.text(lag)
                + " behind: see in its log what holds it up, such as RabbitMQ that confirms nothing")
        : ok(sentence);
  }

  private static Duration age(Instant savedAt, StoredPosition found) {
    return Duration.between(savedAt, found.now());
  }
}
