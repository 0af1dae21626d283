package dev.sluice.bench;

import dev.sluice.testing.Leash;
import dev.sluice.testing.SluiceProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * {@code BENCH=objects}: how many objects the shipped jar makes for an event, class by class, and
 * who has them made. The heap is so large that it is never collected, so counting what lies in it
 * before and behind the events counts each object once.
 */
final class ObjectsBench {
  /** What is made but once, and by code that is not compiled yet, is over by then. */
  private static final int WARMING = 10_000;

  /** Each object of them is recorded with its stack, which takes milliseconds for an event. */
  private static final int RECORDED = 5_000;

  private static final int WINDOW = 2_000;
  private static final long LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

  /** Room for 250,000 events of the usual 13 KB. The system gives what is used alone. */
  private static final List<String> HEAP =
      List.of("-Xmx4g", "-Xms4g", "-Xmn3500m", "-XX:SurvivorRatio=64");

  /** All straight into the heap: a thread's own piece of it is filled up with what is no object. */
  private static final List<String> EXACT = List.of("-XX:-UseTLAB");

  private final BenchOptions options;
  private final BenchServers servers;
  private final Load load;

  ObjectsBench(BenchOptions options, BenchServers servers) {
    this.options = options;
    this.servers = servers;
    int size = options.sizes().get(0);
    this.load = new Load(size, options.eventsOf(size), WINDOW, "quorum");
  }

  void run() throws IOException, InterruptedException {
    Map<String, String> setUp = SetUp.of(servers, options);
    List<String> lines = new ArrayList<>();
    lines.add("");
    setUp.forEach((what, is) -> lines.add("- " + what + ": " + is));
    for (Contender contender : options.contenders()) {
      if (contender.isStreamed() && servers.streamPort().isEmpty()) {
        System.out.println(contender.word() + " left out: no stream protocol here");
      } else if (contender.isSluice()) {
        lines.addAll(count(contender));
      }
    }
    lines.forEach(System.out::println);
    Path written = Files.createDirectories(Path.of("target", "bench")).resolve("objects.md");
    Files.write(written, lines);
    System.out.println();
    System.out.println("Written: " + written);
  }

  private List<String> count(Contender contender) throws IOException, InterruptedException {
    try (Leash leash = Leash.onDirectory("sluice-objects-")) {
      Path folder = leash.directory();
      List<String> histograms = new ArrayList<>();
      Path gcLog = folder.resolve("gc");
      carry(
          contender,
          load,
          leash,
          EXACT,
          process -> histograms.add(jcmd(process, "GC.class_histogram", "-all")),
          process -> histograms.add(jcmd(process, "GC.class_histogram", "-all")),
          gcLog);
      if (GcLog.read(gcLog).pauseMillis() > 0) {
        throw new IllegalStateException("The heap was collected: take fewer EVENTS");
      }
      ClassCounts exact =
          ClassCounts.read(histograms.get(1))
              .since(ClassCounts.read(histograms.get(0)), load.events());
      Path recording = folder.resolve("objects.jfr");
      Path settings = AllocationSites.settings(folder);
      carry(
          contender,
          load.withEvents(Math.min(RECORDED, load.events())),
          leash,
          AllocationSites.JVM,
          process -> jcmd(process, "JFR.start", "name=objects", "settings=" + settings),
          process -> jcmd(process, "JFR.stop", "name=objects", "filename=" + recording),
          folder.resolve("gc-of-sites"));
      return ObjectTables.of(contender, load, exact, AllocationSites.of(recording, exact));
    }
  }

  /** What is done while the process has nothing to do. */
  private interface Look {
    void at(Process process) throws IOException, InterruptedException;
  }

  /** The events come as a backlog: the process stands still while they are written. */
  private void carry(
      Contender contender,
      Load load,
      Leash leash,
      List<String> jvm,
      Look before,
      Look behind,
      Path gcLog)
      throws IOException, InterruptedException {
    Site site = new Site(servers);
    try (Lane lane = new Lane(servers.rabbit(), contender.queueType(load));
        StreamReader counting =
            contender.isStreamed() ? StreamReader.counting(servers, lane) : null) {
      servers.client().getDatabase(site.database()).createCollection(Site.COLLECTION);
      List<String> all = new ArrayList<>(HEAP);
      all.addAll(jvm);
      all.add(GcLog.option(gcLog));
      all.addAll(options.jvm());
      Map<String, String> environment =
          contender.isStreamed() ? site.forStream(lane, load) : site.forSluice(lane, load);
      try (SluiceProcess sluice =
          SluiceProcess.run(environment, all, leash.directory().resolve("log"))) {
        leash.holds(sluice.process());
        sluice.awaitStreaming();
        LongSupplier gauge = contender.isStreamed() ? counting::messages : lane::messages;
        site.insert(load, 0, WARMING);
        await(gauge, WARMING, sluice);
        before.at(sluice.process());
        sluice.pause();
        site.insert(load, WARMING, load.events());
        sluice.resume();
        await(gauge, WARMING + load.events(), sluice);
        behind.at(sluice.process());
      }
    } finally {
      SnapshotBench.remove(servers, site);
    }
  }

  private static void await(LongSupplier gauge, int events, SluiceProcess sluice) {
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (gauge.getAsLong() < events) {
      if (!sluice.isAlive() || System.nanoTime() > until) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "%,d of %,d events came:%n%s",
                gauge.getAsLong(),
                events,
                sluice.log()));
      }
      LockSupport.parkNanos(LOOKS_NANOS);
    }
  }

  /** Asks the JVM; gives its answer. */
  private static String jcmd(Process process, String... command)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    line.add(Long.toString(process.pid()));
    line.addAll(List.of(command));
    Process asked = new ProcessBuilder(line).redirectErrorStream(true).start();
    String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (asked.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", line) + ": " + answer);
    }
    return answer;
  }
}
