package dev.sluice.monitor;

import java.util.function.LongSupplier;

/** How much a count grows in a second. For one thread. */
final class Rate {
  private final LongSupplier nanos;
  private long before;
  private long lookedNanos;

  /**
   * @param nanos a clock that never goes back
   */
  Rate(LongSupplier nanos) {
    this.nanos = nanos;
    this.lookedNanos = nanos.getAsLong();
  }

  /** A second, on average since the last time that this was asked; at first since it was made. */
  double since(long count) {
    long now = nanos.getAsLong();
    // Two looks within one tick of the clock are no reason to divide by nought.
    double perSecond = (count - before) / (Math.max(1, now - lookedNanos) / 1e9);
    before = count;
    lookedNanos = now;
    return perSecond;
  }
}
