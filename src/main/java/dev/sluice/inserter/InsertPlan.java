package dev.sluice.inserter;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What the test inserter is to do.
 *
 * @param count how many writes; of each tick, if there are ticks
 * @param ratePerSecond at the most; 0 for as fast as it goes
 * @param every how long from one tick to the next; empty for a single run
 * @param duration how long at the most; empty for no limit
 * @param sizeBytes about how large documents are; 0 for as they come
 */
public record InsertPlan(
    String collection,
    int count,
    double ratePerSecond,
    Optional<Duration> every,
    Optional<Duration> duration,
    Mix mix,
    int sizeBytes,
    long seed) {
  public InsertPlan {
    Objects.requireNonNull(collection, "collection");
    Objects.requireNonNull(every, "every");
    Objects.requireNonNull(duration, "duration");
    Objects.requireNonNull(mix, "mix");
    if (count < 1 || ratePerSecond < 0 || sizeBytes < 0) {
      throw new IllegalArgumentException("nothing to insert");
    }
  }
}
