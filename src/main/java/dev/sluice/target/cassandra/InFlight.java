package dev.sluice.target.cassandra;

import dev.sluice.consume.TargetException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Requests that are under way at the same time, so many at most. One thread adds them and waits for
 * them; each ends by itself, since the driver gives up in time. Behind a failure no more are sent.
 */
final class InFlight {
  private final int most;
  private final Semaphore free;
  private final AtomicReference<TargetException> failure = new AtomicReference<>();

  InFlight(int most) {
    this.most = most;
    this.free = new Semaphore(most);
  }

  /**
   * Sends one when there is room for it.
   *
   * @param recognise what its failure is
   */
  void add(
      Supplier<? extends CompletionStage<?>> request,
      Function<Throwable, TargetException> recognise) {
    free.acquireUninterruptibly();
    if (failure.get() != null) {
      free.release();
      return;
    }
    CompletionStage<?> sent;
    try {
      sent = request.get();
    } catch (RuntimeException e) {
      free.release();
      throw recognise.apply(e);
    }
    sent.whenComplete(
        (done, e) -> {
          if (e != null) {
            failure.compareAndSet(null, recognise.apply(e));
          }
          free.release();
        });
  }

  /**
   * Returns when all have been answered.
   *
   * @throws TargetException the first failure
   */
  void await() {
    free.acquireUninterruptibly(most);
    free.release(most);
    if (failure.get() != null) {
      throw failure.get();
    }
  }
}
