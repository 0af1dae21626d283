package dev.sluice.target.file;

import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Tells repeats from events that are new, in bounded memory. Of the last ones the marks are here.
 * Only for one that is older than some that were forgotten the journal is read: in a replay, and
 * hardly ever else. Exact, but for a read of a snapshot that is repeated at a later position when
 * its first mark is forgotten already. For one thread.
 */
final class WrittenEvents {
  /** Looks for marks among those that are not here any more. */
  interface Forgotten {
    /** Those of the marks that were written. */
    Set<EventMark> among(Set<EventMark> marks) throws IOException;
  }

  private final int remembered;
  private final Set<EventMark> recent = new LinkedHashSet<>();
  private EventMark newestForgotten;

  /**
   * @param remembered how many of the last marks are kept here
   */
  WrittenEvents(int remembered) {
    this.remembered = remembered;
  }

  /** This one is written. */
  void add(EventMark mark) {
    recent.add(mark);
    if (recent.size() > remembered) {
      EventMark oldest = recent.iterator().next();
      recent.remove(oldest);
      newestForgotten = later(newestForgotten, oldest);
    }
  }

  private static EventMark later(EventMark one, EventMark other) {
    return one == null || one.compareTo(other) < 0 ? other : one;
  }

  /** Those of the marks that are written already. */
  Set<EventMark> among(Set<EventMark> marks, Forgotten forgotten) throws IOException {
    Set<EventMark> written = new HashSet<>();
    Set<EventMark> doubtful = new HashSet<>();
    for (EventMark mark : marks) {
      if (recent.contains(mark)) {
        written.add(mark);
      } else if (newestForgotten != null && mark.compareTo(newestForgotten) <= 0) {
        doubtful.add(mark);
      }
    }
    if (!doubtful.isEmpty()) {
      written.addAll(forgotten.among(doubtful));
    }
    return written;
  }
}
