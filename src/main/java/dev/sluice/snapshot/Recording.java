package dev.sluice.snapshot;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which documents have changed since a moment, and when last, as far as the stream has come. Holds
 * <em>all</em> that were changed after {@link #since}, so what was read at a moment that is not
 * before it can be told apart: still so, or changed since.
 *
 * <p>Bounded: if there are too many, it gives up all and begins anew at the present.
 */
final class Recording {
  /** What a key takes beside its own bytes, roughly: the entry, the objects around them. */
  private static final int OVERHEAD_BYTES = 150;

  private final int maxKeys;
  private final long maxBytes;

  /** In the order of their times, as the stream is. */
  private final LinkedHashMap<DocumentKey, Long> changed = new LinkedHashMap<>();

  private long bytes;
  private long since;

  Recording(long since, int maxKeys, long maxBytes) {
    this.since = since;
    this.maxKeys = maxKeys;
    this.maxBytes = maxBytes;
  }

  /** Notes a change; they come in the order of their times. */
  void changed(DocumentKey document, long time) {
    if (!ClusterTimes.isBefore(since, time)) {
      return;
    }
    if (changed.remove(document) == null) {
      bytes += size(document);
    }
    changed.put(document, time);
    if (changed.size() > maxKeys || bytes > maxBytes) {
      changed.clear();
      bytes = 0;
      since = time;
    }
  }

  private static int size(DocumentKey document) {
    return document.sizeBytes() + OVERHEAD_BYTES;
  }

  /** Whatever is read from now on is read at this moment or later. */
  void forgetUpTo(long time) {
    if (!ClusterTimes.isBefore(since, time)) {
      return;
    }
    since = time;
    Iterator<Map.Entry<DocumentKey, Long>> oldest = changed.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<DocumentKey, Long> entry = oldest.next();
      if (ClusterTimes.isBefore(time, entry.getValue())) {
        return;
      }
      bytes -= size(entry.getKey());
      oldest.remove();
    }
  }

  /** Whether it can tell of everything that was read at this moment. */
  boolean reachesBackTo(long time) {
    return !ClusterTimes.isBefore(time, since);
  }

  /** Whether the document was changed after this moment, to which it must reach back. */
  boolean isNewer(DocumentKey document, long time) {
    Long last = changed.get(document);
    return last != null && ClusterTimes.isBefore(time, last);
  }

  boolean isEmpty() {
    return changed.isEmpty();
  }
}
