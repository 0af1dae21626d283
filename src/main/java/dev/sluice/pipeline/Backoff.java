package dev.sluice.pipeline;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next attempt: twice as long after each failure, up to a limit, with
 * jitter so that many pipelines do not come back at one instant. Progress resets it; that a
 * connection came about does not.
 */
public final class Backoff {
  /** Short enough that an election or a closed channel is hardly noticed. */
  private static final Duration FIRST = Duration.ofMillis(200);

  /** Long enough not to burden a server that is down, short enough to be back soon after it. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final DoubleSupplier random;
  private int failures;

  /**
   * @param random numbers from 0 to 1
   */
  public Backoff(DoubleSupplier random) {
    this.random = random;
  }

  /** Between half of the full wait and all of it. */
  public Duration next() {
    long full = FIRST.toMillis() << Math.min(failures, 16);
    failures++;
    long capped = Math.min(full, LONGEST.toMillis());
    return Duration.ofMillis((long) (capped * (0.5 + random.getAsDouble() / 2)));
  }

  public void reset() {
    failures = 0;
  }
}
