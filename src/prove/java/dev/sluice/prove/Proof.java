package dev.sluice.prove;

import com.mongodb.client.MongoClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** One run: load, faults, a quiet end, a verdict. */
final class Proof implements AutoCloseable {
  /**
   * What a run has found out.
   *
   * @param startedAt when the load began, by {@link System#nanoTime}
   * @param endings of processes that nobody ended
   * @param leaks logs in which something stands that must not leave
   * @param once whether nothing at all may come again
   * @param claims how often a process took a pipeline over, the first one included
   */
  record Result(
      long startedAt,
      Verdict verdict,
      Coverage coverage,
      List<FaultRecord> faults,
      List<String> endings,
      List<String> leaks,
      boolean once,
      long claims) {
    /**
     * Also a fault that could not be caused, a process that gave up, and more repeats than a fault
     * may cost, are no good end.
     */
    boolean isGood() {
      return verdict.isClean()
          && endings.isEmpty()
          && leaks.isEmpty()
          && tooManyRepeats().isEmpty()
          && lateRepeats().isEmpty()
          && faults.stream().allMatch(fault -> fault.failure().isEmpty());
    }

    /** What came again although it was confirmed, and its position saved, long ago. */
    List<String> lateRepeats() {
      return LateRepeats.of(verdict.repeats(), faults).stream()
          .map(
              repeat ->
                  "what came at %s came again at %s, and no fault accounts for it"
                      .formatted(
                          Report.seconds(repeat.firstAt() - startedAt),
                          Report.seconds(repeat.at() - startedAt)))
          .toList();
    }

    /** The faults, in words, that cost more repeats than they may. */
    List<String> tooManyRepeats() {
      List<String> found = new ArrayList<>();
      if (once && verdict.repeated() > 0) {
        found.add(
            verdict.repeated() + " messages are in the stream again, where each is to be once");
      }
      for (int i = 0; i < faults.size(); i++) {
        Repeats repeats = Repeats.of(faults, i, verdict);
        FaultKind kind = faults.get(i).planned().kind();
        if (kind.answersForEachMessage() && repeats.areTooMany()) {
          found.add(
              "%s: %d messages came again, beside %d events"
                  .formatted(kind.word(), repeats.repeats(), repeats.events()));
        }
      }
      return found;
    }
  }

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** Of so many processes on as few processors as there may be. */
  private static final Duration START_LIMIT_OF_PARTITIONS = Duration.ofSeconds(180);

  /** Without any message for so long, what is missing is not on its way. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  /** Whoever pressed Ctrl-C wants the verdict soon. */
  private static final Duration SHORT_PATIENCE = Duration.ofSeconds(10);

  /** A verdict on a long run takes a moment. */
  private static final Duration JUDGING_INTERVAL = Duration.ofMillis(500);

  /** What the consumer needs for a full prefetch, many times over. */
  private static final Duration LAST_MESSAGES = Duration.ofSeconds(20);

  private final ProveOptions options;
  private final Site site;
  private final Progress progress;
  private final Ledger ledger;
  private final Evidence evidence;
  private final MongoClient commands;
  private final MongoClient writes;
  private final Fleet fleet;
  private final Consumers consumers;
  private final Writers writers;
  private final Causes causes = new Causes();
  private final List<FaultRecord> faults = new ArrayList<>();

  Proof(ProveOptions options, Site site, Evidence evidence, Progress progress) {
    this.options = options;
    this.site = site;
    this.progress = progress;
    this.evidence = evidence;
    this.ledger = new Ledger(site.layout().terms());
    this.commands = site.connectToMongo();
    this.writes = site.connectToMongo();
    this.fleet =
        new Fleet(Post.of(options, site.environment(evidence.folder())), evidence.folder());
    this.consumers = new Consumers(site, ledger, evidence);
    this.writers = new Writers(writes, site.layout(), ledger, options, options.seed());
    SluiceCauses.add(causes, fleet);
    BrokerCauses.add(causes, site, consumers);
    MongoCauses.add(causes, site, commands);
  }

  /** What can be brought about here. */
  Causes causes() {
    return causes;
  }

