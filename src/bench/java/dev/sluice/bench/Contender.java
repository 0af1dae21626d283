package dev.sluice.bench;

import java.util.Locale;

/** Who takes part. The order is that of the tables. */
enum Contender {
  SOURCE("source only: the change stream read as raw BSON and dropped"),
  SINK("sink only: ready-made bodies published with confirms"),
  BARE("bare loop: each event's raw bytes published as they come"),
  LABELLED("labelled loop: the bare one, each message with properties and headers as Sluice's has"),
  SLUICE("Sluice: the shipped jar with its default settings"),
  COUNTED("counted: Sluice with SLUICE_HTTP, of which nobody asks anything"),
  WATCHED("watched: Sluice with SLUICE_HTTP, whose /metrics and /status are read each second"),
  PIPE("trivial Java pipe: the library's toJson of the document, published; keeps no position"),
  PYTHON("plain Python: pymongo watch, json_util, pika with confirms; keeps no position"),
  DEBEZIUM("Debezium Server 3.6.0.Final with its RabbitMQ sink, tuned"),
  SINK_STREAM("sink only, by RabbitMQ's stream protocol: ready-made bodies with confirms"),
  BARE_STREAM("bare loop, by the stream protocol: each event's raw bytes published as they come"),
  SLUICE_STREAM("Sluice with SLUICE_TARGET=stream, else its default settings");

  private final String meaning;

  Contender(String meaning) {
    this.meaning = meaning;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String meaning() {
    return meaning;
  }

  /** Whether it is the shipped jar. */
  boolean isSluice() {
    return this == SLUICE || this == COUNTED || this == WATCHED || this == SLUICE_STREAM;
  }

  /** Whether it publishes by the stream protocol. */
  boolean isStreamed() {
    return name().endsWith("_STREAM");
  }

  /** Whether its latency is measured: an event comes from MongoDB and arrives in a queue. */
  boolean isLive() {
    return this != SOURCE && this != SINK && !isStreamed();
  }

  /** What it publishes to. */
  String queueType(Load load) {
    return isStreamed() ? Load.STREAM : load.queueType();
  }

  /** A synchronous confirm for each message: a fifth of the backlog says the same in less time. */
  int events(Load load) {
    return this == PYTHON ? Math.max(1, load.events() / 5) : load.events();
  }
}
