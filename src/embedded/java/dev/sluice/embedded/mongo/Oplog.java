package dev.sluice.embedded.mongo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The set's bounded change log: entries in order of time, each with a sequence number for ever.
 *
 * <p>A reader remembers a sequence number and is told when there is more. Finding a time is a
 * binary search, reading on is an index: neither depends on how long the log is. Thread-safe; the
 * lock is held for a copy of references only.
 */
final class Oplog {

  private static final int INITIAL_CAPACITY = 1024;

  private final OplogLimit limit;
  private OplogEntry[] ring = new OplogEntry[INITIAL_CAPACITY];
  private long first;
  private long next;
  private long bytes;
  private boolean truncated;
  private List<Runnable> waiters = new ArrayList<>();

  Oplog(OplogLimit limit) {
    this.limit = limit;
  }

  /** Appends entries of one critical section and wakes whoever waits, on the calling thread. */
  void append(List<OplogEntry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    List<Runnable> woken;
    synchronized (this) {
      for (OplogEntry entry : entries) {
        add(entry);
      }
      shrinkTo(limit.entries(), bytes > limit.bytes() ? limit.bytes() - slack() : limit.bytes());
      woken = waiters;
      waiters = new ArrayList<>();
    }
    woken.forEach(Runnable::run);
  }

  /**
   * A server takes a piece of its log away at a time (WiredTiger's truncate markers): between two
   * of them its oldest entry stays, and whoever has asked for that can begin there.
   */
  private long slack() {
    return limit.bytes() / 16;
  }

  private void add(OplogEntry entry) {
    int size = (int) (next - first);
    if (size == ring.length) {
      OplogEntry[] larger = new OplogEntry[ring.length * 2];
      for (long sequence = first; sequence < next; sequence++) {
        larger[slot(sequence, larger.length)] = ring[slot(sequence, ring.length)];
      }
      ring = larger;
    }
    ring[slot(next, ring.length)] = entry;
    next++;
    bytes += entry.size();
  }

  private static int slot(long sequence, int length) {
    return (int) (sequence & (length - 1));
  }

  /** Drops the oldest entries, but never the newest one: a server always has a last entry. */
  private void shrinkTo(long maxEntries, long maxBytes) {
    while (next - first > 1 && (next - first > maxEntries || bytes > maxBytes)) {
      int slot = slot(first, ring.length);
      bytes -= ring[slot].size();
      ring[slot] = null;
      first++;
      truncated = true;
    }
  }

  /** Forgets all but the newest entry, as if the log had been overrun. */
  synchronized void roll() {
    shrinkTo(1, Long.MAX_VALUE);
  }

  /** Says that there were older entries, which are gone. */
  synchronized void forgotten() {
    truncated = true;
  }

  /** Runs the action once the log reaches past the given sequence number; at once if it has. */
  void whenPast(long sequence, Runnable action) {
    synchronized (this) {
      if (next <= sequence) {
        waiters.add(action);
        return;
      }
    }
    action.run();
  }

  synchronized void forget(Runnable waiter) {
    waiters.remove(waiter);
  }

  /**
   * Up to {@code max} entries from a sequence number on.
   *
   * @return empty Optional if that place has been overrun
   */
  synchronized Optional<List<OplogEntry>> read(long from, int max) {
    if (from < first) {
      return Optional.empty();
    }
    int count = (int) Math.min(max, next - from);
    OplogEntry[] copy = new OplogEntry[Math.max(0, count)];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = ring[slot(from + i, ring.length)];
    }
    return Optional.of(Arrays.asList(copy));
  }

  /** The sequence number of the first entry that is not before the position. */
  synchronized long seek(ResumeToken.Position position) {
    long low = first;
    long high = next;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (ring[slot(middle, ring.length)].isBefore(position)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  synchronized long end() {
    return next;
  }

  synchronized Optional<OplogEntry> oldest() {
    return next == first ? Optional.empty() : Optional.of(ring[slot(first, ring.length)]);
  }

  synchronized Optional<OplogEntry> newest() {
    return next == first ? Optional.empty() : Optional.of(ring[slot(next - 1, ring.length)]);
  }

  synchronized boolean isTruncated() {
    return truncated;
  }

  synchronized long bytes() {
    return bytes;
  }

  synchronized int count() {
    return (int) (next - first);
  }

  OplogLimit limit() {
    return limit;
  }

  /** All entries at this moment, oldest first. */
  synchronized List<OplogEntry> snapshot() {
    List<OplogEntry> copy = new ArrayList<>((int) (next - first));
    for (long sequence = first; sequence < next; sequence++) {
      copy.add(ring[slot(sequence, ring.length)]);
    }
    return copy;
  }
}
