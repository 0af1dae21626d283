package dev.sluice.pipeline;

import dev.sluice.checkpoint.InFlightWindow;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * The last stage: publishes messages in order on one thread, hears what becomes of them, and is
 * done when the last one is confirmed.
 *
 * <p>What RabbitMQ refuses it publishes again on the same channel, in its place, as {@link
 * Congestion} allows. It ends at the first thing that goes wrong: a returned or lost message, a
 * channel that breaks, no answer for too long. What was not confirmed by then is published again by
 * the next attempt.
 *
 * <p>Serves one attempt and one channel, or its lanes. The queue is bounded by the window, through
 * which every message has come.
 */
final class Publishing implements EventPublisher.Outcomes {
  /** A message of a document and its number in the window. */
  record Outgoing(long number, long document, Message message) {
    int bytes() {
      return message.body().length;
    }
  }

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
  private static final int LOOKS_PER_TIMEOUT = 10;

  private final InFlightWindow window;
  private final Scheduler timer;
  private final Scheduler publisher;
  private final long lookMillis;
  private final Runnable onRoom;
  private final Leadership leadership;
  private final Refusals refusals;
  private final PipelineListener listener;
  private final PipelineMeter meter;
  private final SendQueue queue;
  private final Silence silence;
  private final AtomicInteger signals = new AtomicInteger();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Sinks.Empty<Void> end = Sinks.empty();
  private final Upstream upstream = new Upstream();

  private volatile boolean upstreamDone;

  /** What it ends by as soon as what was published is answered; null while all is well. */
  private volatile PipelineException ending;

  /** What RabbitMQ says by refusing messages. */
  private volatile String refusal = "";

  /** What was last handed to the channel, or was about to be. */
  private volatile Last last = new Last(0, null);

  private EventPublisher.ConfirmChannel channel;

  /**
   * @param maxInFlight how many events the window holds
   * @param onRoom told after confirms, on the connection's thread
   * @param leadership asked before each message whether we may still publish
   * @param refusals told which message RabbitMQ would not have
   */
  Publishing(
      InFlightWindow window,
      int maxInFlight,
      PipelineParts parts,
      Runnable onRoom,
      Leadership leadership,
      Refusals refusals,
      PipelineListener listener) {
    Duration confirmTimeout = parts.settings().confirmTimeout();
    this.window = window;
    this.timer = parts.schedulers().timer();
    this.publisher = parts.schedulers().publisher();
    this.lookMillis =
        Math.max(
            1, Math.min(confirmTimeout.toMillis() / LOOKS_PER_TIMEOUT, Congestion.CALM.toMillis()));
    this.onRoom = onRoom;
    this.leadership = leadership;
    this.refusals = refusals;
    this.listener = listener;
    this.meter = parts.meter();
    this.queue = new SendQueue(window, maxInFlight, timer, meter, this::signal);
    this.silence = new Silence(window, confirmTimeout, timer);
  }

  /**
   * Publishes all messages on the channel. Completes when these have come to their end and every
   * one is confirmed; fails with a {@link PipelineException}.
   */
  Mono<Void> publish(Flux<Outgoing> messages, EventPublisher.ConfirmChannel openChannel) {
    return Mono.defer(
        () -> {
          channel = openChannel;
          silence.ends();
          var watch =
              timer.schedulePeriodically(this::look, lookMillis, lookMillis, TimeUnit.MILLISECONDS);
          messages.subscribe(upstream);
          return end.asMono()
              .doFinally(
                  signal -> {
                    watch.dispose();
                    queue.close();
                    ended.set(true);
                    upstream.cancel();
                  });
        });
  }

