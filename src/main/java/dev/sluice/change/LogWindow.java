package dev.sluice.change;

import java.time.Duration;
import java.util.Objects;
import org.bson.BsonTimestamp;

/**
 * From when to when the server's log of operations (the oplog) reaches.
 *
 * @param oldest the cluster time of its first entry
 * @param newest the cluster time of its last entry
 */
public record LogWindow(BsonTimestamp oldest, BsonTimestamp newest) {
  public LogWindow {
    Objects.requireNonNull(oldest, "oldest");
    Objects.requireNonNull(newest, "newest");
  }

  /** How far the log reaches back. */
  public Duration length() {
    return between(oldest, newest);
  }

  /** Whether a stream can go on from this time. */
  public boolean reachesBackTo(BsonTimestamp time) {
    return oldest.compareTo(time) <= 0 && time.compareTo(newest) <= 0;
  }

  /**
   * How long until a position that does not move falls off the log: as long as its oldest entry
   * needs to come there, if the log goes on being written as fast as it was. Negative if the
   * position has fallen off already.
   */
  public Duration left(BsonTimestamp position) {
    return between(oldest, position);
  }

  /** How far a position is behind the newest operation. */
  public Duration lag(BsonTimestamp position) {
    return between(position, newest);
  }

  private static Duration between(BsonTimestamp from, BsonTimestamp to) {
    return Duration.ofSeconds(
        Integer.toUnsignedLong(to.getTime()) - Integer.toUnsignedLong(from.getTime()));
  }
}
