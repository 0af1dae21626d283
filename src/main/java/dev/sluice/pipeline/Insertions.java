package dev.sluice.pipeline;

import dev.sluice.change.Change;
import dev.sluice.change.ResumeToken;
import dev.sluice.pipeline.ChangeSource.Progress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * A stage that lets changes of our own in between two of a stream's. It stands behind {@link
 * ChangeSource#changes} and is only there if something is to be let in.
 *
 * <p>Whoever follows it sees one stream, asks for as many changes as it wants, and hears of a
 * {@link Progress} that counts all of them: what was let in is counted, what was left out is not,
 * and a token comes behind all that was let in before it.
 *
 * <p>Serves one attempt. Two of them may stand behind one another.
 */
final class Insertions {
  /**
   * Says what comes between the changes of a stream. Called on one thread at a time, though not
   * always on the same one: a driver's, the one that asks for more, or the one that wakes it. Must
   * not block. What it hands out is kept until it is asked for, and nothing else is handed to it
   * before all of that is through: it says how much memory that takes.
   */
  interface Between {
    /**
     * The stream has brought a change.
     *
     * @param out takes the change and what comes before or behind it; without the change it is left
     *     out
     */
    void change(Change change, Consumer<Change> out);

    /**
     * The stream has come to a point where nothing is left to be handed over that was before it.
     *
     * @param out takes what comes before that point
     * @param passed whether also nothing of the token's own time is to come
     * @return whether the stream may be resumed here
     */
    boolean mark(ResumeToken token, boolean passed, Consumer<Change> out);

    /** Somebody has called {@link Insertions#wake}. */
    default void woken(Consumer<Change> out) {}

    /** The stream has come to its end. */
    default void completed(Consumer<Change> out) {}
  }

  private record Mark(long events, ResumeToken token, boolean passed) {
    void tell(Progress progress, long inAll) {
      if (passed) {
        progress.passed(inAll, token);
      } else {
        progress.reached(inAll, token);
      }
    }
  }

  private final Between between;
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile Inserting inserting;

  Insertions(Between between) {
    this.between = between;
  }

  /**
   * The stage.
   *
   * @param stream opens the stream, which tells what it is handed of its progress: behind so many
   *     of its events before the next one comes
   * @param progress hears of it in the numbers of the stream that this gives, in order
   */
  Flux<Change> into(Function<Progress, Flux<Change>> stream, Progress progress) {
    return new Flux<>() {
      @Override
      public void subscribe(CoreSubscriber<? super Change> downstream) {
        inserting = new Inserting(downstream, progress);
        stream.apply(inserting).subscribe(inserting);
      }
    };
  }

  /**
   * There is something to be let in, wherever the stream is. From any thread, on which it may be
   * handed over; heard of once the stream is subscribed to.
   */
  void wake() {
    woken.set(true);
    Inserting current = inserting;
    if (current != null) {
      current.work();
    }
  }

  private final class Inserting implements CoreSubscriber<Change>, Subscription, Progress {
    private final CoreSubscriber<? super Change> downstream;
    private final Progress progress;

    /** How much there is to look at. Who makes it 1 does the work, for all others as well. */
    private final AtomicInteger toDo = new AtomicInteger();

    private final AtomicLong demand = new AtomicLong();
    private final Queue<Mark> marks = new ConcurrentLinkedQueue<>();

    /** Null until there is one; nothing can be done before. */
    private volatile Subscription upstream;

    /** The event that was asked for; one at a time. */
    private volatile Change arrived;

    private volatile boolean complete;
    private volatile Throwable failure;
    private volatile boolean over;

    /** From here on: touched by the one who works. */
    private final ArrayDeque<Change> pending = new ArrayDeque<>();

    private boolean asked;
    private boolean toldOfEnd;
    private long seen;
    private long handedOver;

    Inserting(CoreSubscriber<? super Change> downstream, Progress progress) {
      this.downstream = downstream;
      this.progress = progress;
    }

    /** On a thread of the driver, before the events behind it. */
    @Override
    public void reached(long events, ResumeToken token) {
      marks.add(new Mark(events, token, false));
      work();
    }

    @Override
    public void passed(long events, ResumeToken token) {
      marks.add(new Mark(events, token, true));
      work();
    }

    void work() {
      if (upstream == null || toDo.getAndIncrement() > 0) {
        return;
      }
      int done = 1;
      do {
        try {
          boolean more = true;
          while (more && !over) {
            more = step();
          }
        } catch (RuntimeException e) {
          // Thrown at the driver it would be lost, and the stream would stand still for ever.
          upstream.cancel();
          fail(PipelineException.of(e));
        }
        if (over) {
          pending.clear();
          marks.clear();
        }
        done = toDo.addAndGet(-done);
      } while (done > 0);
    }

    /** Whether there was something to do, apart from asking for more. */
    private boolean step() {
      if (failure != null) {
        fail(failure);
        return false;
      }
      if (!pending.isEmpty()) {
        return handOver();
      }
      // What the stream has at hand goes first: it must not wait for ever behind who wakes us.
      return comeToMark() || takeIn() || askForNext() || wakeUp() || end();
    }

    /** Whether that has brought one at once. */
    private boolean askForNext() {
      if (demand.get() > 0 && !asked && !complete) {
        asked = true;
        upstream.request(1);
      }
      return arrived != null;
    }

    private boolean handOver() {
      if (demand.get() == 0) {
        return false;
      }
      demand.decrementAndGet();
      handedOver++;
      downstream.onNext(pending.poll());
      return true;
    }

    private boolean comeToMark() {
      Mark next = marks.peek();
      if (next == null || next.events() > seen) {
        return false;
      }
      marks.poll();
      // One that has been passed already says nothing any more.
      if (next.events() == seen && between.mark(next.token(), next.passed(), pending::add)) {
        next.tell(progress, handedOver + pending.size());
      }
      return true;
    }

    private boolean wakeUp() {
      if (!woken.compareAndSet(true, false)) {
        return false;
      }
      between.woken(pending::add);
      return true;
    }

    private boolean takeIn() {
      Change change = arrived;
      if (change == null) {
        return false;
      }
      arrived = null;
      asked = false;
      seen++;
      between.change(change, pending::add);
      return true;
    }

    private boolean end() {
      if (!complete) {
        return false;
      }
      if (!toldOfEnd) {
        toldOfEnd = true;
        between.completed(pending::add);
        return true;
      }
      over = true;
      downstream.onComplete();
      return false;
    }

    private void fail(Throwable cause) {
      over = true;
      downstream.onError(cause);
    }

    @Override
    public Context currentContext() {
      return downstream.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      upstream = subscription;
      downstream.onSubscribe(this);
    }

    @Override
    public void onNext(Change change) {
      arrived = change;
      work();
    }

    @Override
    public void onError(Throwable cause) {
      failure = cause;
      work();
    }

    @Override
    public void onComplete() {
      complete = true;
      work();
    }

    @Override
    public void request(long count) {
      demand.accumulateAndGet(count, Operators::addCap);
      work();
    }

    @Override
    public void cancel() {
      over = true;
      upstream.cancel();
      work();
    }
  }
}
