package dev.sluice.prove;

import com.mongodb.client.MongoClient;
import java.util.Random;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The load: some threads, each with documents of its own, so that nobody but its one writer decides
 * the order of a document's writes.
 */
final class Writers implements AutoCloseable {
  /** Longer than the client's own time-outs, after which each write has an outcome. */
  private static final long PATIENCE_SECONDS = 30;

  private final ScheduledThreadPoolExecutor threads;
  private final WriteSender sender;
  private final Layout layout;
  private final Ledger ledger;
  private final ProveOptions options;
  private final long seed;

  Writers(MongoClient client, Layout layout, Ledger ledger, ProveOptions options, long seed) {
    this.sender = new WriteSender(client);
    this.layout = layout;
    this.ledger = ledger;
    this.options = options;
    this.seed = seed;
    this.threads =
        new ScheduledThreadPoolExecutor(
            options.writers(), action -> new Thread(action, "prove-writer"));
  }

  /** Begins to write, at the rate of the options; what a fault held up is made up for. */
  void start() {
    Random seeds = new Random(seed);
    int writers = options.writers();
    long period = TimeUnit.SECONDS.toNanos(1) * writers / options.rate();
    for (int n = 0; n < writers; n++) {
      int keys = options.keys() / writers + (n < options.keys() % writers ? 1 : 0);
      Writer writer =
          new Writer("w" + n, keys, layout, sender, ledger, new Random(seeds.nextLong()));
      // Spread, so that the writers take turns from the start.
      threads.scheduleAtFixedRate(writer, period * n / writers, period, TimeUnit.NANOSECONDS);
    }
  }

  /** Returns when the last write has its outcome. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
