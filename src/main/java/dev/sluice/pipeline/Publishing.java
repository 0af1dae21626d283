package dev.sluice.pipeline;

import dev.sluice.checkpoint.InFlightWindow;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;

/**
 * The last stage: publishes messages in order on one thread, hears what becomes of them, and is
 * done when the last one is confirmed.
 *
 * <p>It ends at the first thing that goes wrong: a refused or lost message, a channel that breaks,
 * no confirm for too long. What was not confirmed by then is published again by the next attempt.
 *
 * <p>Serves one attempt and one channel, or its lanes. The queue is bounded by the window, through
 * which every message has come.
 */
final class Publishing implements EventPublisher.Outcomes {
  /** A message of a document and its number in the window, which the publisher counts as well. */
  record Outgoing(long number, long document, Message message) {}

  /**
   * @param messageId null if the message can only be published as it is
   */
  private record Last(long number, String messageId) {}

  /**
   * How many bytes of messages the publishing thread gets at a time when more are on their way: a
   * dozen small ones, so that waking it up and writing to the socket cost a twelfth for each, and
   * what the encoder makes in a tenth of a millisecond, so that none waits long.
   */
  private static final int BURST_BYTES = 16 * 1024;

  /** How many times in the confirm timeout it is looked whether it has passed. */
  private static final int CHECKS_PER_TIMEOUT = 10;

  private final InFlightWindow window;
  private final Duration confirmTimeout;
  private final Scheduler timer;
  private final Scheduler publisher;
  private final Runnable onRoom;
  private final Leadership leadership;
  private final Refusals refusals;
  private final PipelineListener listener;
  private final Queue<Outgoing> queue = Queues.<Outgoing>unboundedMultiproducer().get();
  private final AtomicInteger signals = new AtomicInteger();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Sinks.Empty<Void> end = Sinks.empty();
  private final Upstream upstream = new Upstream();

  private volatile boolean upstreamDone;

  /**
   * Whether the broker takes nothing. What is written all the same only fills the socket, until a
   * write hangs in it; the client can then not even report that the connection is gone.
   */
  private volatile boolean blocked;

  /** Whether a message waits for an earlier one of its document to be confirmed. */
  private volatile boolean holding;

  /** When the last confirm came, or the wait for one began. */
  private volatile long lastHeardNanos;

  /** The message that waits; touched by the publishing thread only. */
  private Outgoing held;

  /** What was last handed to the channel, or was about to be. */
  private volatile Last last = new Last(0, null);

  private EventPublisher.ConfirmChannel channel;

  /**
   * @param onRoom told after confirms, on the connection's thread
   * @param leadership asked before each message whether we may still publish
   * @param refusals told which message RabbitMQ would not have
   */
  Publishing(
      InFlightWindow window,
      PipelineParts parts,
      Runnable onRoom,
      Leadership leadership,
      Refusals refusals,
      PipelineListener listener) {
    this.window = window;
    this.confirmTimeout = parts.settings().confirmTimeout();
    this.timer = parts.schedulers().timer();
    this.publisher = parts.schedulers().publisher();
    this.onRoom = onRoom;
    this.leadership = leadership;
    this.refusals = refusals;
    this.listener = listener;
  }

  /**
   * Publishes all messages on the channel. Completes when these have come to their end and every
   * one is confirmed; fails with a {@link PipelineException}.
   */
  Mono<Void> publish(Flux<Outgoing> messages, EventPublisher.ConfirmChannel openChannel) {
    return Mono.defer(
        () -> {
          channel = openChannel;
          lastHeardNanos = now();
          long period = Math.max(1, confirmTimeout.toMillis() / CHECKS_PER_TIMEOUT);
          var watch =
              timer.schedulePeriodically(
                  this::failIfUnheardForTooLong, period, period, TimeUnit.MILLISECONDS);
          messages.subscribe(upstream);
          return end.asMono()
              .doFinally(
                  signal -> {
                    watch.dispose();
                    ended.set(true);
                    upstream.cancel();
                  });
        });
  }

  /** Receives the messages. Demand is unbounded because the window bounds what can come. */
  private final class Upstream extends BaseSubscriber<Outgoing> {
    /** Queued without a signal; touched by the encoder's thread only. */
    private int silentBytes;

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      requestUnbounded();
    }

    @Override
    protected void hookOnNext(Outgoing outgoing) {
      queue.offer(outgoing);
      silentBytes += outgoing.message().body().length;
      // The last one taken in waits for no other: none may ever come.
      if (silentBytes >= BURST_BYTES || outgoing.number() == window.last()) {
        silentBytes = 0;
        signal();
      }
    }

