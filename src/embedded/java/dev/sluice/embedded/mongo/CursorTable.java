package dev.sluice.embedded.mongo;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** The open cursors of one node, by their ids. Thread-safe. */
final class CursorTable {

  private final Map<Long, Entry> cursors = new ConcurrentHashMap<>();

  private static final class Entry {
    private final ServerCursor cursor;
    private final Object session;
    private long lastUse = System.nanoTime();
    private boolean inUse;

    Entry(ServerCursor cursor, Object session) {
      this.cursor = cursor;
      this.session = session;
    }

    synchronized void use(long id, Object by) {
      requireSession(id, by);
      if (inUse) {
        throw new ServerError(143, "CursorInUse", "cursor id " + id + " is already in use");
      }
      inUse = true;
    }

    /** As getmore_cmd.cpp has it, where the session is named with the digest of its user. */
    private void requireSession(long id, Object by) {
      String cursor = "Cannot run getMore on cursor " + id + ", which was ";
      if (session == null && by != null) {
        throw ServerError.location(50736, cursor + "not created in a session, in session " + by);
      }
      if (session != null && by == null) {
        throw ServerError.location(
            50737, cursor + "created in session " + session + ", without an lsid");
      }
      if (!Objects.equals(session, by)) {
        throw ServerError.location(
            50738, cursor + "created in session " + session + ", in session " + by);
      }
    }

    synchronized void release() {
      lastUse = System.nanoTime();
      inUse = false;
    }

    synchronized boolean isInUse() {
      return inUse;
    }

    synchronized boolean isIdle(long now, Duration limit) {
      return !inUse && now - lastUse > limit.toNanos();
    }
  }

  /**
   * @param session the id of the session that opens it, which alone may read it; null without one
   */
  long add(ServerCursor cursor, Object session) {
    while (true) {
      long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
      if (cursors.putIfAbsent(id, new Entry(cursor, session)) == null) {
        return id;
      }
    }
  }

  /** The cursor, marked as being read until {@link #release}. */
  ServerCursor use(long id, Object session) {
    Entry entry = cursors.get(id);
    if (entry == null) {
      throw ServerError.cursorNotFound(id);
    }
    entry.use(id, session);
    return entry.cursor;
  }

  void release(long id) {
    Entry entry = cursors.get(id);
    if (entry != null) {
      entry.release();
      if (entry.cursor.isExhausted()) {
        cursors.remove(id);
      }
    }
  }

  /**
   * What a client asks for: of a cursor that is being read only the reading is interrupted, and its
   * reader {@link #kill}s it in the end. Until then it is in use.
   *
   * @return false if there is none
   */
  boolean interrupt(long id) {
    Entry entry = cursors.get(id);
    if (entry == null || !entry.isInUse()) {
      return kill(id);
    }
    entry.cursor.kill();
    return true;
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
          if (entry.isIdle(now, limit)) {
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
