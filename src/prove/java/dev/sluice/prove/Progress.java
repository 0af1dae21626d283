package dev.sluice.prove;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Tells whoever waits how far the run is. Thread-safe. */
final class Progress implements AutoCloseable {
  /** On a terminal one line that changes; elsewhere lines, and fewer of them. */
  private static final int TERMINAL_SECONDS = 2;

  private static final int LOG_SECONDS = 15;

  private final PrintStream out;
  private final boolean rewrites;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          action -> {
            Thread thread = new Thread(action, "prove-progress");
            thread.setDaemon(true);
            return thread;
          });
  private int shown;

  Progress(PrintStream out, boolean terminal, Map<String, String> environment) {
    this.out = out;
    this.rewrites = terminal && !environment.containsKey("NO_COLOR");
  }

  /** A line that stays. */
  synchronized void say(String line) {
    erase();
    out.println(line);
  }

  void begin(Ledger ledger, long start, Duration duration) {
    int seconds = rewrites ? TERMINAL_SECONDS : LOG_SECONDS;
    clock.scheduleAtFixedRate(
        () -> show(status(ledger, start, duration)), seconds, seconds, TimeUnit.SECONDS);
  }

  private static String status(Ledger ledger, long start, Duration duration) {
    return "%s of %s: acknowledged %,d, messages %,d"
        .formatted(
            Report.clock(System.nanoTime() - start),
            Report.clock(duration.toNanos()),
            ledger.acknowledged(),
            ledger.arrivals());
  }

  private synchronized void show(String status) {
    erase();
    if (rewrites) {
      out.print(status);
      out.flush();
      shown = status.length();
    } else {
      out.println(status);
    }
  }

  private void erase() {
    if (shown > 0) {
      out.print("\r" + " ".repeat(shown) + "\r");
      shown = 0;
    }
  }

  void fault(FaultRecord fault, long start) {
    say(
        String.format(
                Locale.ROOT,
                "%s  %-28s%6.1f s  %s",
                Report.clock(fault.struckAt() - start),
                fault.planned().kind().word(),
                (fault.liftedAt() - fault.struckAt()) / 1e9,
                fault.failure().map(why -> "FAILED: " + why).orElse(fault.detail()))
            .stripTrailing());
  }

  synchronized void end() {
    clock.shutdownNow();
    erase();
  }

  @Override
  public void close() {
    end();
  }
}
