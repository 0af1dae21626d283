package dev.sluice.monitor;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Whether the threads that the work depends on still do what they are told: each is asked again and
 * again for a sign of life. A thread that waits for a server is not among them.
 */
public final class ThreadPulse {
  /** The largest event is encoded in less than a second, and collecting garbage takes less too. */
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final Map<String, Executor> threads;
  private final LongSupplier nanoTime;

  /** When a thread was asked that has not answered. */
  private final Map<String, Long> asked = new TreeMap<>();

  /**
   * @param threads by name
   */
  public ThreadPulse(Map<String, Executor> threads) {
    this(threads, System::nanoTime);
  }

  ThreadPulse(Map<String, Executor> threads, LongSupplier nanoTime) {
    this.threads = Map.copyOf(threads);
    this.nanoTime = nanoTime;
  }

  /** Asks those that have answered. */
  synchronized void ask() {
    threads.forEach(
        (name, thread) -> {
          if (asked.putIfAbsent(name, nanoTime.getAsLong()) == null) {
            thread.execute(() -> answered(name));
          }
        });
  }

  private synchronized void answered(String name) {
    asked.remove(name);
  }

  /** Each thread, and whether it is well. */
  synchronized Map<String, Boolean> wellByName() {
    Map<String, Boolean> well = new TreeMap<>();
    threads
        .keySet()
        .forEach(
            name -> {
              Long since = asked.get(name);
              well.put(name, since == null || nanoTime.getAsLong() - since <= LONGEST.toNanos());
            });
    return well;
  }
}
