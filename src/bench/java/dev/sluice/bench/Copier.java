package dev.sluice.bench;

import java.util.Locale;

/** Who copies a collection. The order is that of the tables. */
enum Copier {
  EXPORT(0, "export: one find, each document written as the library's JSON and dropped"),
  LOOP(0, "bare loop: one find, each document's raw bytes published with confirms, two threads"),
  LABELLED(
      0, "labelled loop: the bare one, each message with properties and headers as Sluice's has"),
  SLUICE_1(1, "Sluice with SLUICE_SNAPSHOT=initial and one reader"),
  SLUICE_2(2, "the same with two readers"),
  SLUICE_4(4, "the same with four readers"),
  DEBEZIUM(0, "Debezium Server " + DebeziumServer.VERSION + ", snapshot.mode=initial, tuned");

  private final int readers;
  private final String meaning;

  Copier(int readers, String meaning) {
    this.readers = readers;
    this.meaning = meaning;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String meaning() {
    return meaning;
  }

  /** Of Sluice; 0 for the others. */
  int readers() {
    return readers;
  }

  boolean isSluice() {
    return readers > 0;
  }

  /** What comes besides the documents: that a snapshot begins, and that it is complete. */
  int notices() {
    return isSluice() ? 2 : 0;
  }
}
