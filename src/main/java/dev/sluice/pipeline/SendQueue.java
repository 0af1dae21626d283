package dev.sluice.pipeline;

import dev.sluice.checkpoint.InFlightWindow;
import dev.sluice.message.Message;
import dev.sluice.pipeline.Publishing.Outgoing;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;

/**
 * The messages that wait to be published, for the first time or because they were refused, and
 * which of them may go now. Bounded by the window, through which every message has come.
 *
 * <p>Messages come from the encoder's thread, answers from the connection's; the publishing thread
 * takes.
 */
final class SendQueue {
  private final InFlightWindow window;
  private final Unconfirmed unconfirmed;
  private final Congestion congestion;
  private final Scheduler timer;
  private final Runnable wake;
  private final Queue<Outgoing> fresh = Queues.<Outgoing>unboundedMultiproducer().get();
  private final Disposable.Swap alarm = Disposables.swap();

  /** Whether a message waits for an answer about those before it. */
  private volatile boolean waiting;

  /** The oldest that was never published; touched by the publishing thread only. */
  private Outgoing head;

  /** The size of what was published last; touched by the publishing thread only. */
  private int lastBytes;

  /** Whether that wanted to be alone; touched by the publishing thread only. */
  private boolean lastAlone;

  /**
   * @param maxInFlight how many events the window holds
   * @param wake has {@link #take} be called again
   */
  SendQueue(
      InFlightWindow window, int maxInFlight, Scheduler timer, PipelineMeter meter, Runnable wake) {
    this.window = window;
    this.unconfirmed = new Unconfirmed(maxInFlight, meter);
    this.congestion = new Congestion(maxInFlight, () -> ThreadLocalRandom.current().nextDouble());
    this.timer = timer;
    this.wake = wake;
  }

  void add(Outgoing outgoing) {
    fresh.offer(outgoing);
  }

  /**
   * The message that is to be published now; it counts as published. Null if there is none, or none
   * may go: then {@code wake} is run in time, or {@link #isWokenByAnswer} is true when there is an
   * answer.
   *
   * @param alone which messages want to be on their way with no other
   */
  Outgoing take(Predicate<Message> alone) {
    Outgoing next = next();
    if (next == null) {
      return null;
    }
    boolean nextAlone = alone.test(next.message());
    if (!mayGo(next, nextAlone || lastAlone)) {
      return null;
    }
    lastAlone = nextAlone;
    if (next == head) {
      head = null;
    }
    lastBytes = next.bytes();
    unconfirmed.published(next);
    return next;
  }

  /** What was refused goes first: it is older, and its document waits for it. */
  private Outgoing next() {
    Outgoing refused = unconfirmed.firstRefused();
    if (refused != null) {
      return refused;
    }
    if (head == null) {
      head = fresh.poll();
    }
    return head;
  }

  /**
   * The order of the lines matters: an answer that comes between a "no" and the announcement that
   * we wait would not wake us.
   */
  private boolean mayGo(Outgoing next, boolean alone) {
    if (isUncongested() && isOfSizeToGo(next, alone) && window.publish(next.number())) {
      return true;
    }
    waiting = true;
    if (!isUncongested() || !isOfSizeToGo(next, alone) || !window.publish(next.number())) {
      return false;
    }
    waiting = false;
    return true;
  }

  private boolean isUncongested() {
    if (congestion.isFree()) {
      return true;
    }
    long wait = congestion.waitNanos(now(), window.awaitingConfirm());
    if (wait > 0 && wait != Congestion.UNTIL_ANSWERED) {
      alarm.update(timer.schedule(wake, wait, TimeUnit.NANOSECONDS));
    }
    return wait == 0;
  }

  /** What may be too large goes alone, so that nothing else is lost with the channel. */
  private boolean isOfSizeToGo(Outgoing next, boolean alone) {
    return !alone && Math.max(next.bytes(), lastBytes) <= unconfirmed.largestTaken()
        || window.awaitingConfirm() == 0;
  }

  /**
   * Answers have come.
   *
   * @return whether they are to be followed by {@link #take}
   */
  boolean isWokenByAnswer() {
    boolean woken = waiting;
    waiting = false;
    return woken;
  }

  /**
   * @throws IllegalStateException if one of them was never published
   */
  void confirmed(long first, long last) {
    unconfirmed.confirmed(first, last);
    window.confirm(first, last);
    if (!congestion.isFree()) {
      congestion.confirmed(last - first + 1);
    }
  }

  /**
   * One is to be published again.
   *
   * @return whether it is the first one
   */
  boolean refused(long number) {
    if (!window.refuse(number)) {
      return false;
    }
    // In this order: what may be taken at once would not wait.
    boolean first = congestion.refused(now());
    unconfirmed.refused(number);
    return first;
  }

  /** It is not to be published again, nor to count as confirmed. */
  void returned(String messageId) {
    OptionalLong number = unconfirmed.numberOf(messageId);
    number.ifPresent(
        returned -> {
          window.refuse(returned);
          unconfirmed.forget(returned);
        });
  }

  /** Whether messages are held back because others were refused. */
  boolean isThrottled() {
    return !congestion.isFree();
  }

  /**
   * To be asked now and then.
   *
   * @return whether by now, and not before, nothing is held back any more
   */
  boolean endsThrottling() {
    return !congestion.isFree() && !unconfirmed.anyRefused() && congestion.endsBy(now());
  }

  boolean isEmpty() {
    return fresh.isEmpty();
  }

  void close() {
    alarm.dispose();
  }

  /** Of a clock that nobody sets. */
  private long now() {
    return timer.now(TimeUnit.NANOSECONDS);
  }
}
