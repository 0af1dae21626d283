package dev.sluice.target.http;

import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Events that the receiver has taken out of batches that are not through. So a batch gets on with
 * each try, and to look for the one that is refused sends no other one again. In memory only:
 * behind a crash they are sent again. For several threads.
 */
final class AnsweredEvents {
  /** Of batches that were given back and come again, mostly; a batch has up to 10,000. */
  private static final int MOST = 100_000;

  private final Set<String> ids = ConcurrentHashMap.newKeySet();

  boolean has(Event event) {
    return ids.contains(event.messageId());
  }

  void add(Event event) {
    if (ids.size() >= MOST) {
      ids.clear();
    }
    ids.add(event.messageId());
  }

  /** The batch is through: who sends one of these events again means it. */
  void forget(Batch batch) {
    batch.events().forEach(event -> ids.remove(event.messageId()));
  }
}
