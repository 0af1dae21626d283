package dev.sluice.cli;

import dev.sluice.config.HostPort;
import dev.sluice.config.Settings;
import dev.sluice.config.WrongSettings;
import dev.sluice.consume.ConsumeSettings;
import dev.sluice.consume.EventType;
import dev.sluice.consume.Inbox;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetUri;
import dev.sluice.monitor.About;
import dev.sluice.monitor.ConsumerCounts;
import dev.sluice.monitor.ConsumerMonitor;
import dev.sluice.monitor.MonitorServer;
import dev.sluice.monitor.StateNotes;
import dev.sluice.pipeline.FailureKind;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/** A consumer's queue and target, watched if the command line says where that is told. */
final class ConsumerMonitoring implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConsumerMonitoring.class);

  private static final String OPTION = "--http";

  /** Why a consumer parks; see docs/TARGETS.md. */
  private static final List<String> REASONS = List.of("refused", "behind", "damaged");

  private final Optional<MonitorServer> server;
  private final Clock clock = Clock.systemUTC();
  private final Instant startedAt = clock.instant();
  private final StateNotes notes =
      new StateNotes(clock, Arrays.stream(FailureKind.values()).map(FailureKind::name).toList());
  private final ConsumerCounts counts =
      new ConsumerCounts(
          Arrays.stream(EventType.values()).map(EventType::text).toList(), REASONS, notes, clock);

  private ConsumerMonitoring(Optional<MonitorServer> server) {
    this.server = server;
  }

  /**
   * Takes the address before anything else is done.
   *
   * @param http null for nowhere
   */
  static ConsumerMonitoring of(String http) {
    if (http == null) {
      return new ConsumerMonitoring(Optional.empty());
    }
    HostPort address;
    try {
      address = HostPort.listenOn(http);
    } catch (IllegalArgumentException e) {
      throw WrongSettings.of(OPTION + " " + e.getMessage() + ".");
    }
    return new ConsumerMonitoring(Optional.of(MonitorServer.bind(address, OPTION)));
  }

  /**
   * @param blocking on which it is asked how far behind the queue's end it is
   */
  Inbox.Opener watched(Inbox.Opener inboxes, String queue, Scheduler blocking) {
    return server.isEmpty() ? inboxes : WatchedInbox.opener(inboxes, queue, counts, blocking);
  }

  Target.Opener watched(Target.Opener targets) {
    return server.isEmpty() ? targets : WatchedTarget.opener(targets, counts);
  }

  /**
   * Answers from now on.
   *
   * @param queue which it reads
   * @param target as it is shown, without a password
   */
  void serve(Settings settings, ConsumeSettings consume, String queue, TargetUri target) {
    server.ifPresent(
        listening -> {
          About about =
              new About(
                  Version.number(),
                  consume.name(),
                  Wiring.process(),
                  startedAt,
                  new About.Place(settings.rabbit().address(), queue),
                  new About.Place(target.toString(), "target"),
                  settings.effective());
          listening.serve(new ConsumerMonitor(about, consume.batch(), counts, notes, clock));
          log.info("Metrics, health and a page are at {}", listening.url());
        });
  }

  @Override
  public void close() {
    server.ifPresent(MonitorServer::close);
  }
}
