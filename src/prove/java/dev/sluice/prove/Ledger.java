package dev.sluice.prove;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All that was written and all that came out. Thread-safe. */
final class Ledger {
  private final Terms terms;
  private final List<AttemptedWrite> writes = new ArrayList<>();
  private final List<Arrival> arrivals = new ArrayList<>();
  private final Set<String> messageIds = new HashSet<>();
  private long acknowledged;
  private long outside;

  /**
   * @param terms what the verdict is to hold the messages to
   */
  Ledger(Terms terms) {
    this.terms = terms;
  }

  /** Notes a write that is about to be sent. */
  AttemptedWrite begin(AttemptedWrite.Plan plan) {
    AttemptedWrite write = new AttemptedWrite(plan, System.nanoTime());
    plan.transaction().ifPresent(transaction -> transaction.add(write));
    synchronized (this) {
      writes.add(write);
    }
    return write;
  }

  /** Notes the answer to a write. One that gets none is simply never acknowledged. */
  void acknowledge(AttemptedWrite write) {
    write.acknowledged(System.nanoTime());
    synchronized (this) {
      acknowledged++;
    }
  }

  /** Notes a write to a collection that is not watched. */
  synchronized void wroteOutside() {
    outside++;
  }

  synchronized void arrived(Arrival arrival) {
    arrivals.add(arrival);
    messageIds.add(arrival.messageId());
  }

  /** For sure while fewer events have come than are due; nobody has to judge to know that. */
  synchronized boolean somethingIsMissing() {
    return messageIds.size() < acknowledged;
  }

  synchronized long acknowledged() {
    return acknowledged;
  }

  /** How many messages came, repeats and all. */
  synchronized int arrivals() {
    return arrivals.size();
  }

  synchronized List<AttemptedWrite> writes() {
    return List.copyOf(writes);
  }

  /** How many writes went to collections that are not watched. */
  synchronized long outside() {
    return outside;
  }

  /** The verdict on what is noted so far. */
  Verdict judge() {
    List<AttemptedWrite> written;
    List<Arrival> arrived;
    synchronized (this) {
      written = List.copyOf(writes);
      arrived = List.copyOf(arrivals);
    }
    return Judge.judge(written, arrived, terms);
  }
}
