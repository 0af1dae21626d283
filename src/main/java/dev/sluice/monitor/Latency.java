package dev.sluice.monitor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/** What durations were like over the last minute, and since the last look. Thread-safe. */
final class Latency {
  /** A minute of looks: a single slow one is not all that is seen. */
  private static final int LOOKS = (int) (60 / History.EVERY.toSeconds());

  static final double MEDIAN = 0.5;
  static final double NEARLY_ALL = 0.99;

  private final DurationCounts durations;
  private final Deque<long[]> looks = new ArrayDeque<>();

  Latency(DurationCounts durations) {
    this.durations = durations;
    looks.addLast(durations.snapshot());
  }

  /** Nearly all since the last look; {@code NaN} if there was nothing. In milliseconds. */
  synchronized double look() {
    long[] now = durations.snapshot();
    OptionalDouble since = DurationCounts.quantile(NEARLY_ALL, looks.peekLast(), now);
    looks.addLast(now);
    if (looks.size() > LOOKS + 1) {
      looks.removeFirst();
    }
    return since.orElse(Double.NaN);
  }

  /** Over the last minute, in milliseconds. */
  synchronized OptionalDouble quantile(double part) {
    return DurationCounts.quantile(part, looks.peekFirst(), durations.snapshot());
  }
}
