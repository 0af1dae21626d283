package dev.sluice.rabbit;

import dev.sluice.pipeline.EventPublisher.Outcomes;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What a lane's confirms mean: a channel counts its own messages, from 1, and here stands which
 * numbers they have among those of all lanes.
 *
 * <p>Numbers come from the publishing thread, confirms from the connection's.
 */
final class LaneNumbers implements Outcomes {
  private static final long CONFIRMED = 0;

  private final Outcomes outcomes;

  /** By tag, round and round; {@link #CONFIRMED} where nothing is due. */
  private final AtomicLongArray numbers;

  /** The newest tag. Raised behind its number, so that whoever sees it sees the number. */
  private volatile long last;

  /** All up to this tag are confirmed. The connection's thread alone touches it. */
  private long confirmedUpTo;

  /**
   * @param outcomes told of all lanes' messages, each on its own
   * @param maxInFlight how many numbers lie between the oldest unconfirmed and the newest, at most
   */
  LaneNumbers(Outcomes outcomes, int maxInFlight) {
    this.outcomes = outcomes;
    this.numbers = new AtomicLongArray(maxInFlight);
  }

  /** The next message of this lane has this number. */
  void next(long number) {
    numbers.set(slot(last + 1), number);
    last++;
  }

  @Override
  public void confirmed(long tag, boolean upTo) {
    if (tag > last) {
      outcomes.lost(
          new PipelineException(
              FailureKind.BUG, "a confirm for message " + tag + " of a lane, never published"));
      return;
    }
    while (upTo && confirmedUpTo < tag) {
      confirm(confirmedUpTo + 1);
    }
    if (!upTo && tag > confirmedUpTo) {
      confirm(tag);
    }
  }

  /**
   * Passes a confirm on last of all: behind it there is room for more, and a number that comes then
   * may lie in the slot of one that is confirmed and was not passed over yet.
   */
  private void confirm(long tag) {
    long number = numbers.getAndSet(slot(tag), CONFIRMED);
    while (confirmedUpTo < last && numbers.get(slot(confirmedUpTo + 1)) == CONFIRMED) {
      confirmedUpTo++;
    }
    if (number != CONFIRMED) {
      outcomes.confirmed(number, false);
    }
  }

  private int slot(long tag) {
    return (int) (tag % numbers.length());
  }

  @Override
  public void refused(PipelineException failure) {
    outcomes.refused(failure);
  }

  @Override
  public void returned(String messageId, PipelineException failure) {
    outcomes.returned(messageId, failure);
  }

  @Override
  public void lost(PipelineException failure) {
    outcomes.lost(failure);
  }

  @Override
  public void blocked(String reason) {
    outcomes.blocked(reason);
  }

  @Override
  public void unblocked() {
    outcomes.unblocked();
  }
}
