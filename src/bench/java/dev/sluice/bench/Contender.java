package dev.sluice.bench;

import java.util.Locale;

/** Who takes part. The order is that of the tables. */
enum Contender {
  SOURCE("source only: the change stream read as raw BSON and dropped"),
  SINK("sink only: ready-made bodies published with confirms"),
  BARE("bare loop: each event's raw bytes published as they come"),
  LABELLED("labelled loop: the bare one, each message with properties and headers as Sluice's has"),
  SLUICE("Sluice: the shipped jar with its default settings"),
  WATCHED("watched: Sluice with SLUICE_HTTP, which /metrics and /status are read of all the time"),
  PIPE("trivial Java pipe: the library's toJson of the document, published; keeps no position"),
  PYTHON("plain Python: pymongo watch, json_util, pika with confirms; keeps no position"),
  DEBEZIUM("Debezium Server 3.6.0.Final with its RabbitMQ sink, tuned");

  private final String meaning;

  Contender(String meaning) {
    this.meaning = meaning;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String meaning() {
    return meaning;
  }

  /** Whether it is the shipped jar. */
  boolean isSluice() {
    return this == SLUICE || this == WATCHED;
  }

  /** Whether what it carries comes from MongoDB and arrives at RabbitMQ. */
  boolean isWhole() {
    return this != SOURCE && this != SINK;
  }

  /** A synchronous confirm for each message: a fifth of the backlog says the same in less time. */
  int events(Load load) {
    return this == PYTHON ? Math.max(1, load.events() / 5) : load.events();
  }
}
