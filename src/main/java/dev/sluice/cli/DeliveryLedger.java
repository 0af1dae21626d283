package dev.sluice.cli;

import com.rabbitmq.client.Delivery;
import dev.sluice.inserter.Write;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Holds writes against deliveries: which write has come out, how long after its acknowledgement,
 * and what came twice or before an earlier one of its document. Thread-safe.
 */
public final class DeliveryLedger {
  /** What else comes, of a snapshot, of a collection or of the pipeline itself, answers none. */
  private static final Set<String> WRITES = Set.of("insert", "update", "replace", "delete");

  private record Expected(String operation, long acknowledgedNanos) {}

  /** A millisecond's digits are of interest, a day's are not. */
  private static final int HISTOGRAM_DIGITS = 3;

  private final Map<String, ArrayDeque<Expected>> due = new HashMap<>();

  /** Events that overtook the acknowledgement of their write. */
  private final Map<String, ArrayDeque<String>> early = new HashMap<>();

  private final Set<String> seen = new HashSet<>();
  private final Histogram micros = new Histogram(HISTOGRAM_DIGITS);
  private long waiting;

  /** Of whomever: a stream's last stretch may have other people's writes, too. */
  private long came;

  private long delivered;
  private long duplicated;
  private long reordered;
  private PipelineException failure;

  /** Notes that a write was acknowledged. */
  public synchronized void acknowledged(Write write, long nanos) {
    String id = write.id().toHexString();
    String operation = write.kind().name().toLowerCase(Locale.ROOT);
    ArrayDeque<String> before = early.get(id);
    if (before != null && !before.isEmpty()) {
      if (!before.removeFirst().equals(operation)) {
        reordered++;
      }
      delivered++;
      micros.recordValue(0);
      return;
    }
    due.computeIfAbsent(id, key -> new ArrayDeque<>()).add(new Expected(operation, nanos));
    waiting++;
  }

  /**
   * Notes an event.
   *
   * @return how long after the acknowledgement it came, in milliseconds; 0 if before it; negative
   *     if it is a repeat, or answers no write
   */
  public synchronized double delivered(Delivery delivery, long nanos) {
    if (!WRITES.contains(delivery.getProperties().getType())) {
      return -1;
    }
    if (!seen.add(delivery.getProperties().getMessageId())) {
      duplicated++;
      return -1;
    }
    came++;
    notifyAll();
    String id = EventLine.header(delivery, "id");
    String operation = delivery.getProperties().getType();
    ArrayDeque<Expected> writes = due.get(id);
    if (writes == null || writes.isEmpty()) {
      early.computeIfAbsent(id, key -> new ArrayDeque<>()).add(operation);
      return 0;
    }
    Expected first = writes.removeFirst();
    waiting--;
    delivered++;
    if (!first.operation().equals(operation)) {
      reordered++;
    }
    long took = Math.max(0, nanos - first.acknowledgedNanos());
    micros.recordValue(took / 1000);
    return took / 1e6;
  }

  /**
   * Waits until every write that was acknowledged has come out, or nothing has for that long, or
   * there is nothing to be waited for any more.
   */
  public synchronized void awaitAll(Duration patience) {
    long news = came;
    long until = System.nanoTime() + patience.toNanos();
    try {
      while (waiting > 0 && failure == null && until - System.nanoTime() > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, until - System.nanoTime());
        if (came > news) {
          news = came;
          until = System.nanoTime() + patience.toNanos();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Notes that no more deliveries can be seen. */
  synchronized void fail(PipelineException reason) {
    failure = reason;
    notifyAll();
  }

  /** Why no more deliveries can be seen. */
  public synchronized Optional<PipelineException> failure() {
    return Optional.ofNullable(failure);
  }

  /** How many writes have come out. */
  public synchronized long delivered() {
    return delivered;
  }

  public synchronized long duplicated() {
    return duplicated;
  }

  public synchronized long reordered() {
    return reordered;
  }

  /** The ids of documents of which a write has not come out. */
  public synchronized List<String> missing() {
    List<String> ids = new ArrayList<>();
    due.forEach((id, writes) -> writes.forEach(write -> ids.add(id)));
    return ids;
  }

  /** A percentile of the time from acknowledgement to delivery, in milliseconds. */
  public synchronized double percentileMillis(double percentile) {
    return micros.getValueAtPercentile(percentile) / 1000.0;
  }
}
