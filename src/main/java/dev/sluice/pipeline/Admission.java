package dev.sluice.pipeline;

import dev.sluice.change.Change;
import dev.sluice.checkpoint.InFlightWindow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

/**
 * The first stage: takes an event into the window as soon as there is room, and asks for the next
 * one only then. So everything behind it, whatever queues there are, is bounded by the window in
 * count and in bytes; and since one event too many is always asked for while there is room, the
 * driver fetches the next batch while this one is being worked on.
 *
 * <p>Serves one attempt.
 */
final class Admission {
  /** An event with its number in the window. */
  record Admitted(long number, Change change) {}

  private final InFlightWindow window;
  private final Scheduler scheduler;
  private final PipelineMeter meter;
  private final AtomicBoolean waking = new AtomicBoolean();
  private volatile Admitting admitting;

  /**
   * @param scheduler where more events are asked for when room has come up
   */
  Admission(InFlightWindow window, Scheduler scheduler, PipelineMeter meter) {
    this.meter = meter;
    this.window = window;
    this.scheduler = scheduler;
  }

  /** The stage. */
  Flux<Admitted> admit(Flux<Change> changes) {
    return new FluxOperator<Change, Admitted>(changes) {
      @Override
      public void subscribe(CoreSubscriber<? super Admitted> downstream) {
        admitting = new Admitting(downstream);
        source.subscribe(admitting);
      }
    };
  }

  /**
   * There may be room again. From any thread, also when the stage has come to its end: confirms
   * come after the last event. Does its work on the scheduler.
   */
  void roomMayBeFree() {
    Admitting current = admitting;
    if (current != null && !current.isWaitingForEvent() && waking.compareAndSet(false, true)) {
      scheduler.schedule(
          () -> {
            waking.set(false);
            current.askForNext();
          });
    }
  }

  private final class Admitting implements CoreSubscriber<Change>, Subscription {
    private final CoreSubscriber<? super Admitted> downstream;
    private final AtomicLong demand = new AtomicLong();

    /** Whether an event was asked for and has not come. */
    private final AtomicBoolean asked = new AtomicBoolean();

    private Subscription upstream;

    Admitting(CoreSubscriber<? super Admitted> downstream) {
      this.downstream = downstream;
    }

    @Override
    public Context currentContext() {
      return downstream.currentContext();
    }

    boolean isWaitingForEvent() {
      return asked.get();
    }

    void askForNext() {
      if (demand.get() > 0 && window.hasRoom() && asked.compareAndSet(false, true)) {
        upstream.request(1);
      }
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      upstream = subscription;
      downstream.onSubscribe(this);
    }

    @Override
    public void onNext(Change change) {
      long number;
      try {
        number =
            window.add(
                change.position(),
                change.sizeBytes(),
                change.collectionHash(),
                change.documentHash());
      } catch (RuntimeException e) {
        // Thrown at the driver it would be lost, and the stream would stand still for ever.
        upstream.cancel();
        downstream.onError(PipelineException.of(e));
        return;
      }
      meter.admitted(number, change);
      demand.decrementAndGet();
      asked.set(false);
      downstream.onNext(new Admitted(number, change));
      askForNext();
    }

    @Override
    public void onError(Throwable failure) {
      downstream.onError(failure);
    }

    @Override
    public void onComplete() {
      downstream.onComplete();
    }

    @Override
    public void request(long count) {
      demand.accumulateAndGet(count, Operators::addCap);
      askForNext();
    }

    @Override
    public void cancel() {
      upstream.cancel();
    }
  }
}
