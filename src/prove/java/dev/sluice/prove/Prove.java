package dev.sluice.prove;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.sluice.testing.RabbitNode;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * {@code make prove}: writes, hurts, and judges what came out. Exit codes: 0 for a clean verdict, 1
 * for anything lost, reordered or changed, a process that gave up or a fault that could not be
 * brought about, 2 for a wrong option, 70 if the run itself broke.
 */
public final class Prove {
  private static final int GOOD = 0;
  private static final int BAD = 1;
  private static final int WRONG_OPTION = 2;
  private static final int BROKEN = 70;

  /** After Ctrl-C: the short patience of the run, a drain of Sluice, the clean-up. */
  private static final int LAST_SECONDS = 60;

  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("MMdd-HHmmss");

  private final Map<String, String> environment;
  private final CountDownLatch stop;

  private Prove(Map<String, String> environment, CountDownLatch stop) {
    this.environment = environment;
    this.stop = stop;
  }

  public static void main(String[] args) {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    int[] code = {BROKEN};
    Thread hook = new Thread(() -> stopInOrder(stop, done, code), "prove-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      code[0] = new Prove(System.getenv(), stop).run();
    } catch (ProveOptions.WrongOption wrong) {
      System.err.println("prove: " + wrong.getMessage());
      code[0] = WRONG_OPTION;
    } catch (Exception broken) {
      System.err.println("prove: the run broke, which says nothing about Sluice:");
      broken.printStackTrace();
    } finally {
      done.countDown();
    }
    System.exit(code[0]);
  }

  /** A signal would end the JVM with a number of its own: the verdict's is the one to give. */
  private static void stopInOrder(CountDownLatch stop, CountDownLatch done, int[] code) {
    stop.countDown();
    try {
      if (done.await(LAST_SECONDS, TimeUnit.SECONDS)) {
        System.out.flush();
        Runtime.getRuntime().halt(code[0]);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int run() throws InterruptedException {
    if ("list".equals(environment.get("FAULTS"))) {
      for (FaultKind kind : FaultKind.values()) {
        System.out.printf("%-28s%s%n", kind.word(), kind.meaning());
      }
      return GOOD;
    }
    if (SnapshotOptions.wanted(environment)) {
      return runWithSnapshot(SnapshotOptions.read(environment));
    }
    ProveOptions options = ProveOptions.read(environment);
    quieten();
    try (Evidence evidence = Evidence.in(folder(options));
        Site site = Site.open(environment, options);
        Progress progress = new Progress(System.out, System.console() != null, environment);
        Proof proof = new Proof(options, site, evidence, progress)) {
      List<PlannedFault> schedule = schedule(options, proof.causes());
      announce(options, site.layout(), progress);
      announce(options, proof.causes(), schedule, progress);
      Proof.Result result = proof.run(schedule, stop);
      List<String> report = Report.lines(result, options, evidence.folder());
      report.forEach(System.out::println);
      evidence.keep("report.txt", String.join("\n", report) + "\n");
      if (!result.isGood()) {
        keepLogs(site, evidence);
      }
      return result.isGood() ? GOOD : BAD;
    }
  }

  private static void keepLogs(Site site, Evidence evidence) {
    List<RabbitNode> nodes = site.rabbit().nodes();
    for (int i = 0; i < nodes.size(); i++) {
      evidence.keep("rabbitmq-" + (i + 1) + ".log", nodes.get(i).logs());
    }
  }

  private int runWithSnapshot(SnapshotOptions options) throws InterruptedException {
    quieten();
    try (Site site = Site.open(environment, options.load());
        Progress progress = new Progress(System.out, System.console() != null, environment)) {
      return new SnapshotProof(options, site, progress, folder(options.load())).run(stop)
          ? GOOD
          : BAD;
    }
  }

  /** The embedded servers tell of each fault, which the run does itself. */
  private static void quieten() {
    if (LoggerFactory.getLogger("dev.sluice.embedded") instanceof Logger servers) {
      servers.setLevel(Level.WARN);
    }
  }

  private static Path folder(ProveOptions options) {
    String name = LocalDateTime.now().format(STAMP) + "-seed-" + options.seed();
    return Path.of("target", "prove", name).toAbsolutePath();
  }

  private static List<PlannedFault> schedule(ProveOptions options, Causes causes) {
    Set<FaultKind> wanted = options.faults().orElse(causes.possible());
    for (FaultKind kind : wanted) {
      if (causes.impossible().containsKey(kind)) {
        throw new ProveOptions.WrongOption(
            "%s cannot be caused here: %s.".formatted(kind.word(), causes.impossible().get(kind)));
      }
    }
    List<PlannedFault> schedule = Schedule.draw(options.seed(), options.duration(), wanted);
    if (schedule.isEmpty() && !wanted.isEmpty()) {
      throw new ProveOptions.WrongOption("DURATION is too short for any of the faults.");
    }
    return schedule;
  }

  private static void announce(ProveOptions options, Layout layout, Progress progress) {
    if (options.shape() == Shape.WIDE && !layout.images()) {
      progress.say(
          "Left out: documents as they were before a change, and exactly as an update left them:"
              + " needs MongoDB 6.0 or newer");
    }
    progress.say("shape " + options.shape().word() + ": " + layout.told());
  }

  private static void announce(
      ProveOptions options, Causes causes, List<PlannedFault> schedule, Progress progress) {
    if (options.faults().isEmpty()) {
      Map<String, Set<String>> reasons = new TreeMap<>();
      causes
          .impossible()
          .forEach(
              (kind, why) ->
                  reasons.computeIfAbsent(why, reason -> new TreeSet<>()).add(kind.word()));
      reasons.forEach(
          (why, kinds) -> progress.say("Left out: " + String.join(", ", kinds) + ": " + why));
    }
    progress.say(
        ("seed=%d: %d s, %d faults of %d kinds, %d writers with %d documents, %d writes a second,"
                + " %s")
            .formatted(
                options.seed(),
                options.duration().toSeconds(),
                schedule.size(),
                schedule.stream().map(PlannedFault::kind).distinct().count(),
                options.writers(),
                options.keys(),
                options.rate(),
                options.pipeline()));
  }
}
