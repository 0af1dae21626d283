package dev.sluice.monitor;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A sum that one thread at a time adds to and all may read. Costs an ordinary write: no thread
 * waits for another, and nothing is locked. Threads that add after one another are ordered by what
 * hands the work over.
 */
final class Tally {
  private final AtomicLong sum = new AtomicLong();

  void add(long count) {
    sum.setRelease(sum.getPlain() + count);
  }

  long sum() {
    return sum.getAcquire();
  }
}
