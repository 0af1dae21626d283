package dev.sluice.monitor;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.Operation;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.pipeline.PipelineMeter;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * Counts what goes through the pipeline. Each count belongs to one of its threads, so counting is
 * an ordinary write; nothing is allocated for an event.
 */
public final class PipelineCounts implements PipelineMeter {
  /** What else RabbitMQ gets than what MongoDB names; see docs/MESSAGE_FORMAT.md. */
  private static final List<String> OWN_OPERATIONS =
      List.of("gap", "commit", "snapshot-started", "snapshot-completed", "snapshot-abandoned");

  /** The one of them that says that changes are missing. */
  static final String GAP = "gap";

  private static final List<String> PARKING_REASONS = List.of("poison", "oversized", "unroutable");

  /** What is of no name that is known. There is none yet. */
  private static final String OTHER = "other";

  private static final long MILLIS_PER_SECOND = 1_000;

  private static final long NOT_NOTED = 0;

  private final Clock clock;
  private final LongSupplier nanoTime;
  private final StateNotes notes;

  /** By number, round and round: when it was committed, in milliseconds since 1970. */
  private final AtomicLongArray committedMillis;

  /** Likewise when it was published, in nanoseconds of no certain beginning. */
  private final AtomicLongArray publishedNanos;

  private final Tally received = new Tally();
  private final Tally receivedBytes = new Tally();
  private final Tally encoded = new Tally();
  private final Tally published = new Tally();
  private final Tally publishedBytes = new Tally();
  private final Tally confirmed = new Tally();
  private final Tally confirmedBytes = new Tally();
  private final Tally repeats = new Tally();
  private final Map<String, Tally> operations = new LinkedHashMap<>();
  private final Map<String, Tally> parked = new LinkedHashMap<>();
  private final Tally otherOperations = new Tally();
  private final Tally otherReasons = new Tally();
  private final DurationCounts confirmDurations = new DurationCounts();
  private final Map<Side, Tally> reconnects = new EnumMap<>(Side.class);
  private final Map<Side, Boolean> broken = new EnumMap<>(Side.class);

  /** Written by the connection's thread; when and of which commit the last confirm was. */
  private final AtomicLong lastConfirmNanos = new AtomicLong();

  private final AtomicLong lastConfirmedCommitMillis = new AtomicLong();

  private volatile Instant positionSaved;

  /**
   * @param window SLUICE_MAX_IN_FLIGHT
   * @param notes told of failures
   */
  public PipelineCounts(int window, StateNotes notes, Clock clock) {
    this(window, notes, clock, System::nanoTime);
  }

  PipelineCounts(int window, StateNotes notes, Clock clock, LongSupplier nanoTime) {
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.notes = notes;
    this.committedMillis = new AtomicLongArray(window);
    this.publishedNanos = new AtomicLongArray(window);
    for (Operation operation : Operation.values()) {
      operations.put(operation.text(), new Tally());
    }
    OWN_OPERATIONS.forEach(operation -> operations.put(operation, new Tally()));
    PARKING_REASONS.forEach(reason -> parked.put(reason, new Tally()));
    for (Side side : Side.values()) {
      reconnects.put(side, new Tally());
      broken.put(side, false);
    }
  }

  @Override
  public void admitted(long number, Change change) {
    received.add(1);
    receivedBytes.add(change.sizeBytes());
    committedMillis.setRelease(slot(number), committedMillis(change));
  }

  /** MongoDB tells milliseconds since 6.0, and whole seconds before. */
  private long committedMillis(Change change) {
    if (change instanceof ChangeEvent event) {
      if (event.has(Field.WALL_TIME)) {
        return event.int64(Field.WALL_TIME);
      }
      if (event.has(Field.CLUSTER_TIME)) {
        return (event.int64(Field.CLUSTER_TIME) >>> Integer.SIZE) * MILLIS_PER_SECOND;
      }
    }
    return clock.millis();
  }

  @Override
  public void encoded(Message message) {
    encoded.add(1);
  }

  @Override
  public void published(long number, Message message) {
    published.add(1);
    publishedBytes.add(message.body().length);
    // Read behind what the message itself is handed over by.
    publishedNanos.setPlain(slot(number), nanoTime.getAsLong());
  }

