package dev.sluice.monitor;

import dev.sluice.monitor.Metric.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * One panel of the dashboard: metrics that are read together, the first of which says what it is.
 *
 * @param unit as Grafana calls it
 */
record Panel(String title, String unit, Read read, List<Metric> metrics) {
  /** How values become a line. */
  enum Read {
    AS_IT_IS,
    /** Of a time stamp: for how long. */
    SINCE,
    /** Of a counter: how many in each second. */
    A_SECOND,
    /** Of a counter of what is rare: how many in the last hour. */
    IN_AN_HOUR,
    QUANTILES
  }

  /** One query. */
  record Line(String expression, String legend) {}

  private static final String CHOSEN = "{job=~\"$job\", instance=~\"$instance\"}";

  /** What pages people comes first, then the way of the data, then what is rare. */
  static final List<Panel> OF_PIPELINE =
      List.of(
          of("Lag", "s", Read.AS_IT_IS, Metric.LAG),
          of("Oplog headroom", "s", Read.AS_IT_IS, Metric.OPLOG_HEADROOM, Metric.OPLOG_WINDOW),
          of("Since the last confirm", "s", Read.SINCE, Metric.LAST_CONFIRMED),
          of("Since the position was saved", "s", Read.SINCE, Metric.POSITION_SAVED),
          of("Confirmed", "ops", Read.A_SECOND, Metric.EVENTS),
          of("Received", "ops", Read.A_SECOND, Metric.RECEIVED),
          of("Bytes", "Bps", Read.A_SECOND, Metric.PUBLISHED_BYTES, Metric.RECEIVED_BYTES),
          of("Publishing to confirm", "s", Read.QUANTILES, Metric.CONFIRM_DURATION),
          of(
              "Messages in flight",
              "short",
              Read.AS_IT_IS,
              Metric.IN_FLIGHT_MESSAGES,
              Metric.IN_FLIGHT_MESSAGES_LIMIT),
          of(
              "Bytes in flight",
              "bytes",
              Read.AS_IT_IS,
              Metric.IN_FLIGHT_BYTES,
              Metric.IN_FLIGHT_BYTES_LIMIT),
          of("Blocked by RabbitMQ", "percentunit", Read.A_SECOND, Metric.BLOCKED),
          of("Parked in an hour", "short", Read.IN_AN_HOUR, Metric.PARKED),
          of("Repeats in an hour", "short", Read.IN_AN_HOUR, Metric.REPEATS),
          of("Gaps", "short", Read.AS_IT_IS, Metric.GAPS),
          of("Reconnects in an hour", "short", Read.IN_AN_HOUR, Metric.RECONNECTS),
          of("Failures in an hour", "short", Read.IN_AN_HOUR, Metric.FAILURES),
          of("Lease held", "short", Read.AS_IT_IS, Metric.LEASE_HELD),
          of("State", "short", Read.AS_IT_IS, Metric.STATE),
          of("Snapshot: documents", "short", Read.AS_IT_IS, Metric.SNAPSHOT_DOCUMENTS),
          of("Snapshot: ranges left", "short", Read.AS_IT_IS, Metric.SNAPSHOT_RANGES),
          of("Version", "short", Read.AS_IT_IS, Metric.BUILD_INFO));

  static final List<Panel> OF_CONSUMER =
      List.of(
          of("Lag of consumers", "s", Read.AS_IT_IS, Metric.CONSUME_LAG),
          of("Messages behind, of a stream", "short", Read.AS_IT_IS, Metric.CONSUME_BEHIND),
          of("Since the commit of what was applied last", "s", Read.SINCE, Metric.CONSUME_POSITION),
          of("Applied", "ops", Read.A_SECOND, Metric.CONSUME_EVENTS),
          of("Documents", "ops", Read.A_SECOND, Metric.CONSUME_DOCUMENTS),
          of("A batch", "s", Read.QUANTILES, Metric.CONSUME_BATCHES),
          of("Parked by consumers in an hour", "short", Read.IN_AN_HOUR, Metric.CONSUME_PARKED),
          of("Retries in an hour", "short", Read.IN_AN_HOUR, Metric.CONSUME_RETRIES));

  private static Panel of(String title, String unit, Read read, Metric... metrics) {
    return new Panel(title, unit, read, List.of(metrics));
  }

  String type() {
    return "timeseries";
  }

  String help() {
    return metrics.get(0).help();
  }

  List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    for (Metric metric : metrics) {
      if (metric.type() == Type.HISTOGRAM) {
        lines.add(quantile("0.5", metric));
        lines.add(quantile("0.99", metric));
      } else {
        lines.add(new Line(expression(metric), legend(metric)));
      }
    }
    return lines;
  }

  private static Line quantile(String quantile, Metric metric) {
    return new Line(
        "histogram_quantile("
            + quantile
            + ", sum by (le, job, instance) (rate("
            + metric.fullName()
            + "_bucket"
            + CHOSEN
            + "[$__rate_interval])))",
        quantile + " {{job}} {{instance}}");
  }

  private String expression(Metric metric) {
    String chosen = metric.fullName() + CHOSEN;
    return switch (read) {
      case AS_IT_IS -> metric == Metric.STATE ? chosen + " == 1" : chosen;
      case SINCE -> "time() - " + chosen;
      case A_SECOND -> "rate(" + chosen + "[$__rate_interval])";
      case IN_AN_HOUR -> "increase(" + chosen + "[1h])";
      case QUANTILES -> throw new IllegalArgumentException(metric + " is no histogram");
    };
  }

  private String legend(Metric metric) {
    StringBuilder legend = new StringBuilder();
    if (metrics.size() > 1) {
      legend.append(metric.fullName().replaceFirst("^sluice_", "")).append(' ');
    }
    metric.labels().forEach(label -> legend.append("{{").append(label).append("}} "));
    return legend.append("{{job}} {{instance}}").toString();
  }
}
