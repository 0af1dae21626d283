package dev.sluice.monitor;

import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often something took how long: four counts for each doubling, from a microsecond to some
 * hours, so that what is read of it is right to a fifth. One thread at a time records, without
 * allocating; all may read.
 */
final class DurationCounts {
  /** Two bits of what is behind the first one: four steps in a doubling. */
  private static final int STEP_BITS = 2;

  private static final int STEPS = 1 << STEP_BITS;

  /** Two to the 34 microseconds are nearly five hours. */
  private static final int DOUBLINGS = 34;

  private static final double MICROS_PER_SECOND = 1e6;

  /**
   * The bounds that Prometheus sees, each a doubling of microseconds from a quarter of a
   * millisecond to a minute: a confirm takes one on a good day, and never longer than the confirm
   * timeout.
   */
  private static final int FIRST_BOUND = 8;

  private static final int LAST_BOUND = 26;

  private final AtomicLongArray counts = new AtomicLongArray(STEPS * (DOUBLINGS + 1));
  private final Tally sumMicros = new Tally();

  /** Negative durations count as none. */
  void record(long nanos) {
    long micros = Math.max(0, TimeUnit.NANOSECONDS.toMicros(nanos));
    int slot = slot(micros);
    counts.setRelease(slot, counts.getPlain(slot) + 1);
    sumMicros.add(micros);
  }

  private static int slot(long micros) {
    if (micros < STEPS) {
      return (int) micros;
    }
    int doubling = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros);
    if (doubling >= DOUBLINGS) {
      return STEPS * (DOUBLINGS + 1) - 1;
    }
    int step = (int) (micros >>> doubling - STEP_BITS) & STEPS - 1;
    return STEPS * (doubling - STEP_BITS + 1) + step;
  }

  /** From how many microseconds on a slot counts. */
  private static double lower(int slot) {
    if (slot < STEPS) {
      return slot;
    }
    int doubling = slot / STEPS + STEP_BITS - 1;
    return (double) (1L << doubling) * (STEPS + slot % STEPS) / STEPS;
  }

  /** All counts as they are now; for {@link #quantile}. */
  long[] snapshot() {
    long[] now = new long[counts.length()];
    for (int slot = 0; slot < now.length; slot++) {
      now[slot] = counts.getAcquire(slot);
    }
    return now;
  }

  double sumSeconds() {
    return sumMicros.sum() / MICROS_PER_SECOND;
  }

  /**
   * How many milliseconds that part of those took that were recorded between two snapshots; empty
   * if there were none.
   *
   * @param part 0.99 for all but the slowest hundredth
   */
  static OptionalDouble quantile(double part, long[] before, long[] after) {
    long all = 0;
    for (int slot = 0; slot < after.length; slot++) {
      all += after[slot] - before[slot];
    }
    if (all <= 0) {
      return OptionalDouble.empty();
    }
    double wanted = part * all;
    long below = 0;
    for (int slot = 0; slot < after.length; slot++) {
      long here = after[slot] - before[slot];
      if (here > 0 && below + here >= wanted) {
        double share = Math.max(0, wanted - below) / here;
        double micros = lower(slot) + share * (lower(slot + 1) - lower(slot));
        return OptionalDouble.of(micros / 1e3);
      }
      below += here;
    }
    return OptionalDouble.empty();
  }

  /** Upper bounds in seconds, as Prometheus has them; the last one is without a bound. */
  static double[] bounds() {
    double[] bounds = new double[LAST_BOUND - FIRST_BOUND + 2];
    for (int i = 0; i < bounds.length - 1; i++) {
      bounds[i] = (1L << FIRST_BOUND + i) / MICROS_PER_SECOND;
    }
    bounds[bounds.length - 1] = Double.POSITIVE_INFINITY;
    return bounds;
  }

  /** How many of a snapshot lie between one of {@link #bounds} and the one before it. */
  static long[] between(long[] snapshot) {
    long[] counted = new long[LAST_BOUND - FIRST_BOUND + 2];
    for (int slot = 0; slot < snapshot.length; slot++) {
      double lower = lower(slot);
      int bound = 0;
      while (bound < counted.length - 1 && lower >= 1L << FIRST_BOUND + bound) {
        bound++;
      }
      counted[bound] += snapshot[slot];
    }
    return counted;
  }
}