  @Override
  public void confirmed(long number, Message message) {
    long now = nanoTime.getAsLong();
    confirmDurations.record(now - publishedNanos.getPlain(slot(number)));
    confirmed.add(1);
    confirmedBytes.add(message.body().length);
    if (message.destination().isParking()) {
      parked.getOrDefault(reason(message), otherReasons).add(1);
    }
    operations.getOrDefault(message.type(), otherOperations).add(1);
    lastConfirmedCommitMillis.setRelease(committedMillis.getAcquire(slot(number)));
    // Whoever looks before the next one of this place is noted must not take it for this one.
    committedMillis.setRelease(slot(number), NOT_NOTED);
    lastConfirmNanos.setRelease(now);
  }

  private static String reason(Message message) {
    return String.valueOf(message.headers().get(ParkedMessages.REASON));
  }

  @Override
  public void leftUnanswered(int messages) {
    repeats.add(messages);
  }

  @Override
  public void failed(PipelineException failure) {
    notes.failed(failure.kind().name(), failure.getMessage());
  }

  @Override
  public void broke(Side side) {
    synchronized (broken) {
      broken.put(side, true);
    }
  }

  @Override
  public void works(Side side) {
    synchronized (broken) {
      if (broken.put(side, false)) {
        reconnects.get(side).add(1);
      }
    }
  }

  /** The position was saved. From any thread. */
  void saved() {
    positionSaved = clock.instant();
  }

  boolean isBroken(Side side) {
    synchronized (broken) {
      return broken.get(side);
    }
  }

  long received() {
    return received.sum();
  }

  long receivedBytes() {
    return receivedBytes.sum();
  }

  long encoded() {
    return encoded.sum();
  }

  long published() {
    return published.sum();
  }

  long publishedBytes() {
    return publishedBytes.sum();
  }

  long confirmed() {
    return confirmed.sum();
  }

  long confirmedBytes() {
    return confirmedBytes.sum();
  }

  long repeats() {
    return repeats.sum();
  }

  long reconnects(Side side) {
    return reconnects.get(side).sum();
  }

  DurationCounts confirmDurations() {
    return confirmDurations;
  }

  /** How many were confirmed, by operation; one that has none yet is there with 0. */
  Map<String, Long> operations() {
    return sums(operations, otherOperations);
  }

  /** How many of them went to the parking queue, by reason. */
  Map<String, Long> parked() {
    return sums(parked, otherReasons);
  }

  private static Map<String, Long> sums(Map<String, Tally> tallies, Tally others) {
    Map<String, Long> sums = new LinkedHashMap<>();
    tallies.forEach((name, tally) -> sums.put(name, tally.sum()));
    if (others.sum() > 0) {
      sums.put(OTHER, others.sum());
    }
    return sums;
  }

  /** When the position was last saved. */
  Optional<Instant> positionSaved() {
    return Optional.ofNullable(positionSaved);
  }

  /** When RabbitMQ last confirmed something. */
  Optional<Instant> lastConfirmed() {
    return confirmed() == 0
        ? Optional.empty()
        : Optional.of(
            clock.instant().minusNanos(nanoTime.getAsLong() - lastConfirmNanos.getAcquire()));
  }

  /**
   * When the change was committed that has this number, in milliseconds since 1970. One that was
   * taken in this moment counts as committed now.
   */
  long committedMillis(long number) {
    long noted = committedMillis.getAcquire(slot(number));
    return noted == NOT_NOTED ? clock.millis() : noted;
  }

  /** When the change was committed that was confirmed last. */
  long lastConfirmedCommitMillis() {
    return lastConfirmedCommitMillis.getAcquire();
  }

  /** How long ago the last confirm was. */
  long sinceLastConfirmMillis() {
    return confirmed() == 0
        ? Long.MAX_VALUE
        : TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - lastConfirmNanos.getAcquire());
  }

  private int slot(long number) {
    return (int) (number % committedMillis.length());
  }

  static String name(Side side) {
    return side == Side.SOURCE ? "source" : "broker";
  }
}
