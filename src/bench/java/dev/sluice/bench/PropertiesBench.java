package dev.sluice.bench;

import com.rabbitmq.client.Channel;
import dev.sluice.bench.loop.ConfirmWindow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code BENCH=properties}: what each property and header costs RabbitMQ. The same bodies are
 * published by one thread of this process, with one set of properties after the other, to one fresh
 * queue a round; what counts is the CPU time of RabbitMQ's node until it has come to rest. A set
 * has few messages and many rounds: a machine is faster in one second than in another.
 */
final class PropertiesBench {
  private static final int WINDOW = 2_000;

  private static final long LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  /** At rest is who takes a twentieth of a core: the node's own housekeeping. */
  private static final double RESTING_SECONDS = 0.002;

  private static final int MOST_LOOKS = 50;

  private record Run(double brokerPer100k, double perSecond) {}

  private final BenchOptions options;
  private final BenchServers servers;
  private final Load load;
  private final byte[] body;
  private final List<PropertySets.Group> groups = PropertySets.all();

  /** Each group has sets of its own, some of them the same as another's. */
  private final Map<PropertySets.PropertySet, List<Run>> runs = new IdentityHashMap<>();

  PropertiesBench(BenchOptions options, BenchServers servers) {
    this.options = options;
    this.servers = servers;
    int size = options.sizes().get(0);
    this.load = new Load(size, options.eventsOf(size), WINDOW, "quorum");
    this.body = new byte[size];
  }

  void run() throws IOException, InterruptedException {
    if (ServerCost.fromNow().broker().isEmpty()) {
      throw new BenchOptions.WrongOption(
          "BENCH=properties reads the CPU time of RabbitMQ's node, which must be one that it starts.");
    }
    Map<String, String> setUp = SetUp.of(servers, options);
    Path written =
        Files.createDirectories(Path.of("target", "bench"))
            .resolve("properties-" + ProcessHandle.current().pid() + ".md");
    List<String> lines = List.of();
    for (int round = 0; round <= options.rounds(); round++) {
      round(round);
      if (round > 0) {
        setUp.put("load after", SetUp.load());
        lines = lines(setUp);
        Files.write(written, lines);
      }
    }
    lines.forEach(System.out::println);
    System.out.println();
    System.out.println("Written: " + written);
  }

  /** Each second one the other way round; number 0 is for warming up. */
  private void round(int round) throws IOException, InterruptedException {
    List<PropertySets.PropertySet> order =
        new ArrayList<>(groups.stream().flatMap(group -> group.sets().stream()).toList());
    if (round % 2 == 1) {
      Collections.reverse(order);
    }
    System.out.println(round == 0 ? "warm-up" : "round " + round);
    try (Lane lane = new Lane(servers.rabbit(), load.queueType())) {
      for (PropertySets.PropertySet set : order) {
        Run run = publish(lane, set);
        if (round > 0) {
          runs.computeIfAbsent(set, none -> new ArrayList<>()).add(run);
        }
      }
    }
  }

  private Run publish(Lane lane, PropertySets.PropertySet set)
      throws IOException, InterruptedException {
    Channel channel = lane.connection().createChannel();
    ConfirmWindow window =
        new ConfirmWindow(
            channel,
            lane.name(),
            "bench-0123456789.games.insert",
            load.window(),
            Load.WINDOW_BYTES,
            set.properties());
    awaitRest();
    ServerCost cost = ServerCost.fromNow();
    long begin = System.nanoTime();
    for (int i = 0; i < load.events(); i++) {
      window.publish(body);
    }
    window.awaitConfirms();
    double seconds = (System.nanoTime() - begin) / 1e9;
    awaitRest();
    Run run = new Run(cost.broker().orElseThrow() / load.events() * 1e5, load.events() / seconds);
    channel.abort();
    return run;
  }

  private static void awaitRest() {
    for (int i = 0; i < MOST_LOOKS; i++) {
      ServerCost since = ServerCost.fromNow();
      LockSupport.parkNanos(LOOKS_NANOS);
      if (since.broker().orElseThrow() <= RESTING_SECONDS) {
        return;
      }
    }
  }

  private List<String> lines(Map<String, String> setUp) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    setUp.forEach((what, is) -> lines.add("- " + what + ": " + is));
    for (PropertySets.Group group : groups) {
      List<Run> first = runs.get(group.sets().get(0));
      lines.add("");
      lines.add(
          String.format(
              Locale.ROOT,
              "%s; %,d messages of %s to a %s queue, %d rounds:",
              group.title(),
              load.events(),
              load.sizeText(),
              load.queueType(),
              first.size()));
      lines.add("");
      lines.add("| with | RabbitMQ's CPU s per 100k | beyond the first | median | events/s |");
      lines.add("|---|---|---|---|---|");
      group.sets().forEach(set -> lines.add(row(set.name(), runs.get(set), first)));
    }
    lines.add("");
    lines.add(
        "Medians with the lowest and the highest round; differences round by round, their mean with"
            + " the margin of error at 95 % confidence, and their median. A CPU s per 100k is 10 µs"
            + " for a message.");
    return lines;
  }

  private static String row(String name, List<Run> runs, List<Run> first) {
    Paired beyond = Paired.of(costs(runs), costs(first));
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %+.2f | %s |",
        name,
        DrainTables.text(Spread.of(costs(runs))),
        runs == first ? DrainTables.NONE : beyond.text(),
        medianBeyond(runs, first),
        DrainTables.text(Spread.of(runs.stream().map(Run::perSecond).toList())));
  }

  /** Of the differences: now and then a round has a second of CPU more, which a mean carries on. */
  private static double medianBeyond(List<Run> runs, List<Run> first) {
    List<Double> beyond = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      beyond.add(runs.get(i).brokerPer100k() - first.get(i).brokerPer100k());
    }
    return Spread.of(beyond).orElseThrow().median();
  }

  private static List<Double> costs(List<Run> runs) {
    return runs.stream().map(Run::brokerPer100k).toList();
  }
}
