package dev.sluice.pipeline;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How fast a broker is approached that refuses messages because a queue is full. Behind a refusal
 * nothing is published until what is due for the messages before it has come, and then, after a
 * pause, one message only. Each confirm lets one more be unanswered, so that their number doubles
 * from one round to the next until nothing is held back; the next refusal begins anew. The pause
 * doubles with each refusal and halves with each confirm.
 *
 * <p>Costs nothing while nothing is refused. Times are nanoseconds of a clock that nobody sets.
 * Thread-safe: answers come from the connection's thread, questions from the publishing one.
 */
final class Congestion {
  /** Not for a time, but until there is another answer. */
  static final long UNTIL_ANSWERED = Long.MAX_VALUE;

  /** A nack comes at once, a confirm when the disk is through: RabbitMQ says up to 0.2 s. */
  static final Duration DUE = Duration.ofSeconds(1);

  /** About what a queue takes to hand over some messages to its consumers. */
  static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);

  /** One message a second is no burden to a queue that nobody reads from. */
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** Without a refusal for so long it is over. A queue that hovers at its limit refuses sooner. */
  static final Duration CALM = Duration.ofSeconds(5);

  private final int window;
  private final DoubleSupplier random;
  private volatile boolean free = true;
  private long lastRefusal;

  /** Whether it waits for what is due behind a refusal, and until when at the longest. */
  private boolean settling;

  private long dueUntil;

  /** Those of which an answer was awaited for that long in vain: they are not counted. */
  private int silent;

  private long pause = SHORTEST_PAUSE.toNanos();
  private long pausedUntil;

  /** How many messages may be without an answer. */
  private int limit;

  /**
   * @param window how many messages may be without an answer while nothing is refused
   * @param random numbers from 0 to 1
   */
  Congestion(int window, DoubleSupplier random) {
    this.window = window;
    this.random = random;
  }

  /** Whether nothing is held back. */
  boolean isFree() {
    return free;
  }

  /**
   * A message was refused.
   *
   * @return whether it is the first one
   */
  synchronized boolean refused(long now) {
    boolean first = free;
    free = false;
    lastRefusal = now;
    if (!settling) {
      settling = true;
      dueUntil = now + DUE.toNanos();
    }
    return first;
  }

  /** Messages were confirmed. */
  synchronized void confirmed(long count) {
    pause = Math.max(SHORTEST_PAUSE.toNanos(), pause / 2);
    if (!settling) {
      limit = (int) Math.min(window, limit + count);
    }
  }

  /**
   * How long not to publish; 0 if a message may go now. Waiting for a time may end with an answer.
   *
   * @param unanswered how many messages wait for an answer
   */
  synchronized long waitNanos(long now, int unanswered) {
    if (free) {
      return 0;
    }
    silent = Math.min(silent, unanswered);
    if (settling) {
      if (unanswered > silent && now < dueUntil) {
        return dueUntil - now;
      }
      begin(now, unanswered);
    }
    if (now < pausedUntil) {
      return pausedUntil - now;
    }
    return unanswered - silent < limit ? 0 : UNTIL_ANSWERED;
  }

  private void begin(long now, int unanswered) {
    settling = false;
    silent = unanswered;
    limit = 1;
    // Between half of it and all of it: many pipelines must not come back at one instant.
    pausedUntil = now + (long) (pause * (0.5 + random.getAsDouble() / 2));
    pause = Math.min(LONGEST_PAUSE.toNanos(), 2 * pause);
  }

  /**
   * Ends it, if nothing was refused for a while. To be asked when nothing refused is left to be
   * published.
   *
   * @return whether it has ended by this
   */
  synchronized boolean endsBy(long now) {
    if (free || settling || now - lastRefusal < CALM.toNanos()) {
      return false;
    }
    free = true;
    silent = 0;
    pause = SHORTEST_PAUSE.toNanos();
    return true;
  }
}
