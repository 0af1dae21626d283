package dev.sluice.rabbit;

import dev.sluice.pipeline.EventPublisher.Outcomes;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What a channel's answers are about: a channel counts its messages, from 1 (RabbitMQ docs:
 * Publisher Confirms), and here stands which numbers they were published under. The two differ
 * where messages are spread over several channels, and behind one that was published again.
 *
 * <p>Numbers come from the publishing thread, answers from the connection's.
 */
final class DeliveryTags {
  private static final long ANSWERED = 0;

  /**
   * How many messages may be published again while another one is left without an answer; beyond
   * that the channel is given up, as for a confirm that does not come.
   */
  private static final int REPEATS = 4_096;

  private final Outcomes outcomes;

  /** By tag, round and round; {@link #ANSWERED} where nothing is due. */
  private final AtomicLongArray numbers;

  /** The newest tag. Raised behind its number, so that whoever sees it sees the number. */
  private volatile long last;

  /** All up to this tag are answered. Written by the connection's thread alone. */
  private volatile long answeredUpTo;

  /**
   * @param maxInFlight how many messages are unconfirmed at the most
   */
  DeliveryTags(Outcomes outcomes, int maxInFlight) {
    this.outcomes = outcomes;
    this.numbers = new AtomicLongArray(maxInFlight + REPEATS);
  }

  /**
   * The channel's next message has this number.
   *
   * @throws PipelineException if an old one has been left without an answer for too long
   */
  void next(long number) {
    if (last - answeredUpTo == numbers.length()) {
      throw new PipelineException(
          FailureKind.TRANSIENT,
          "RabbitMQ has left a message without an answer while it answered those behind it");
    }
    numbers.setRelease(slot(last + 1), number);
    last++;
  }

  /** An ack, of one message or of all up to it. */
  void confirmed(long tag, boolean upTo) {
    if (isKnown(tag)) {
      answered(tag, upTo, outcomes::confirmed);
    }
  }

  /** A nack, of one message or of all up to it. */
  void refused(long tag, boolean upTo, String why) {
    if (isKnown(tag)) {
      answered(
          tag,
          upTo,
          (first, until) -> {
            for (long number = first; number <= until; number++) {
              outcomes.refused(number, why);
            }
          });
    }
  }

  private boolean isKnown(long tag) {
    if (tag > last) {
      outcomes.lost(
          new PipelineException(
              FailureKind.BUG, "an answer for message " + tag + " of a channel, never published"));
      return false;
    }
    return true;
  }

  private interface Run {
    void of(long first, long last);
  }

  /**
   * Tells of numbers that follow one another at once: with one channel, of one run an answer. Tells
   * last of all: behind it there may be room for more, which then must not be in the way of what is
   * answered and was not passed over yet.
   */
  private void answered(long tag, boolean upTo, Run run) {
    long first = ANSWERED;
    long until = ANSWERED;
    for (long each = upTo ? answeredUpTo + 1 : tag; each <= tag; each++) {
      long number = each > answeredUpTo ? numbers.get(slot(each)) : ANSWERED;
      if (number == ANSWERED) {
        continue;
      }
      if (first != ANSWERED && number != until + 1) {
        tell(run, first, until);
        first = ANSWERED;
      }
      numbers.setRelease(slot(each), ANSWERED);
      first = first == ANSWERED ? number : first;
      until = number;
    }
    if (first != ANSWERED) {
      tell(run, first, until);
    }
  }

  private void tell(Run run, long first, long until) {
    pass();
    run.of(first, until);
  }

  private void pass() {
    long passed = answeredUpTo;
    long newest = last;
    while (passed < newest && numbers.get(slot(passed + 1)) == ANSWERED) {
      passed++;
    }
    answeredUpTo = passed;
  }

  private int slot(long tag) {
    return (int) (tag % numbers.length());
  }
}
