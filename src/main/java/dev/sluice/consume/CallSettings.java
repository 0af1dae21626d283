package dev.sluice.consume;

import java.time.Duration;

/**
 * How a target that calls others, a command or a receiver, goes about it.
 *
 * @param workers how many calls may be under way at the same time, each for documents of its own
 * @param timeout how long one call may take
 */
public record CallSettings(int workers, Duration timeout) {
  /** A thread each; what wants more wants another receiver. */
  private static final int MOST_WORKERS = 64;

  /** RabbitMQ cuts off who holds a message for half an hour. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  /** One behind the other. A call that takes longer than that hangs, mostly. */
  public static final CallSettings DEFAULT = new CallSettings(1, Duration.ofMinutes(1));

  public CallSettings {
    if (workers < 1 || workers > MOST_WORKERS) {
      throw TargetException.unusable("--workers is a number from 1 to " + MOST_WORKERS);
    }
    if (timeout.toMillis() < 1 || timeout.compareTo(LONGEST) > 0) {
      throw TargetException.unusable("--timeout is a time from 1ms to 10m");
    }
  }
}
