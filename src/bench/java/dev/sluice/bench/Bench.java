package dev.sluice.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.sluice.testing.RabbitInstallation;
import dev.sluice.testing.RabbitNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.slf4j.LoggerFactory;

/**
 * {@code make bench}. Exit codes: 0 when there are figures, 1 if a run was spoiled (its figures are
 * not among the results), 2 for a wrong option or without a real RabbitMQ, 70 if the harness broke.
 */
public final class Bench {
  private static final int GOOD = 0;
  private static final int SPOILED = 1;
  private static final int WRONG_OPTION = 2;
  private static final int BROKEN = 70;

  /** Where latency is also measured: so far below the ceiling that nothing need queue up. */
  private static final double HIGH_SHARE = 0.8;

  private final BenchOptions options;
  private final BenchServers servers;
  private final Launcher launcher;
  private final Optional<DebeziumServer> debezium;
  private int spoiled;

  private Bench(
      BenchOptions options,
      BenchServers servers,
      Launcher launcher,
      Optional<DebeziumServer> debezium) {
    this.options = options;
    this.servers = servers;
    this.launcher = launcher;
    this.debezium = debezium;
  }

  public static void main(String[] args) {
    int code = BROKEN;
    try {
      code = run(System.getenv());
    } catch (BenchOptions.WrongOption wrong) {
      System.err.println("bench: " + wrong.getMessage());
      code = WRONG_OPTION;
    } catch (Exception broken) {
      System.err.println("bench: the harness broke, which says nothing about Sluice:");
      broken.printStackTrace();
    }
    System.exit(code);
  }

  private static int run(Map<String, String> environment) throws Exception {
    BenchOptions options = BenchOptions.read(environment);
    quieten();
    if (options.mode() == BenchOptions.Mode.CONSUME) {
      return ConsumeBench.run(options);
    }
    Optional<DebeziumServer> debezium =
        options.contenders().contains(Contender.DEBEZIUM)
            ? DebeziumServer.find(environment)
            : Optional.empty();
    if (options.mode() == BenchOptions.Mode.VERSIONS) {
      return versions(options);
    }
    try (BenchServers servers = BenchServers.open(environment);
        Launcher launcher = new Launcher(options, servers, debezium)) {
      if (options.mode() == BenchOptions.Mode.SNAPSHOT) {
        return new SnapshotBench(options, servers, launcher, debezium.isPresent()).run()
            ? GOOD
            : SPOILED;
      }
      if (options.mode() == BenchOptions.Mode.PROPERTIES) {
        new PropertiesBench(options, servers).run();
        return GOOD;
      }
      if (options.mode() == BenchOptions.Mode.OBJECTS) {
        new ObjectsBench(options, servers).run();
        return GOOD;
      }
      return new Bench(options, servers, launcher, debezium).run();
    } finally {
      debezium.ifPresent(DebeziumServer::close);
    }
  }

  /** One installation after the other, each with a node of its own. */
  private static int versions(BenchOptions options) throws IOException, InterruptedException {
    Results results = new Results();
    List<DrainRounds> drains = new ArrayList<>();
    int spoiled = 0;
    if (RabbitNode.installations().isEmpty()) {
      throw new BenchOptions.WrongOption(
          "BENCH=versions compares installed RabbitMQs, and there is none: install rabbitmq-server.");
    }
    for (RabbitInstallation installation : RabbitNode.installations()) {
      try (BenchServers servers = BenchServers.open(installation);
          Launcher launcher = new Launcher(options, servers, Optional.empty())) {
        Bench bench = new Bench(options, servers, launcher, Optional.empty());
        Map<String, String> setUp = bench.setUp();
        bench.drains(setUp, "RabbitMQ " + installation.version(), results, drains);
        spoiled += bench.spoiled;
        results.write(setUp, options.mode(), drains, List.of()).forEach(System.out::println);
      }
    }
    return spoiled == 0 ? GOOD : SPOILED;
  }

  private static void quieten() {
    for (String loud : List.of("dev.sluice.embedded", "org.mongodb", "org.knowm")) {
      if (LoggerFactory.getLogger(loud) instanceof Logger logger) {
        logger.setLevel(Level.WARN);
      }
    }
  }

  private int run() throws IOException, InterruptedException, TimeoutException {
    Map<String, String> setUp = setUp();
    Results results = new Results();
    List<DrainRounds> drains = new ArrayList<>();
    List<LiveRounds> lives = new ArrayList<>();
    Set<Contender> contenders = drains(setUp, "", results, drains);
    if (options.liveRounds() > 0) {
      lives.add(live(drains.get(0), contenders));
    }
    setUp.put("load after", SetUp.load());
    results.write(setUp, options.mode(), drains, lives).forEach(System.out::println);
    return spoiled == 0 ? GOOD : SPOILED;
  }

  private Map<String, String> setUp() {
    Map<String, String> setUp = SetUp.of(servers, options);
    setUp.forEach((what, is) -> say("%-13s %s", what, is));
    return setUp;
  }

