package dev.sluice.change;

import java.util.Objects;
import java.util.Optional;
import org.bson.BsonTimestamp;

/**
 * What the events behind a position are called at a broker that drops what it has already: by
 * numbers of a series, each above the one before. The same position gives the same events in the
 * same order whenever it is read on from, and so the same numbers. A series that cannot go on in
 * that way is given up for a new one: a number that once meant another event would have the broker
 * drop one that it does not have.
 *
 * <p>A number begins with the second in which the event was committed. So what was committed after
 * the last event that the broker has is above it, whatever became of those in between: also where
 * MongoDB was set back to a backup, with the saved position in it, and went on from there by
 * another way.
 *
 * @param series its name, which no other has had
 * @param before the number of the last event before the position; 0 at the beginning
 * @param lasting whether it can be gone on with from a position that was saved
 */
public record Numbering(String series, long before, boolean lasting) {
  /** As many bits as seconds leave of a number above 0; a second has far fewer events. */
  private static final int BITS_BELOW_SECONDS = 31;

  public Numbering {
    Objects.requireNonNull(series, "series");
    if (series.isEmpty() || before < 0) {
      throw new IllegalArgumentException("no series, or a number below 0");
    }
  }

  /** That of a position behind the event of this number. */
  public Numbering behind(long number) {
    return new Numbering(series, number, lasting);
  }

  /**
   * The number of the event behind another one.
   *
   * @param last the number of that one
   * @param committed when the event was; empty if it cannot be told
   */
  public static long next(long last, Optional<BsonTimestamp> committed) {
    long seconds = committed.map(time -> Integer.toUnsignedLong(time.getTime())).orElse(0L);
    return Math.max(last + 1, seconds << BITS_BELOW_SECONDS);
  }
}
