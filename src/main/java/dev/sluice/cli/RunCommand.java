package dev.sluice.cli;

import dev.sluice.config.LogSettings;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.Settings;
import dev.sluice.config.WrongSettings;
import dev.sluice.pipeline.Beginning;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.pipeline.PipelineSupervisor;
import dev.sluice.pipeline.SnapshotReport;
import dev.sluice.pipeline.StartPoint;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the pipeline until it is told to stop. */
@Command(
    name = "run",
    description = "Runs the pipeline until it is told to stop; Ctrl-C drains and exits 0.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class RunCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(RunCommand.class);

  /** What the last saves (4 s each) and closing the connections may take on top of draining. */
  private static final Duration CLOSING = Duration.ofSeconds(12);

  private final Console console;

  @Mixin private SettingsOption settingsOption;

  @Option(
      names = "--from",
      paramLabel = "POINT",
      description =
          "Where to begin if no position is saved: now (the default), earliest, a time as"
              + " 2026-11-20T10:00:00Z, or token:<hex>.")
  private StartPoint from;

  @Option(
      names = "--reset",
      description =
          "Gives the saved position up for --from. Each start does, so take it off a service.")
  private boolean reset;

  @Option(
      names = "--http-if-free",
      paramLabel = "HOST:PORT",
      description =
          "Where metrics, health and a page are served if SLUICE_HTTP is empty, and nobody else has"
              + " that port.")
  private String httpIfFree;

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (reset && from == null) {
      throw WrongSettings.of(
          "--reset says what to give up: say where to begin as well, by --from.");
    }
    Settings settings = settingsOption.load(console.environment());
    CountDownLatch closed = new CountDownLatch(1);
    try (PipelineMonitoring monitoring = PipelineMonitoring.of(settings, httpIfFree);
        Wiring wiring = new Wiring(settings, WantedSpans.of(console.environment()))) {
      PipelineSupervisor pipeline =
          monitoring.pipeline(wiring, new Beginning(Optional.ofNullable(from), reset));
      stopOnSignal(pipeline, closed, settings.delivery().drainTimeout());
      log.info(
          "Carrying {} of {} at {} to {}{} at {}",
          String.join(", ", settings.capture().operations().stream().sorted().toList()),
          settings.capture().scope(),
          wiring.mongo().address(),
          settings.rabbit().usesDefaultExchange()
              ? "queue " + settings.rabbit().queue()
              : "exchange "
                  + settings.rabbit().exchange()
                  + " and queue "
                  + settings.rabbit().queue(),
          byRoutes(settings.route().routes().size(), settings.rabbit()),
          settings.rabbit().address());
      LossWarnings.of(settings).forEach(log::warn);
      SnapshotReport report = report(wiring, pipeline);
      monitoring.serve(wiring, pipeline, report);
      report.during(wiring.run(pipeline)).block();
    } catch (PipelineException failure) {
      if (settings.log().format() == LogSettings.Format.TEXT) {
        throw failure;
      }
      // Whoever reads the log as JSON is to find the end there as well.
      log.error(failure.getMessage(), failure.kind() == FailureKind.BUG ? failure : null);
      return ExitCode.of(failure.kind());
    } finally {
      closed.countDown();
    }
    return ExitCode.OK;
  }

  /** On a terminal a line that is written over by the next one, and by the log. */
  private SnapshotReport report(Wiring wiring, PipelineSupervisor pipeline) {
    if (!console.terminal()) {
      return wiring.snapshotReport(pipeline, Duration.ofMinutes(1), log::info);
    }
    return wiring.snapshotReport(
        pipeline,
        Duration.ofSeconds(1),
        line -> {
          console.err().print("\u001b[K" + line + "\r");
          console.err().flush();
        });
  }

  private static String byRoutes(int count, RabbitSettings rabbit) {
    Set<String> queues = new TreeSet<>(rabbit.queues());
    queues.remove(rabbit.queue());
    return count == 0
        ? ""
        : ", by "
            + count
            + (count == 1 ? " route" : " routes")
            + (queues.isEmpty() ? "" : " to queue " + String.join(", ", queues));
  }

  /**
   * A signal starts the shutdown hooks, and when these are done the JVM exits with the signal's
   * number. Ours stops the pipeline, waits until all is closed, and then ends the process with 0
   * itself: a stop that was asked for and went well is no failure.
   */
  private static void stopOnSignal(
      PipelineSupervisor pipeline, CountDownLatch closed, Duration drainTimeout) {
    Thread hook =
        new Thread(
            () -> {
              if (closed.getCount() == 0) {
                return;
              }
              pipeline.stop();
              try {
                Duration patience = drainTimeout.plus(CLOSING);
                if (closed.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                  Runtime.getRuntime().halt(ExitCode.OK);
                }
                log.warn("Not everything closed in time; nothing is lost by that");
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "sluice-stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }
}
