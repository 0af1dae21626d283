package dev.sluice.prove;

import java.util.ArrayList;
import java.util.List;

/**
 * Several writes that MongoDB is to do together or not at all. Its writer fills it, anybody may
 * read it once it is in the ledger.
 */
final class TransactionAttempt {
  private final String name;
  private final List<AttemptedWrite> writes = new ArrayList<>();

  /**
   * @param name for reports
   */
  TransactionAttempt(String name) {
    this.name = name;
  }

  synchronized void add(AttemptedWrite write) {
    writes.add(write);
  }

  /** In the order in which they were sent. */
  synchronized List<AttemptedWrite> writes() {
    return List.copyOf(writes);
  }

  @Override
  public String toString() {
    return "transaction " + name;
  }
}
