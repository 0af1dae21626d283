package dev.sluice.prove;

/** A write and the first message of it. */
record Landing(AttemptedWrite write, Arrival message) {
  /** When it came, by {@link System#nanoTime}. */
  long at() {
    return message.at();
  }
}
