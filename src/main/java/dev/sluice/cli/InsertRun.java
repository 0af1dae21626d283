package dev.sluice.cli;

import com.rabbitmq.client.Delivery;
import dev.sluice.inserter.InsertPlan;
import dev.sluice.inserter.Inserter;
import dev.sluice.inserter.Write;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** One run of the test inserter, with what a person is told of it. */
final class InsertRun {
  /** Shorter runs are over before a bar is of use. */
  private static final int WORTH_A_BAR = 2_000;

  /** More lines than this nobody reads. */
  private static final int MOST_TIMES_SHOWN = 50;

  private final Console console;
  private final Inserter inserter;
  private final InsertPlan plan;
  private final boolean quiet;
  private final Map<Write.Kind, Long> acknowledged = new EnumMap<>(Write.Kind.class);

  InsertRun(Console console, Inserter inserter, InsertPlan plan, boolean quiet) {
    this.console = console;
    this.inserter = inserter;
    this.plan = plan;
    this.quiet = quiet;
  }

  /** Writes; false if a write was refused, or a tick's documents could not be read back. */
  boolean write() {
    return plan.every().isPresent() ? writeInTicks() : write(new DeliveryLedger());
  }

  /**
   * Writes, and holds every write against what comes out.
   *
   * @param events what comes out, once what it is given was told that none will be missed
   * @param patience how long to wait while nothing comes
   * @return whether all of it came out, in order
   */
  boolean writeAndVerify(Function<Runnable, Flux<Delivery>> events, Duration patience) {
    DeliveryLedger ledger = new DeliveryLedger();
    CompletableFuture<Void> looking = new CompletableFuture<>();
    Disposable looksOn =
        events
            .apply(() -> looking.complete(null))
            .subscribe(
                delivery -> note(ledger, delivery),
                failure -> {
                  looking.completeExceptionally(failure);
                  ledger.fail(PipelineException.of(failure));
                });
    try {
      awaitLooking(looking);
      boolean written = write(ledger);
      ledger.awaitAll(patience);
      return report(ledger) && written;
    } finally {
      looksOn.dispose();
    }
  }

  private static void awaitLooking(CompletableFuture<Void> looking) {
    try {
      looking.join();
    } catch (CompletionException wrapped) {
      throw PipelineException.of(wrapped.getCause());
    }
  }

  private void note(DeliveryLedger ledger, Delivery delivery) {
    double millis = ledger.delivered(delivery, System.nanoTime());
    if (!quiet && millis >= 0 && plan.count() <= MOST_TIMES_SHOWN) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "delivered %s %s after %.1f ms%n",
              EventLine.header(delivery, "id"),
              delivery.getProperties().getType(),
              millis);
    }
  }

  private boolean write(DeliveryLedger ledger) {
    long began = System.nanoTime();
    boolean allWritten = true;
    try (ProgressBar bar = bar()) {
      inserter
          .write(plan)
          .doOnNext(
              write -> {
                ledger.acknowledged(write, System.nanoTime());
                noteWrite(write, bar);
              })
          .blockLast();
    } catch (PipelineException refused) {
      console.err().println("sluice: " + refused.getMessage() + ".");
      allWritten = false;
    }
    long total = acknowledged.values().stream().mapToLong(Long::longValue).sum();
    double seconds = (System.nanoTime() - began) / 1e9;
    console
        .out()
        .printf(
            Locale.ROOT,
            "acknowledged %d (%s) in %.2f s, %.0f a second; seed %d%n",
            total,
            acknowledged.entrySet().stream()
                .map(
                    entry ->
                        entry.getKey().name().toLowerCase(Locale.ROOT) + " " + entry.getValue())
                .collect(Collectors.joining(", ")),
            seconds,
            total / seconds,
            plan.seed());
    return allWritten;
  }

  private void noteWrite(Write write, ProgressBar bar) {
    acknowledged.merge(write.kind(), 1L, Long::sum);
    if (bar != null) {
      bar.step();
    } else if (!quiet) {
      console
          .out()
          .println(write.kind().name().toLowerCase(Locale.ROOT) + " " + write.id().toHexString());
    }
  }

  /** A bar on a terminal for long runs, in the place of the ids; null otherwise. */
  private ProgressBar bar() {
    return console.terminal() && plan.count() >= WORTH_A_BAR
        ? new ProgressBarBuilder()
            .setTaskName("insert")
            .setInitialMax(plan.count())
            .setStyle(ProgressBarStyle.ASCII)
            .showSpeed()
            .build()
        : null;
  }

  private boolean writeInTicks() {
    try {
      Long failed =
          inserter
              .writeInTicks(plan)
              .concatMap(
                  writes ->
                      inserter.count(plan.collection(), writes).map(found -> tick(writes, found)),
                  1)
              .filter(readBack -> !readBack)
              .count()
              .block();
      return failed != null && failed == 0;
    } catch (PipelineException refused) {
      console.err().println("sluice: " + refused.getMessage() + ".");
      return false;
    }
  }

  private boolean tick(List<Write> writes, long found) {
    writes.forEach(write -> noteWrite(write, null));
    long there =
        writes.stream().map(Write::id).distinct().count()
            - writes.stream().filter(write -> write.kind() == Write.Kind.DELETE).count();
    console.out().printf("wrote %d, read back %d of %d%n", writes.size(), found, there);
    return found == there;
  }

  private boolean report(DeliveryLedger ledger) {
    List<String> missing = ledger.missing();
    console
        .out()
        .printf(
            Locale.ROOT,
            "delivered %d, missing %d, repeated %d, out of order %d; p50 %.1f ms, p99 %.1f ms, max"
                + " %.1f ms%n",
            ledger.delivered(),
            missing.size(),
            ledger.duplicated(),
            ledger.reordered(),
            ledger.percentileMillis(50),
            ledger.percentileMillis(99),
            ledger.percentileMillis(100));
    missing.forEach(id -> console.err().println("missing " + id));
    ledger
        .failure()
        .ifPresent(failure -> console.err().println("sluice: " + failure.getMessage() + "."));
    if (!missing.isEmpty() && ledger.delivered() == 0) {
      console
          .err()
          .println(
              "Nothing came out at all: is a pipeline running? Start one by \"make"
                  + " local-start-cdc\" or \"java -jar target/sluice.jar run\".");
    }
    return missing.isEmpty() && ledger.reordered() == 0;
  }
}