    @Override
    protected void hookOnComplete() {
      upstreamDone = true;
      signal();
    }

    @Override
    protected void hookOnError(Throwable failure) {
      fail(PipelineException.of(failure));
    }
  }

  /** Has the publishing thread look for work; while it is at it, it looks once more. */
  private void signal() {
    if (!ended.get() && signals.getAndIncrement() == 0) {
      publisher.schedule(this::work);
    }
  }

  private void work() {
    int seen = signals.get();
    do {
      try {
        publishQueued();
      } catch (RuntimeException | Error e) {
        lost(PipelineException.of(e));
      }
      seen = signals.addAndGet(-seen);
    } while (seen != 0);
  }

  private void publishQueued() {
    boolean published = false;
    while (!ended.get() && !blocked && publishNext()) {
      published = true;
    }
    if (published) {
      requireLease();
      channel.flush();
    }
    if (upstreamDone && queue.isEmpty() && window.size() == 0 && ended.compareAndSet(false, true)) {
      end.tryEmitEmpty();
    }
  }

  private void requireLease() {
    if (!leadership.isHeld()) {
      throw leadership.ranOut();
    }
  }

  /** False if there is none, or it has to wait. */
  private boolean publishNext() {
    Outgoing next = held != null ? held : queue.poll();
    if (next == null) {
      return false;
    }
    if (window.awaitingConfirm() == 0) {
      // Before it counts as waiting, or the watch may take the idle time for silence.
      lastHeardNanos = now();
    }
    if (!mayPublish(next)) {
      held = next;
      return false;
    }
    held = null;
    requireLease();
    last =
        new Last(
            next.number(),
            ParkedMessages.isPointer(next.message()) ? null : next.message().messageId());
    channel.publish(next.message(), next.document());
    return true;
  }

  /**
   * The order of the two lines matters: a confirm that comes between a "no" and the announcement
   * that we wait would not wake us.
   */
  private boolean mayPublish(Outgoing next) {
    if (window.publish(next.number())) {
      return true;
    }
    holding = true;
    if (!window.publish(next.number())) {
      return false;
    }
    holding = false;
    return true;
  }

  @Override
  public void confirmed(long number, boolean upTo) {
    if (ended.get()) {
      return;
    }
    try {
      window.confirm(number, upTo);
    } catch (IllegalStateException e) {
      fail(PipelineException.of(e));
      return;
    }
    lastHeardNanos = now();
    onRoom.run();
    if (holding || upstreamDone) {
      holding = false;
      signal();
    }
  }

  @Override
  public void refused(PipelineException failure) {
    fail(failure);
  }

  @Override
  public void returned(String messageId, PipelineException failure) {
    if (!ended.get()) {
      refusals.note(messageId, failure);
    }
    fail(failure);
  }

  /**
   * A broker that closes the channel because of a message does not say which. If all before the
   * last one are confirmed, it is the last. (That one only is unconfirmed does not tell: over
   * several lanes, a later message may be confirmed first.)
   */
  @Override
  public void lost(PipelineException failure) {
    // Before it is counted: another may be about to be published.
    Last newest = last;
    if (failure.kind() == FailureKind.POISON_EVENT
        && window.confirmedEvents() == newest.number() - 1
        && newest.messageId() != null
        && !ended.get()) {
      refusals.note(newest.messageId(), failure);
    }
    fail(failure);
  }

  @Override
  public void blocked(String reason) {
    if (ended.get()) {
      return;
    }
    blocked = true;
    listener.changed(PipelineState.BLOCKED, "RabbitMQ accepts no messages: " + reason);
  }

  @Override
  public void unblocked() {
    if (ended.get()) {
      return;
    }
    lastHeardNanos = now();
    blocked = false;
    listener.changed(PipelineState.STREAMING, "RabbitMQ accepts messages again");
    signal();
  }

  private void failIfUnheardForTooLong() {
    long unheard = TimeUnit.NANOSECONDS.toMillis(now() - lastHeardNanos);
    int awaiting = window.awaitingConfirm();
    if (!blocked && awaiting > 0 && unheard > confirmTimeout.toMillis()) {
      fail(
          new PipelineException(
              FailureKind.TRANSIENT,
              "RabbitMQ has confirmed nothing for "
                  + unheard
                  + " ms while "
                  + awaiting
                  + " messages wait for it"));
    }
  }

  private void fail(PipelineException failure) {
    if (ended.compareAndSet(false, true)) {
      upstream.cancel();
      end.tryEmitError(failure);
    }
  }

  /** Of a clock that nobody sets: in nanoseconds. */
  private long now() {
    return timer.now(TimeUnit.NANOSECONDS);
  }
}
