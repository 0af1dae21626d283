package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;

/** What kind of update a client asked for; it decides how the change is logged. */
sealed interface UpdateIntent {

  /** The whole document is new. */
  record Replacement(Document document) implements UpdateIntent {}

  /** Operators such as {@code $set}; the log shows the paths they touched. */
  record Operators(Document update) implements UpdateIntent {}

  /** An aggregation pipeline; the log shows the difference of the two documents. */
  record Pipeline(Document result) implements UpdateIntent {}

  static UpdateIntent of(Document update) {
    boolean operators = !update.isEmpty() && update.keySet().iterator().next().startsWith("$");
    return operators ? new Operators(update) : new Replacement(update);
  }
}