  /**
   * @param stop ends the load early; the verdict is then that on what was written so far
   */
  Result run(List<PlannedFault> schedule, CountDownLatch stop) throws InterruptedException {
    fleet.start();
    awaitStreaming(stop);
    progress.say("The pipeline streams; the writing begins.");
    long start = System.nanoTime();
    evidence.startsAt(start);
    progress.begin(ledger, start, options.duration());
    consumers.start();
    writers.start();
    for (PlannedFault fault : schedule) {
      if (waits(start, fault.at(), stop)) {
        break;
      }
      faults.add(cause(fault, stop));
      progress.fault(faults.get(faults.size() - 1), start);
    }
    waits(start, options.duration(), stop);
    progress.say("Waiting for what is still on its way ...");
    writers.close();
    awaitAll(stop);
    fleet.stop();
    awaitEmptyQueue();
    consumers.close();
    progress.end();
    evidence.wrote(ledger.writes());
    return new Result(
        start,
        ledger.judge(),
        Coverage.of(ledger.writes(), ledger.outside(), site.layout()),
        List.copyOf(faults),
        fleet.endings(),
        site.layout().hidden().map(evidence::logsWith).orElse(List.of()),
        site.layout().shape() == Shape.STREAM,
        site.claims());
  }

  private void awaitStreaming(CountDownLatch stop) {
    try {
      Awaitility.await()
          .atMost(options.partitions() == 1 ? START_LIMIT : START_LIMIT_OF_PARTITIONS)
          .until(() -> fleet.isStreaming() || stop.getCount() == 0 || !fleet.endings().isEmpty());
    } catch (ConditionTimeoutException e) {
      throw new IllegalStateException(
          "No process of the pipeline began to stream; see " + evidence.folder(), e);
    }
    if (!fleet.endings().isEmpty()) {
      throw new IllegalStateException(fleet.endings().get(0) + "; see " + evidence.folder());
    }
  }

  /** Whether the run was stopped meanwhile. */
  private static boolean waits(long start, Duration until, CountDownLatch stop)
      throws InterruptedException {
    long rest = start + until.toNanos() - System.nanoTime();
    return stop.await(rest, TimeUnit.NANOSECONDS);
  }

  private FaultRecord cause(PlannedFault fault, CountDownLatch stop) throws InterruptedException {
    long struckAt = System.nanoTime();
    String detail = "";
    Optional<String> failure = Optional.empty();
    try {
      Cause.Struck struck = causes.of(fault.kind()).strike(new Random(fault.seed()));
      detail = struck.detail();
      try {
        stop.await(fault.lasts().toMillis(), TimeUnit.MILLISECONDS);
      } finally {
        struck.lift().done();
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      failure = Optional.of(e.toString());
    }
    return new FaultRecord(fault, struckAt, System.nanoTime(), detail, failure);
  }

  /** Until nothing is missing, or nothing has come for a good while. */
  private void awaitAll(CountDownLatch stop) {
    int before = -1;
    long since = System.nanoTime();
    while (ledger.somethingIsMissing() || !ledger.judge().isComplete()) {
      int now = ledger.arrivals();
      if (now != before) {
        before = now;
        since = System.nanoTime();
      }
      Duration patience = stop.getCount() == 0 ? SHORT_PATIENCE : PATIENCE;
      if (System.nanoTime() - since > patience.toNanos()) {
        return;
      }
      LockSupport.parkNanos(JUDGING_INTERVAL.toNanos());
    }
  }

  /** So that a repeat that was published last is judged as well. */
  private void awaitEmptyQueue() {
    try {
      Awaitility.await()
          .atMost(LAST_MESSAGES)
          .ignoreExceptions()
          .until(
              () -> {
                int before = ledger.arrivals();
                return consumers.waiting() == 0 && ledger.arrivals() == before;
              });
    } catch (ConditionTimeoutException e) {
      progress.say("A queue does not run empty.");
    }
  }

  @Override
  public void close() {
    writers.close();
    fleet.close();
    consumers.close();
    commands.close();
    writes.close();
  }
}
