package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * What documents were before their newest changes, so that reads in the recent past can be
 * answered. Used under the storage lock only.
 *
 * <p>It costs next to nothing: the engine copies a document before it changes it, and the copy is
 * kept instead of being dropped.
 */
final class DocumentHistory {

  /** Rough cost of an entry besides its document. */
  private static final int OVERHEAD = 120;

  private final long maxBytes;
  private final int windowSeconds;
  private final Deque<Entry> entries = new ArrayDeque<>();
  private long bytes;
  private OpTime oldest;

  private record Entry(
      UUID collection, OpTime until, RecordedChange.Previous previous, long bytes) {}

  /**
   * @param windowSeconds how far back reads may go, as {@code minSnapshotHistoryWindowInSeconds}
   * @param maxBytes of documents at most; what is beyond shortens the window
   * @param oldest the first time that can be read at
   */
  DocumentHistory(int windowSeconds, long maxBytes, OpTime oldest) {
    this.windowSeconds = windowSeconds;
    this.maxBytes = maxBytes;
    this.oldest = oldest;
  }

  /** Begins anew at the given time: what was before is not known. */
  void startAt(OpTime time) {
    entries.clear();
    bytes = 0;
    oldest = time;
  }

  void add(UUID collection, OpTime changed, RecordedChange.Previous previous) {
    long size = OVERHEAD + weight(previous.document());
    entries.addLast(new Entry(collection, changed, previous, size));
    bytes += size;
    while (!entries.isEmpty()
        && (bytes > maxBytes || isTooOld(entries.getFirst().until(), changed))) {
      Entry dropped = entries.removeFirst();
      bytes -= dropped.bytes();
      oldest = dropped.until();
    }
  }

  private boolean isTooOld(OpTime time, OpTime now) {
    return Integer.toUnsignedLong(time.seconds()) + windowSeconds
        < Integer.toUnsignedLong(now.seconds());
  }

  /**
   * Refuses a time that is too long ago, as WiredTiger does.
   *
   * @param now the newest time of the set
   */
  void requireReadable(OpTime at, OpTime now) {
    if (oldest.isAfter(at) || isTooOld(at, now)) {
      throw new ServerError(
          239,
          "SnapshotTooOld",
          "Read timestamp " + at.text() + " is older than the oldest available timestamp.");
    }
  }

  /**
   * Documents of the collection that have changed since, as they were at the time; null for one
   * that was not there.
   */
  Map<Object, Document> changedSince(
      UUID collection, OpTime at, Comparator<Object> order, Predicate<Object> wanted) {
    Map<Object, Document> then = new TreeMap<>(order);
    Iterator<Entry> newestFirst = entries.descendingIterator();
    while (newestFirst.hasNext()) {
      Entry entry = newestFirst.next();
      if (!entry.until().isAfter(at)) {
        break;
      }
      if (entry.collection().equals(collection) && wanted.test(entry.previous().id())) {
        then.put(entry.previous().id(), entry.previous().document());
      }
    }
    return then;
  }

  boolean isUnchangedSince(UUID collection, OpTime at) {
    return changedSince(collection, at, BsonOrder.SIMPLE, id -> true).isEmpty();
  }

  private static long weight(Object value) {
    if (value instanceof String text) {
      return 16L + text.length();
    } else if (value instanceof Map<?, ?> map) {
      long sum = 0;
      for (Object field : map.values()) {
        sum += 48 + weight(field);
      }
      return sum;
    } else if (value instanceof Collection<?> values) {
      return values.stream().mapToLong(DocumentHistory::weight).sum();
    } else if (value instanceof BinData data) {
      return data.getData().length;
    }
    return value instanceof OpaqueValue opaque ? opaque.payload().length : 16;
  }
}
