package dev.sluice.monitor;

import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Counts what goes through a consumer. Messages are received on one thread, all else happens on the
 * consumer's own, so counting is an ordinary write.
 */
public final class ConsumerCounts {
  private final Clock clock;
  private final StateNotes notes;
  private final Map<String, Tally> operations = new LinkedHashMap<>();
  private final Map<String, Tally> parked = new LinkedHashMap<>();
  private final Tally received = new Tally();
  private final Tally events = new Tally();
  private final Tally documents = new Tally();
  private final Tally retries = new Tally();
  private final DurationCounts batches = new DurationCounts();

  /** How many events are being applied, and the commit of the oldest; 0 for none. */
  private volatile int underWay;

  private volatile long oldestMillis;
  private volatile long lastCommitMillis;
  private volatile long lastAppliedMillis;

  private volatile OptionalLong behind = OptionalLong.empty();

  /**
   * @param operationNames all that there are
   * @param reasons all for which something is parked
   */
  public ConsumerCounts(
      Collection<String> operationNames,
      Collection<String> reasons,
      StateNotes notes,
      Clock clock) {
    this.notes = notes;
    this.clock = clock;
    operationNames.forEach(name -> operations.put(name, new Tally()));
    reasons.forEach(name -> parked.put(name, new Tally()));
  }

  /** A message has come. */
  public void received() {
    received.add(1);
  }

  /**
   * A batch is tried, for the first time or once more.
   *
   * @param size how many events it has
   * @param oldestCommitMillis when the first one was committed
   */
  public void tried(int size, long oldestCommitMillis) {
    oldestMillis = oldestCommitMillis;
    underWay = size;
  }

  /** The target has one event of the batch. To be told before {@link #applied}. */
  public void event(String operation, boolean ofOneDocument) {
    add(operations, operation);
    events.add(1);
    if (ofOneDocument) {
      documents.add(1);
    }
  }

  /**
   * The target has the batch.
   *
   * @param newestCommitMillis when the last one was committed
   */
  public void applied(long nanos, long newestCommitMillis) {
    batches.record(nanos);
    lastCommitMillis = newestCommitMillis;
    lastAppliedMillis = clock.millis();
    settled();
    if (notes.state().name().equals("BACKING_OFF")) {
      works("the target takes changes again");
    }
  }

  /** No batch is under way: it is parked, or split. */
  public void settled() {
    underWay = 0;
  }

  /**
   * It was looked how far behind the reader is.
   *
   * @param messages of a stream that are not done; empty if nobody knows
   */
  public void behind(OptionalLong messages) {
    behind = messages;
  }

  public void parked(String reason) {
    add(parked, reason);
  }

  /** What nobody knew of beforehand is no label. */
  private static void add(Map<String, Tally> tallies, String name) {
    Tally tally = tallies.get(name);
    if (tally != null) {
      tally.add(1);
    }
  }

  /** Something has failed that is tried again. */
  public void retried(String kind, String why) {
    retries.add(1);
    failed(kind, why);
    notes.changed("BACKING_OFF", why);
  }

  /** Something has failed for good. */
  public void failed(String kind, String why) {
    notes.failed(kind, why);
  }

  /** It reads the queue. */
  public void works(String how) {
    notes.changed("STREAMING", how);
  }

  long receivedMessages() {
    return received.sum();
  }

  long events() {
    return events.sum();
  }

  long documents() {
    return documents.sum();
  }

  long retries() {
    return retries.sum();
  }

  /** Messages of the stream that are not done; empty of a queue, and if nobody knows. */
  OptionalLong behind() {
    return behind;
  }

  int underWay() {
    return underWay;
  }

  DurationCounts batches() {
    return batches;
  }

  Map<String, Long> operations() {
    return sums(operations);
  }

  Map<String, Long> parked() {
    return sums(parked);
  }

  private static Map<String, Long> sums(Map<String, Tally> tallies) {
    Map<String, Long> sums = new LinkedHashMap<>();
    tallies.forEach((name, tally) -> sums.put(name, tally.sum()));
    return sums;
  }

  /** When the oldest change was committed that is under way; empty if none is. */
  OptionalLong oldestMillis() {
    return underWay == 0 ? OptionalLong.empty() : OptionalLong.of(oldestMillis);
  }

  /** When the change was committed that was applied last; empty before the first. */
  OptionalLong lastCommitMillis() {
    return events() == 0 ? OptionalLong.empty() : OptionalLong.of(lastCommitMillis);
  }

  /** When that was applied. */
  long lastAppliedMillis() {
    return lastAppliedMillis;
  }
}
