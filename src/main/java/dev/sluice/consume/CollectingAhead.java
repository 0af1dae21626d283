package dev.sluice.consume;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Makes the next batch while one is applied: a target mostly waits for a disk or a network, and
 * reading messages takes a core. One batch is ready at the most, and one is being made.
 *
 * <p>A thread of its own makes them, for one that takes them.
 */
final class CollectingAhead implements AutoCloseable {
  /** How soon whoever takes them notices that he is to stop while nothing comes. */
  private static final Duration NOTICE = Duration.ofMillis(200);

  /**
   * @param failure why there are no more, behind all batches before it; null for a batch
   */
  private record Made(List<Delivered> batch, Throwable failure) {}

  private final Collecting collecting;
  private final BlockingQueue<Made> ready = new ArrayBlockingQueue<>(1);
  private final Thread thread = new Thread(this::collect, "sluice-collect");
  private volatile boolean waiting;

  CollectingAhead(Inbox inbox, ConsumeSettings settings, BooleanSupplier stopping) {
    this.collecting = new Collecting(inbox, settings, stopping, () -> waiting);
    thread.setDaemon(true);
    thread.start();
  }

  private void collect() {
    try {
      try {
        while (!Thread.currentThread().isInterrupted()) {
          List<Delivered> batch = collecting.next();
          if (!batch.isEmpty()) {
            waiting = false;
            ready.put(new Made(batch, null));
          }
        }
      } catch (RuntimeException | Error e) {
        ready.put(new Made(List.of(), e));
      }
    } catch (InterruptedException e) {
      // It is closed.
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The next batch, in the order of delivery; empty if nothing came for a moment.
   *
   * @throws dev.sluice.pipeline.PipelineException if the inbox fails, or if the next message is a
   *     reason to stop
   */
  List<Delivered> next() throws InterruptedException {
    waiting = true;
    Made made = ready.poll(NOTICE.toMillis(), TimeUnit.MILLISECONDS);
    waiting = made == null;
    if (made == null) {
      return List.of();
    }
    if (made.failure() instanceof Error error) {
      throw error;
    }
    if (made.failure() instanceof RuntimeException failure) {
      throw failure;
    }
    return made.batch();
  }

  /** Whatever is ready was not acknowledged, and comes again. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
