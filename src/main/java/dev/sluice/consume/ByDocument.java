package dev.sluice.consume;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Shares a batch among workers, each document's changes always to the same one, so that they stay
 * in order. What concerns more than one document waits for all before it and holds all behind it.
 * With one worker it is the caller's thread that works. For one caller.
 */
public final class ByDocument implements AutoCloseable {
  /** What a worker does, in its own thread. */
  public interface Share {
    /**
     * Applies the events, one behind the other.
     *
     * @param events at least one, in their order
     * @param goOn false once another worker has failed: what is not begun then is better left
     * @throws TargetException if it cannot
     */
    void apply(List<Event> events, BooleanSupplier goOn);
  }

  /** What a worker may take to notice that it was interrupted. */
  private static final long ENDING_SECONDS = 5;

  private final int workers;
  private final ExecutorService threads;

  /**
   * @param workers how many; each has a thread until this is closed, if there is more than one
   */
  public ByDocument(int workers) {
    this.workers = workers;
    this.threads = workers == 1 ? null : Executors.newFixedThreadPool(workers, named());
  }

  private static ThreadFactory named() {
    AtomicInteger count = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, "sluice-worker-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Returns when all of the batch is applied; or throws when no worker works any more, and then
   * some of it may be applied and some not. Of several failures the one is thrown that asks for
   * most: unusable before unavailable before refused.
   */
  public void apply(Batch batch, Share share) {
    if (workers == 1) {
      if (!batch.isEmpty()) {
        share.apply(batch.events(), () -> true);
      }
      return;
    }
    List<List<Event>> shares = noShares();
    for (Event event : batch.events()) {
      if (event.type().isOnDocument()) {
        shares.get(workerOf(event.key())).add(event);
      } else {
        together(shares, share);
        shares = noShares();
        share.apply(List.of(event), () -> true);
      }
    }
    together(shares, share);
  }

  private List<List<Event>> noShares() {
    List<List<Event>> shares = new ArrayList<>(workers);
    for (int i = 0; i < workers; i++) {
      shares.add(new ArrayList<>());
    }
    return shares;
  }

  /** The collection has no part in it: a rename does not take a document to another worker. */
  private int workerOf(DocumentKey key) {
    int hash = key.hashCode();
    return Math.floorMod(hash ^ hash >>> 16, workers);
  }

  private void together(List<List<Event>> shares, Share share) {
    AtomicBoolean failed = new AtomicBoolean();
    List<Callable<Void>> work = new ArrayList<>();
    for (List<Event> events : shares) {
      if (!events.isEmpty()) {
        work.add(() -> applied(events, share, failed));
      }
    }
    List<RuntimeException> failures = new ArrayList<>();
    try {
      for (Future<Void> each : threads.invokeAll(work)) {
        failureOf(each, failures);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw TargetException.unavailable("The workers were interrupted", e);
    }
    failures.stream().min(Comparator.comparing(ByDocument::weight)).ifPresent(ByDocument::raise);
  }

  private static Void applied(List<Event> events, Share share, AtomicBoolean failed) {
    try {
      share.apply(events, () -> !failed.get());
      return null;
    } catch (RuntimeException | Error e) {
      failed.set(true);
      throw e;
    }
  }

  private static void failureOf(Future<Void> ended, List<RuntimeException> failures)
      throws InterruptedException {
    try {
      ended.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        failures.add(failure);
      } else {
        failures.add(new IllegalStateException("A worker has failed", e.getCause()));
      }
    }
  }

  /** What is no failure of the target is one of ours, and comes first. */
  private static int weight(RuntimeException failure) {
    if (failure instanceof TargetException known) {
      return switch (known.kind()) {
        case UNUSABLE -> 1;
        case UNAVAILABLE -> 2;
        case REFUSED -> 3;
      };
    }
    return 0;
  }

  private static void raise(RuntimeException failure) {
    throw failure;
  }

  /** Interrupts the workers if they still work, and waits a moment for their end. */
  @Override
  public void close() {
    if (threads == null) {
      return;
    }
    threads.shutdownNow();
    // Also where the caller was interrupted: what its workers have begun has to end with it.
    boolean interrupted = Thread.interrupted();
    try {
      threads.awaitTermination(ENDING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
