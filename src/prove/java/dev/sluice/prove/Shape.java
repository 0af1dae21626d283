package dev.sluice.prove;

import java.util.Locale;

/** How much of Sluice a run has in use. */
enum Shape {
  /** One collection, one queue, the settings as they are by default. */
  PLAIN,

  /** The same, to a stream by its own protocol: nothing is to be there twice. */
  STREAM,

  /**
   * Three collections in two databases, old and new images, transactions, hidden fields, a queue
   * for each collection, and one for what is too large.
   */
  WIDE;

  /** As it is typed. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
