package dev.sluice.cli;

import dev.sluice.config.HostPort;
import dev.sluice.config.SettingKey;
import dev.sluice.config.Settings;
import dev.sluice.config.WrongSettings;
import dev.sluice.monitor.About;
import dev.sluice.monitor.MonitorServer;
import dev.sluice.monitor.PipelineCounts;
import dev.sluice.monitor.PipelineMonitor;
import dev.sluice.monitor.StateNotes;
import dev.sluice.monitor.ThreadPulse;
import dev.sluice.pipeline.Beginning;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineState;
import dev.sluice.pipeline.PipelineSupervisor;
import dev.sluice.pipeline.SnapshotReport;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pipeline of the run command, watched if the settings say where that is told. */
final class PipelineMonitoring implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PipelineMonitoring.class);

  private final Settings settings;
  private final Optional<MonitorServer> server;
  private final Clock clock = Clock.systemUTC();
  private final Instant startedAt = clock.instant();
  private final StateNotes notes =
      new StateNotes(clock, Arrays.stream(FailureKind.values()).map(FailureKind::name).toList());
  private PipelineCounts counts;

  private PipelineMonitoring(Settings settings, Optional<MonitorServer> server) {
    this.settings = settings;
    this.server = server;
  }

  /**
   * Takes the address before anything else is done.
   *
   * @param ifFree where it is told if the settings say nothing and nobody else has that address;
   *     null for nowhere
   */
  static PipelineMonitoring of(Settings settings, String ifFree) {
    if (settings.http().isPresent()) {
      return new PipelineMonitoring(
          settings,
          settings.http().map(http -> MonitorServer.bind(http, SettingKey.SLUICE_HTTP.name())));
    }
    return new PipelineMonitoring(
        settings, Optional.ofNullable(ifFree).flatMap(where -> free(where)));
  }

  private static Optional<MonitorServer> free(String where) {
    try {
      HostPort address = HostPort.listenOn(where);
      return Optional.of(MonitorServer.bind(address, "--http-if-free"));
    } catch (IllegalArgumentException e) {
      throw WrongSettings.of("--http-if-free " + e.getMessage() + ".");
    } catch (WrongSettings taken) {
      log.info("No page and no metrics: {}", taken.problems().get(0));
      return Optional.empty();
    }
  }

  /** The pipeline, of which nothing is counted if nobody asks. To be made once. */
  PipelineSupervisor pipeline(Wiring wiring, Beginning beginning) {
    if (server.isEmpty()) {
      return wiring.pipeline(beginning, (state, reason) -> {});
    }
    counts = new PipelineCounts(settings.delivery().maxInFlight(), notes, clock);
    return wiring.pipeline(beginning, this::changed, counts);
  }

  private void changed(PipelineState state, String reason) {
    notes.changed(state.name(), reason == null ? "" : reason);
  }

  /** Answers from now on. */
  void serve(Wiring wiring, PipelineSupervisor pipeline, SnapshotReport report) {
    server.ifPresent(
        listening -> {
          listening.serve(
              new PipelineMonitor(
                  about(wiring),
                  settings.delivery(),
                  pipeline,
                  counts,
                  notes,
                  new ThreadPulse(wiring.threads()),
                  report::estimated,
                  clock));
          log.info("Metrics, health and a page are at {}", listening.url());
        });
  }

  private About about(Wiring wiring) {
    boolean straight = settings.rabbit().usesDefaultExchange();
    return new About(
        Version.number(),
        settings.capture().pipeline(),
        Wiring.process(),
        startedAt,
        new About.Place(wiring.mongo().address(), settings.capture().scope().toString()),
        new About.Place(
            settings.rabbit().address(),
            straight
                ? "queue " + settings.rabbit().queue()
                : "exchange "
                    + settings.rabbit().exchange()
                    + ", queue "
                    + settings.rabbit().queue()),
        settings.effective());
  }

  @Override
  public void close() {
    server.ifPresent(MonitorServer::close);
  }
}
