package dev.sluice.monitor;

import java.util.Arrays;
import java.util.List;

/**
 * Every metric of {@code /metrics} but those of the JVM. The one list of them: docs/METRICS.md is
 * held against it. Names and units follow Prometheus's own rules (its docs: Metric and label
 * naming). No label ever has a value out of a document or of a user.
 */
public enum Metric {
  BUILD_INFO(
      Program.BOTH,
      Type.GAUGE,
      "sluice_build_info",
      "1; the version of Sluice is in the label.",
      "version"),
  STATE(
      Program.BOTH,
      Type.GAUGE,
      "sluice_state",
      "1 for what the program is doing, 0 for all else that it may do.",
      "state"),
  FAILURES(
      Program.BOTH,
      Type.COUNTER,
      "sluice_failures_total",
      "Failures, each try that failed counted, by what they mean.",
      "kind"),
  LAG(
      Program.PIPELINE,
      Type.GAUGE,
      "sluice_lag_seconds",
      "Since the commit of the oldest change that RabbitMQ has not confirmed; 0 when all that was"
          + " read is. While nothing can be read: since the confirmed position."),
  OPLOG_HEADROOM(
      Program.PIPELINE,
      Type.GAUGE,
      "sluice_oplog_headroom_seconds",
      "How long until the confirmed position falls off MongoDB's oplog if it does not move; looked"
          + " at once a minute."),
  OPLOG_WINDOW(
      Program.PIPELINE,
      Type.GAUGE,
      "sluice_oplog_window_seconds",
      "How far MongoDB's oplog reaches back; looked at once a minute."),
  LAST_CONFIRMED(
      Program.PIPELINE,
      Type.GAUGE,
      "sluice_last_confirmed_timestamp_seconds",
      "When RabbitMQ last confirmed a message."),
  POSITION_SAVED(
      Program.PIPELINE,
      Type.GAUGE,
      "sluice_position_saved_timestamp_seconds",
      "When the position was last saved; it is saved only when it has moved."),
  RECEIVED(
      Program.PIPELINE,
      Type.COUNTER,
      "sluice_received_events_total",
      "Events taken in from MongoDB, those of a snapshot included."),
  RECEIVED_BYTES(
      Program.PIPELINE,
      Type.COUNTER,
      "sluice_received_bytes_total",
      "Bytes of BSON taken in from MongoDB."),
  EVENTS(
      Program.PIPELINE,
      Type.COUNTER,
      "sluice_events_total",
      "Messages that RabbitMQ has confirmed, by operation.",
      "operation"),
  PUBLISHED_BYTES(
      Program.PIPELINE,
      Type.COUNTER,
      "sluice_published_bytes_total",
      "Bytes of message bodies given to RabbitMQ, repeats included."),
  CONFIRM_DURATION(
      Program.PIPELINE,
      Type.HISTOGRAM,
      "sluice_confirm_duration_seconds",
      "From a message's publishing to RabbitMQ's confirm."),
  IN_FLIGHT_MESSAGES(
      Program.PIPELINE,
      Type.GAUGE,
      "sluice_in_flight_messages",
      "Events taken in and not confirmed."),
  IN_FLIGHT_MESSAGES_LIMIT(
      Program.PIPELINE,
      Type.GAUGE,
      "sluice_in_flight_messages_limit",
      "SLUICE_MAX_IN_FLIGHT: at so many no more is taken in."),
  IN_FLIGHT_BYTES(
      Program.PIPELINE, Type.GAUGE, "sluice_in_flight_bytes", "Bytes taken in and not confirmed."),
  IN_FLIGHT_BYTES_LIMIT(
      Program.PIPELINE,
      Type.GAUGE,
      "sluice_in_flight_bytes_limit",
      "SLUICE_MAX_IN_FLIGHT_BYTES: at so many no more is taken in."),
  BLOCKED(
      Program.PIPELINE,
      Type.COUNTER,
      "sluice_blocked_seconds_total",
      "For how long RabbitMQ has taken nothing because of an alarm."),
  PARKED(
      Program.PIPELINE,
      Type.COUNTER,
      "sluice_parked_total",
      "Messages that RabbitMQ has for the parking queue, by the reason.",
      "reason"),
  REPEATS(
      Program.PIPELINE,
      Type.COUNTER,
      "sluice_repeats_total",
      "Messages that were left without an answer when a channel ended: they are published again,"
          + " under the same ids."),
  GAPS(
      Program.PIPELINE,
      Type.COUNTER,
      "sluice_gaps_total",
      "Gaps: times that changes were lost to Sluice and consumers were told."),
  RECONNECTS(
      Program.PIPELINE,
      Type.COUNTER,
      "sluice_reconnects_total",
      "Times that a side worked again after it had failed.",
      "side"),
  LEASE_HELD(
      Program.PIPELINE,
      Type.GAUGE,
      "sluice_lease_held",
      "1 if this instance is the one that runs the pipeline."),
  SNAPSHOT_DOCUMENTS(
      Program.PIPELINE,
      Type.GAUGE,
      "sluice_snapshot_documents",
      "Documents that the running snapshot is through with; 0 without one."),
  SNAPSHOT_RANGES(
      Program.PIPELINE,
      Type.GAUGE,
      "sluice_snapshot_ranges_remaining",
      "Ranges of keys that the running snapshot has still to read; 0 without one."),
  CONSUME_LAG(
      Program.CONSUMER,
      Type.GAUGE,
      "sluice_consume_lag_seconds",
      "Since the commit of the oldest change at hand that is not applied; 0 when all are."),
  CONSUME_BEHIND(
      Program.CONSUMER,
      Type.GAUGE,
      "sluice_consume_behind_messages",
      "Messages of a stream that the target does not have, up to those that were written last at"
          + " once; looked at each five seconds. Not there for a queue."),
  CONSUME_EVENTS(
      Program.CONSUMER,
      Type.COUNTER,
      "sluice_consume_events_total",
      "Events that the target has, repeats included, by operation.",
      "operation"),
  CONSUME_DOCUMENTS(
      Program.CONSUMER,
      Type.COUNTER,
      "sluice_consume_documents_total",
      "Those of them that are of one document."),
  CONSUME_BATCHES(
      Program.CONSUMER,
      Type.HISTOGRAM,
      "sluice_consume_batch_duration_seconds",
      "How long the target took for a batch that it applied."),
  CONSUME_PARKED(
      Program.CONSUMER,
      Type.COUNTER,
      "sluice_consume_parked_total",
      "Messages that the consumer has parked, by the reason.",
      "reason"),
  CONSUME_RETRIES(
      Program.CONSUMER,
      Type.COUNTER,
      "sluice_consume_retries_total",
      "Times that the target or the queue was tried again."),
  CONSUME_POSITION(
      Program.CONSUMER,
      Type.GAUGE,
      "sluice_consume_position_timestamp_seconds",
      "When the change was committed that was applied last.");

  /** Whose metric it is. */
  public enum Program {
    PIPELINE,
    CONSUMER,
    BOTH
  }

  /** As Prometheus has them. */
  public enum Type {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  private final Program program;
  private final Type type;
  private final String fullName;
  private final String help;
  private final List<String> labels;

  Metric(Program program, Type type, String fullName, String help, String... labels) {
    this.program = program;
    this.type = type;
    this.fullName = fullName;
    this.help = help;
    this.labels = List.of(labels);
  }

  public Program program() {
    return program;
  }

  public Type type() {
    return type;
  }

  /** As it stands in {@code /metrics}, with the {@code _total} of a counter. */
  public String fullName() {
    return fullName;
  }

  /** One or two sentences, for people. */
  public String help() {
    return help;
  }

  /** The names of its labels, one at the most; their values are few and known beforehand. */
  public List<String> labels() {
    return labels;
  }

  /** Those of a program, in the order in which they are read. */
  public static List<Metric> of(Program program) {
    return Arrays.stream(values())
        .filter(metric -> metric.program == program || metric.program == Program.BOTH)
        .toList();
  }
}
