package dev.sluice.rabbit;

import dev.sluice.pipeline.EventPublisher.Outcomes;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Which numbers the messages have that a stream's answers name by their ids. Bounded by the window,
 * through which every message has come.
 *
 * <p>Messages come from the publishing thread, answers from the connection's.
 */
final class SentIds {
  private record Sent(long id, long number) {}

  private final ArrayDeque<Sent> sent = new ArrayDeque<>();

  synchronized void add(long id, long number) {
    sent.addLast(new Sent(id, number));
  }

  /** Tells of numbers that follow one another at once. */
  void confirmed(long[] ids, Outcomes outcomes) {
    long first = 0;
    long last = -1;
    for (long id : ids) {
      long number = take(id);
      if (number == last + 1) {
        last = number;
        continue;
      }
      if (last >= first) {
        outcomes.confirmed(first, last);
      }
      first = number;
      last = number;
    }
    if (last >= first) {
      outcomes.confirmed(first, last);
    }
  }

  /** Nearly always the oldest: RabbitMQ answers in order, but for what it has already. */
  private synchronized long take(long id) {
    Iterator<Sent> each = sent.iterator();
    while (each.hasNext()) {
      Sent candidate = each.next();
      if (candidate.id == id) {
        each.remove();
        return candidate.number;
      }
    }
    throw new IllegalStateException(
        "a confirm for message " + id + " of a stream, never published");
  }
}