  /**
   * All loads, each written down when it is through. Returns who took part.
   *
   * @param broker the RabbitMQ that is meant, where it is not the only one; else empty
   */
  private Set<Contender> drains(
      Map<String, String> setUp, String broker, Results results, List<DrainRounds> drains)
      throws IOException, InterruptedException {
    Set<Contender> contenders = present();
    if (contenders.contains(Contender.DEBEZIUM)) {
      say("Debezium's JVM: %s; its settings:", DebeziumServer.jvm());
      DebeziumServer.settings().forEach(line -> say("  %s", line));
    }
    for (Load load : Loads.of(options, broker)) {
      drains.add(drain(load, contenders));
      setUp.put("load after", SetUp.load());
      results.write(setUp, options.mode(), drains, List.of());
    }
    return contenders;
  }

  private Set<Contender> present() throws IOException, InterruptedException {
    Set<Contender> present = EnumSet.noneOf(Contender.class);
    for (Contender contender : options.contenders()) {
      Optional<String> missing = launcher.missing(contender);
      if (missing.isEmpty()) {
        present.add(contender);
        say("%-13s %s", contender.word(), contender.meaning());
      } else {
        say("%-13s left out: %s", contender.word(), missing.get());
      }
    }
    return present;
  }

  private DrainRounds drain(Load load, Set<Contender> contenders)
      throws IOException, InterruptedException {
    Drain drain = new Drain(launcher, servers);
    try (Backlog backlog = Backlog.write(servers, load, launcher, debezium)) {
      DrainRounds rounds = new DrainRounds(load, backlog.averageBytes());
      say("");
      say(
          "%,d %s of %,.0f bytes, window %,d, %s queue, lanes: %d",
          load.events(),
          load.changesText(),
          backlog.averageBytes(),
          load.window(),
          load.queueType(),
          load.lanes());
      for (int round = 0; round <= options.rounds(); round++) {
        for (Contender contender : inTurns(contenders, round)) {
          if (contender.queueType(load).equals(Load.STREAM) && servers.streamPort().isEmpty()) {
            say(
                "  %-15s left out: what is in a stream is counted by its protocol",
                contender.word());
            continue;
          }
          Optional<DrainFigures> figures = once(drain, contender, load, backlog, round);
          if (round > 0) {
            rounds.add(contender, figures);
          }
        }
      }
      return rounds;
    }
  }

  /** The other way round each second time, so that nobody always comes behind the same one. */
  private static List<Contender> inTurns(Set<Contender> contenders, int round) {
    List<Contender> order = new ArrayList<>(contenders);
    if (round % 2 == 1) {
      Collections.reverse(order);
    }
    return order;
  }

  private Optional<DrainFigures> once(
      Drain drain, Contender contender, Load load, Backlog backlog, int round)
      throws IOException, InterruptedException {
    String name = round == 0 ? "warm-up" : "round " + round;
    try {
      DrainFigures run = drain.run(contender, load, backlog);
      say(
          "  %-8s %-15s %,9.0f/s steady, first after %,5.0f ms, %5.2f s in all, %5.2f CPU s per 100k,"
              + " %,4.0f MB",
          name,
          contender.word(),
          run.steadyPerSecond(),
          run.firstMillis(),
          run.totalSeconds(),
          run.cpuPer100k(),
          run.peakMegabytes());
      return Optional.of(run);
    } catch (Drain.Spoiled spoilt) {
      spoiled++;
      say("  %-8s %-15s SPOILED, no result: %s", name, contender.word(), spoilt.getMessage());
      return Optional.empty();
    }
  }

  private LiveRounds live(DrainRounds drained, Set<Contender> contenders)
      throws IOException, TimeoutException {
    List<Integer> rates = rates(drained);
    LiveRounds rounds = new LiveRounds(drained.load(), rates);
    LiveRun live = new LiveRun(launcher, servers, options);
    say("");
    say("Latency, written at %s a second for %d s each", rates, options.liveSeconds());
    for (int round = 1; round <= options.liveRounds(); round++) {
      for (Contender contender : contenders) {
        if (contender.isLive()) {
          rounds.add(contender, once(live, contender, drained.load(), rates, round));
        }
      }
    }
    return rounds;
  }

  private List<Integer> rates(DrainRounds drained) {
    if (options.mode() == BenchOptions.Mode.SMOKE) {
      return List.of(100, 300);
    }
    List<Integer> rates = new ArrayList<>(List.of(100, 1_000));
    drained
        .steady(Contender.BARE)
        // In hundreds, so that the same machine asks for the same rate.
        .map(ceiling -> (int) (HIGH_SHARE * ceiling.median()) / 100 * 100)
        .filter(rate -> rate > 1_000)
        .ifPresent(rates::add);
    return rates;
  }

  private List<LivePhase> once(
      LiveRun live, Contender contender, Load load, List<Integer> rates, int round)
      throws IOException, TimeoutException {
    try {
      List<LivePhase> phases = live.run(contender, load, LiveRun.rates(contender, rates));
      for (LivePhase phase : phases) {
        say(
            "  round %d  %-15s %,7d/s: p50 %6.2f  p99 %7.2f  p99.9 %7.2f  max %7.2f ms since the"
                + " acknowledgement (written: %,.0f/s)",
            round,
            contender.word(),
            phase.rate(),
            phase.sinceAck().p50(),
            phase.sinceAck().p99(),
            phase.sinceAck().p999(),
            phase.sinceAck().max(),
            phase.written());
      }
      return phases;
    } catch (Drain.Spoiled spoilt) {
      spoiled++;
      say("  round %d  %-15s SPOILED, no result: %s", round, contender.word(), spoilt.getMessage());
      return List.of();
    }
  }

  private static void say(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format + "%n", arguments);
  }
}
