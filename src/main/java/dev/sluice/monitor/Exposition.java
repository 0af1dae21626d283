package dev.sluice.monitor;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The values of metrics at one moment, in the form of Prometheus's library. For one thread. */
final class Exposition {
  private static final double MILLIS_PER_SECOND = 1e3;

  private final List<MetricSnapshot> snapshots = new ArrayList<>();

  List<MetricSnapshot> snapshots() {
    return List.copyOf(snapshots);
  }

  void gauge(Metric metric, double value) {
    gauges(metric, Map.of("", value));
  }

  /** Left out if nothing is known. */
  void seconds(Metric metric, Optional<Instant> time) {
    time.ifPresent(at -> gauge(metric, at.toEpochMilli() / MILLIS_PER_SECOND));
  }

  /**
   * @param values by the value of the label
   */
  void gauges(Metric metric, Map<String, Double> values) {
    GaugeSnapshot.Builder builder =
        GaugeSnapshot.builder().name(metric.fullName()).help(metric.help());
    values.forEach(
        (label, value) ->
            builder.dataPoint(
                GaugeDataPointSnapshot.builder()
                    .labels(labels(metric, label))
                    .value(value)
                    .build()));
    snapshots.add(builder.build());
  }

  /** One for the current of all states, and nought for the others. */
  void state(Metric metric, List<String> all, String current) {
    Map<String, Double> values = new LinkedHashMap<>();
    all.forEach(
        state -> values.put(state.toLowerCase(Locale.ROOT), state.equals(current) ? 1.0 : 0.0));
    gauges(metric, values);
  }

  void counter(Metric metric, double value) {
    counters(metric, Map.of("", value));
  }

  /**
   * @param values by the value of the label
   */
  void counters(Metric metric, Map<String, ? extends Number> values) {
    CounterSnapshot.Builder builder =
        CounterSnapshot.builder().name(without(metric, "_total")).help(metric.help());
    values.forEach(
        (label, value) ->
            builder.dataPoint(
                CounterDataPointSnapshot.builder()
                    .labels(labels(metric, label))
                    .value(value.doubleValue())
                    .build()));
    snapshots.add(builder.build());
  }

  void histogram(Metric metric, DurationCounts durations) {
    HistogramDataPointSnapshot.Builder point = HistogramDataPointSnapshot.builder();
    // The sum first: what is recorded meanwhile is counted without it rather than the other way.
    point.sum(durations.sumSeconds());
    point.classicHistogramBuckets(
        ClassicHistogramBuckets.of(
            DurationCounts.bounds(), DurationCounts.between(durations.snapshot())));
    snapshots.add(
        HistogramSnapshot.builder()
            .name(metric.fullName())
            .help(metric.help())
            .dataPoint(point.build())
            .build());
  }

  void info(Metric metric, String value) {
    snapshots.add(
        InfoSnapshot.builder()
            .name(without(metric, "_info"))
            .help(metric.help())
            .dataPoint(InfoDataPointSnapshot.builder().labels(labels(metric, value)).build())
            .build());
  }

  private static String without(Metric metric, String end) {
    return metric.fullName().substring(0, metric.fullName().length() - end.length());
  }

  private static Labels labels(Metric metric, String value) {
    return metric.labels().isEmpty() ? Labels.EMPTY : Labels.of(metric.labels().get(0), value);
  }
}
