package dev.sluice.mongo;

/** What Sluice was doing when a server refused it: without that, a code tells only half. */
enum Doing {
  WATCHING("reading the change stream"),
  CHECKPOINT("keeping the position in sluice.checkpoints"),
  SNAPSHOT("reading a snapshot"),
  OTHER("");

  private final String text;

  Doing(String text) {
    this.text = text;
  }

  /** As a part of a sentence; may be empty. */
  String text() {
    return text;
  }
}
