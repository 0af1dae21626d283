package dev.sluice.pipeline;

import dev.sluice.pipeline.Publishing.Outgoing;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The messages that were published and are not confirmed, kept to be published again, and which of
 * them RabbitMQ has refused. Bounded by the window that their numbers are of.
 *
 * <p>Also knows the largest message that was confirmed: a larger one may be too large, and is
 * better published when no other is on its way (RabbitMQ closes the channel over it, and with it
 * goes what it had to say of the others).
 *
 * <p>Messages come from the publishing thread, answers from the connection's.
 */
final class Unconfirmed {
  /** Nobody allows less: RabbitMQ's own limit has been 128 MiB and is 16 MiB. */
  static final int SURELY_TAKEN_BYTES = 64 * 1024;

  private final AtomicReferenceArray<Outgoing> kept;
  private final PipelineMeter meter;

  /** Empty but for a queue that is full. */
  private final NavigableSet<Long> refused = new ConcurrentSkipListSet<>();

  private volatile int largestTaken = SURELY_TAKEN_BYTES;

  /**
   * @param window how many numbers lie between the oldest and the newest at the most
   */
  Unconfirmed(int window, PipelineMeter meter) {
    this.meter = meter;
    this.kept = new AtomicReferenceArray<>(window);
  }

  /** To be told before the message is handed to the channel, whose answer may come at once. */
  void published(Outgoing outgoing) {
    if (!refused.isEmpty()) {
      refused.remove(outgoing.number());
    }
    meter.published(outgoing.number(), outgoing.message());
    kept.setRelease(slot(outgoing.number()), outgoing);
  }

  /** To be told before the window is: behind it, others may have these places. */
  void confirmed(long first, long last) {
    int largest = largestTaken;
    for (long number = first; number <= last; number++) {
      Outgoing outgoing = kept.get(slot(number));
      if (outgoing != null && outgoing.number() == number) {
        kept.setRelease(slot(number), null);
        meter.confirmed(number, outgoing.message());
        largest = Math.max(largest, outgoing.bytes());
      }
    }
    if (largest > largestTaken) {
      largestTaken = largest;
    }
  }

  void refused(long number) {
    refused.add(number);
  }

  /** It is kept no longer, and its confirm, which comes all the same, counts for nothing. */
  void forget(long number) {
    kept.setRelease(slot(number), null);
  }

  boolean anyRefused() {
    return !refused.isEmpty();
  }

  /** The one that is to be published again next; null if there is none. */
  Outgoing firstRefused() {
    if (refused.isEmpty()) {
      return null;
    }
    return kept.get(slot(refused.first()));
  }

  /** The number of the message of this id, if it is not confirmed. */
  OptionalLong numberOf(String messageId) {
    for (int i = 0; i < kept.length(); i++) {
      Outgoing outgoing = kept.get(i);
      if (outgoing != null && outgoing.message().messageId().equals(messageId)) {
        return OptionalLong.of(outgoing.number());
      }
    }
    return OptionalLong.empty();
  }

  /** The size of the largest message that RabbitMQ surely takes. */
  int largestTaken() {
    return largestTaken;
  }

  private int slot(long number) {
    return (int) (number % kept.length());
  }
}