  /** An event of the window needs no message: a former attempt has heard its confirm. */
  void passOver(long number) {
    window.passOver(number);
    onRoom.run();
    // Also for those queued before it: it may have been the last one that they waited for.
    signal();
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
      queue.add(outgoing);
      silentBytes += outgoing.bytes();
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
    while (!ended.get() && ending == null && !silence.isBlocked() && publishNext()) {
      published = true;
    }
    if (published) {
      requireLease();
      channel.flush();
    }
    if (ending != null && window.awaitingConfirm() == 0) {
      fail(ending);
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
    if (window.awaitingConfirm() == 0) {
      // Before it counts as waiting, or the watch may take the idle time for silence.
      silence.ends();
    }
    Outgoing next = queue.take(channel::wantsToBeAlone);
    if (next == null) {
      return false;
    }
    requireLease();
    last =
        new Last(
            next.number(),
            ParkedMessages.isPointer(next.message()) ? null : next.message().messageId());
    channel.publish(next.number(), window.idOf(next.number()), next.message(), next.document());
    return true;
  }

  @Override
  public void confirmed(long first, long until) {
    if (ended.get()) {
      return;
    }
    try {
      queue.confirmed(first, until);
    } catch (IllegalStateException e) {
      fail(PipelineException.of(e));
      return;
    }
    silence.ends();
    onRoom.run();
    if (queue.isWokenByAnswer() || upstreamDone || ending != null) {
      signal();
    }
  }

  @Override
  public void refused(long number, String why) {
    if (ended.get()) {
      return;
    }
    refusal = why;
    silence.ends();
    if (queue.refused(number) && ending == null) {
      listener.changed(PipelineState.THROTTLED, why);
    }
    signal();
  }

  /** What is known of the others is worth a moment: it need not be published again. */
  @Override
  public void returned(String messageId, PipelineException failure) {
    if (ended.get()) {
      return;
    }
    refusals.note(messageId, failure);
    queue.returned(messageId);
    if (ending == null) {
      ending = failure;
      timer.schedule(() -> fail(failure), Congestion.DUE.toMillis(), TimeUnit.MILLISECONDS);
    }
    signal();
  }

  /**
   * A broker that closes the channel because of a message does not say which. If all before the
   * last one are confirmed, it is the last. (That one only is unconfirmed does not tell: over
   * several lanes, a later message may be confirmed first.) Where messages were published again,
   * the last one may not be the newest, and must be the only one.
   */
  @Override
  public void lost(PipelineException failure) {
    // Before it is counted: another may be about to be published.
    Last newest = last;
    if (failure.kind() == FailureKind.POISON_EVENT
        && window.confirmedEvents() == newest.number() - 1
        && (!queue.isThrottled() || window.awaitingConfirm() == 1)
        && newest.messageId() != null
        && !ended.get()) {
      refusals.note(newest.messageId(), failure);
    }
    if (failure.kind().isPassing() && !ended.get()) {
      meter.broke(PipelineMeter.Side.BROKER);
    }
    fail(ending != null ? ending : failure);
  }

  @Override
  public void blocked(String reason) {
    if (ended.get()) {
      return;
    }
    silence.blocked(true);
    listener.changed(PipelineState.BLOCKED, "RabbitMQ accepts no messages: " + reason);
  }

  @Override
  public void unblocked() {
    if (ended.get()) {
      return;
    }
    silence.blocked(false);
    if (queue.isThrottled()) {
      listener.changed(PipelineState.THROTTLED, refusal);
    } else {
      listener.changed(PipelineState.STREAMING, "RabbitMQ accepts messages again");
    }
    signal();
  }

  /** Now and then, for what no answer tells. */
  private void look() {
    silence
        .failure()
        .ifPresent(
            failure -> {
              meter.broke(PipelineMeter.Side.BROKER);
              fail(failure);
            });
    if (!silence.isBlocked() && queue.endsThrottling()) {
      listener.changed(PipelineState.STREAMING, "RabbitMQ takes messages again");
      signal();
    }
  }

  private void fail(PipelineException failure) {
    if (ended.compareAndSet(false, true)) {
      upstream.cancel();
      end.tryEmitError(failure);
    }
  }
}
