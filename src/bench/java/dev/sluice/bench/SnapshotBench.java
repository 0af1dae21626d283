package dev.sluice.bench;

import com.mongodb.client.model.Filters;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.bson.BsonTimestamp;

/**
 * {@code BENCH=snapshot}: how fast a collection is copied, by whom, and how late the changes are
 * that happen meanwhile.
 */
final class SnapshotBench {
  private static final int WINDOW = 2_000;

  /** Numbers of documents that are there: none that a live event has, whatever the rates. */
  static final int FIRST_NUMBER = 20_000_000;

  private final BenchOptions options;
  private final BenchServers servers;
  private final Launcher launcher;
  private final boolean withDebezium;
  private final Load load;
  private final Site site;
  private boolean clean = true;
  private int copies;

  SnapshotBench(
      BenchOptions options, BenchServers servers, Launcher launcher, boolean withDebezium) {
    this.options = options;
    this.servers = servers;
    this.launcher = launcher;
    this.withDebezium = withDebezium;
    int size = options.sizes().get(0);
    this.load = new Load(size, options.eventsOf(size), WINDOW, "quorum");
    this.site = new Site(servers);
  }

  /** Whether every run was clean; a spoiled one is not among the figures. */
  boolean run() throws IOException, InterruptedException, TimeoutException {
    Map<String, String> setUp = SetUp.of(servers, options);
    setUp.forEach((what, is) -> say("%-13s %s", what, is));
    SnapshotTables tables = new SnapshotTables(load);
    try {
      fill();
      for (int round = 0; round <= options.rounds(); round++) {
        for (Copier copier : Copier.values()) {
          if (copier != Copier.DEBEZIUM || withDebezium) {
            copy(copier, round).ifPresent(round == 0 ? figures -> {} : tables.of(copier)::add);
          }
        }
      }
      SnapshotLive live = new SnapshotLive(launcher, servers, options, load);
      for (int round = 1; round <= options.liveRounds(); round++) {
        for (Copier copier : List.of(Copier.SLUICE_1, Copier.SLUICE_2)) {
          tables.add(copier, live(live, copier));
        }
      }
    } finally {
      remove(servers, site);
    }
    setUp.put("load after", SetUp.load());
    tables.write(setUp).forEach(System.out::println);
    return clean;
  }

  private void fill() {
    site.insert(load, FIRST_NUMBER, load.events());
    say("");
    say("%,d documents of about %s", load.events(), load.sizeText());
  }

  /** With what the pipelines left. */
  static void remove(BenchServers servers, Site site) {
    servers.client().getDatabase(site.database()).drop();
    servers
        .client()
        .getDatabase("sluice")
        .getCollection("checkpoints")
        .deleteMany(Filters.regex("_id", "^" + site.pipeline()));
  }

  private Optional<DrainFigures> copy(Copier copier, int round)
      throws IOException, InterruptedException {
    String name = round == 0 ? "warm-up" : "round " + round;
    String copy = copier.word() + "-" + ++copies;
    try (Lane lane = new Lane(servers.rabbit(), load.queueType())) {
      DrainFigures figures = copy(copier, lane, copy);
      say(
          "  %-8s %-9s %,9.0f/s steady, first after %,5.0f ms, %5.2f s in all, %5.2f CPU s per 100k,"
              + " %,4.0f MB",
          name,
          copier.word(),
          figures.steadyPerSecond(),
          figures.firstMillis(),
          figures.totalSeconds(),
          figures.cpuPer100k(),
          figures.peakMegabytes());
      return Optional.of(figures);
    } catch (Drain.Spoiled spoilt) {
      clean = false;
      say("  %-8s %-9s SPOILED, no result: %s", name, copier.word(), spoilt.getMessage());
      return Optional.empty();
    }
  }

  private DrainFigures copy(Copier copier, Lane lane, String copy)
      throws IOException, InterruptedException, Drain.Spoiled {
    Map<String, String> environment =
        copier.isSluice()
            ? forSluice(site, lane, load, copier, copy)
            : site.forLoops(lane, load, new BsonTimestamp(0), load.events());
    Curve curve = new Curve();
    Running running = launcher.start(copier, site, lane, environment, copy);
    double peak;
    try (running) {
      Drain.follow(
          running,
          copier == Copier.EXPORT ? running::lastNumber : lane::messages,
          load.events() + copier.notices(),
          curve);
      peak = running.peakMegabytes();
    }
    if (copier != Copier.EXPORT) {
      QueueCheck check = QueueCheck.of(lane, FIRST_NUMBER + load.events());
      // The numbers below the first are nobody's.
      if (check.missing() != FIRST_NUMBER || check.doubled() > 0) {
        throw new Drain.Spoiled(check.toString());
      }
    }
    return Drain.figures(curve, peak, running);
  }

  static Map<String, String> forSluice(
      Site site, Lane lane, Load load, Copier copier, String pipeline) {
    Map<String, String> environment = new HashMap<>(site.forSluice(lane, load));
    // Each copy is the first of its pipeline.
    environment.put("SLUICE_PIPELINE", site.pipeline() + "-" + pipeline);
    environment.put("SLUICE_SNAPSHOT", "initial");
    environment.put("SLUICE_SNAPSHOT_PARALLEL", Integer.toString(copier.readers()));
    return environment;
  }

  private Optional<SnapshotLive.Figures> live(SnapshotLive live, Copier copier)
      throws IOException, TimeoutException {
    try {
      SnapshotLive.Figures figures = live.run(copier);
      say(
          "  live     %-9s %,d/s: during the snapshot p50 %.2f p99 %.2f ms (captured after %.1f,"
              + " delivered %.1f after that), without p50 %.2f p99 %.2f ms since the acknowledgement",
          copier.word(),
          SnapshotLive.RATE,
          figures.during().sinceAck().p50(),
          figures.during().sinceAck().p99(),
          figures.during().stages().capture().orElse(Double.NaN),
          figures.during().stages().deliver().orElse(Double.NaN),
          figures.without().sinceAck().p50(),
          figures.without().sinceAck().p99());
      return Optional.of(figures);
    } catch (Drain.Spoiled spoilt) {
      clean = false;
      say("  live     %-9s SPOILED, no result: %s", copier.word(), spoilt.getMessage());
      return Optional.empty();
    }
  }

  private static void say(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format + "%n", arguments);
  }
}
