package dev.sluice.pipeline;

import dev.sluice.checkpoint.InFlightWindow;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/**
 * Since when RabbitMQ has answered nothing. The time for which it blocks does not count, nor that
 * in which no answer is due. Thread-safe.
 */
final class Silence {
  private final InFlightWindow window;
  private final Duration longest;
  private final Scheduler clock;

  /** When the last answer came, or the wait for one began. */
  private volatile long heardNanos;

  private volatile boolean blocked;

  Silence(InFlightWindow window, Duration longest, Scheduler clock) {
    this.window = window;
    this.longest = longest;
    this.clock = clock;
  }

  /** An answer has come, or the wait for one begins. */
  void ends() {
    heardNanos = now();
  }

  void blocked(boolean takesNothing) {
    ends();
    blocked = takesNothing;
  }

  /**
   * Whether the broker takes nothing. What is written all the same only fills the socket, until a
   * write hangs in it; the client can then not even report that the connection is gone.
   */
  boolean isBlocked() {
    return blocked;
  }

  /** That it has lasted for too long, if so. */
  Optional<PipelineException> failure() {
    long unheard = TimeUnit.NANOSECONDS.toMillis(now() - heardNanos);
    int awaiting = window.awaitingConfirm();
    if (blocked || awaiting == 0 || unheard <= longest.toMillis()) {
      return Optional.empty();
    }
    return Optional.of(
        new PipelineException(
            FailureKind.TRANSIENT,
            "RabbitMQ has confirmed nothing for "
                + unheard
                + " ms while "
                + awaiting
                + " messages wait for it"));
  }

  /** Of a clock that nobody sets. */
  private long now() {
    return clock.now(TimeUnit.NANOSECONDS);
  }
}
