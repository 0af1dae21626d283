package dev.sluice.bench;

import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * How long writes at one rate took to the consumer, in milliseconds.
 *
 * @param rate that was asked for, a second
 * @param written that was reached
 * @param sinceAck from the acknowledged write
 * @param sinceDue from the instant at which the write was due: a writer that is late is in it
 * @param stages means from one instant to the next
 */
record LivePhase(
    int rate, double written, Percentiles sinceAck, Percentiles sinceDue, Stages stages) {
  /** Of a histogram, in milliseconds. */
  record Percentiles(double p50, double p99, double p999, double max) {
    static Percentiles ofNanos(Histogram nanos) {
      return new Percentiles(
          nanos.getValueAtPercentile(50) / 1e6,
          nanos.getValueAtPercentile(99) / 1e6,
          nanos.getValueAtPercentile(99.9) / 1e6,
          nanos.getMaxValue() / 1e6);
    }

    List<Double> all() {
      return List.of(p50, p99, p999, max);
    }
  }

  /**
   * Means.
   *
   * @param write from due to acknowledged
   * @param capture from acknowledged to Sluice's {@code capturedAt}; may be below zero, since the
   *     stream can be faster than the acknowledgement
   * @param deliver from there to the consumer: encoded, published, routed, delivered
   */
  record Stages(double write, Optional<Double> capture, Optional<Double> deliver) {}
}
