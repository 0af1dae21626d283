package dev.sluice.embedded.mongo;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** The open cursors of one node, by their ids. Thread-safe. */
final class CursorTable {

  private final Map<Long, Entry> cursors = new ConcurrentHashMap<>();

  private static final class Entry {
    private final ServerCursor cursor;
    private volatile long lastUse = System.nanoTime();
    private volatile boolean inUse;

    Entry(ServerCursor cursor) {
      this.cursor = cursor;
    }
  }

  long add(ServerCursor cursor) {
    while (true) {
      long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
      if (cursors.putIfAbsent(id, new Entry(cursor)) == null) {
        return id;
      }
    }
  }

  /** The cursor, marked as being read until {@link #release}. */
  ServerCursor use(long id) {
    Entry entry = cursors.get(id);
    if (entry == null) {
      throw ServerError.cursorNotFound(id);
    }
    entry.inUse = true;
    return entry.cursor;
  }

  void release(long id) {
    Entry entry = cursors.get(id);
    if (entry != null) {
      entry.lastUse = System.nanoTime();
      entry.inUse = false;
      if (entry.cursor.isExhausted()) {
        cursors.remove(id);
      }
    }
  }

  boolean kill(long id) {
    Entry entry = cursors.remove(id);
    if (entry == null) {
      return false;
    }
    entry.cursor.kill();
    return true;
  }

  void killAll() {
    cursors.keySet().forEach(this::kill);
  }

  /** Forgets cursors that nobody has read for so long, as a server does after ten minutes. */
  void killIdle(Duration limit) {
    long now = System.nanoTime();
    cursors.forEach(
        (id, entry) -> {
          if (!entry.inUse && now - entry.lastUse > limit.toNanos()) {
            kill(id);
          }
        });
  }

  boolean contains(long id) {
    return cursors.containsKey(id);
  }

  int size() {
    return cursors.size();
  }
}
