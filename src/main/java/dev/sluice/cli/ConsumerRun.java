package dev.sluice.cli;

import dev.sluice.change.Namespace;
import dev.sluice.config.QueueType;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.Settings;
import dev.sluice.config.WrongSettings;
import dev.sluice.consume.CallSettings;
import dev.sluice.consume.ConsumeSettings;
import dev.sluice.consume.ConsumeSettings.Answer;
import dev.sluice.consume.Consumption;
import dev.sluice.consume.Leftover;
import dev.sluice.consume.Rebuildable;
import dev.sluice.consume.Rebuilding;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import dev.sluice.consume.TracedTarget;
import dev.sluice.pipeline.Backoff;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.rabbit.QueueInboxes;
import dev.sluice.rabbit.QueueInboxes.Reading;
import dev.sluice.rabbit.RabbitConnection;
import dev.sluice.rabbit.StreamOffset;
import dev.sluice.rabbit.StreamReading;
import dev.sluice.trace.Spans;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Puts a consumer together, and runs it until it is told to stop. */
final class ConsumerRun {
  private static final Logger log = LoggerFactory.getLogger(ConsumerRun.class);

  /** What the batch under way and closing the connections may take. */
  private static final Duration CLOSING = Duration.ofSeconds(30);

  /** What interrupting it may take then. */
  private static final Duration ENDING = Duration.ofSeconds(5);

  /** How soon it is said that the pipeline refuses the snapshot of a rebuild. */
  private static final long LOOK_SECONDS = 10;

  /** What the command line says; null for what it does not. */
  record Options(
      String to,
      String queue,
      String bind,
      String name,
      StreamOffset from,
      boolean shared,
      Integer batch,
      Duration linger,
      String onGap,
      String onDrop,
      int maxParked,
      int workers,
      Duration timeout,
      boolean rebuild,
      List<String> collections,
      String http) {}

  private final Settings settings;
  private final Map<String, String> environment;
  private final Options options;

  /**
   * @param environment what says whether spans are wanted
   */
  ConsumerRun(Settings settings, Map<String, String> environment, Options options) {
    this.settings = settings;
    this.environment = environment;
    this.options = options;
  }

  int run() {
    Reading reading = reading();
    String name = options.name() == null ? reading.queue() : options.name();
    TargetUri uri;
    Target.Opener target;
    try {
      uri = TargetUri.parse(options.to());
      target =
          Targets.opener(
              uri,
              new CallSettings(options.workers(), options.timeout()),
              Optional.of(settings.mongo().uri()));
    } catch (TargetException wrong) {
      throw WrongSettings.of(wrong.getMessage() + ".");
    }
    ConsumeSettings consume =
        new ConsumeSettings(
            name,
            settings.rabbit().straightTo(reading.queue()).parkingQueue(),
            options.batch() == null ? target.batch() : options.batch(),
            options.linger(),
            options.maxParked(),
            answer("--on-gap", options.onGap()),
            answer("--on-drop", options.onDrop()));
    requireRebuildable(uri, target);
    log.info("Keeping {} in step with the queue {}", uri, reading.queue());
    Scheduler blocking = Schedulers.newBoundedElastic(2, 16, "sluice-blocking", 60, true);
    try (ConsumerMonitoring monitoring = ConsumerMonitoring.of(options.http())) {
      monitoring.serve(settings, consume, reading.queue(), uri);
      if (options.rebuild()) {
        rebuild(consume, reading, uri, (Rebuildable) target, blocking, monitoring);
      } else {
        run(consume, reading, withoutRebuild(target, reading), blocking, monitoring);
      }
    } finally {
      blocking.dispose();
    }
    return ExitCode.OK;
  }

  private static Target.Opener withoutRebuild(Target.Opener target, Reading reading) {
    return target instanceof Rebuildable store ? new Leftover(store, reading.queue()) : target;
  }

  private void requireRebuildable(TargetUri uri, Target.Opener target) {
    if (!options.rebuild()) {
      if (!options.collections().isEmpty()) {
        throw WrongSettings.of("--collection says what --rebuild is for, and goes with it.");
      }
      return;
    }
    if (options.shared()) {
      throw WrongSettings.of(
          "--rebuild needs all that is published, and with --shared others take a part of it: leave"
              + " one of them out.");
    }
    if (!(target instanceof Rebuildable)) {
      throw WrongSettings.of(
          "The target "
              + uri.scheme()
              + ": has no second one beside it for --rebuild: it is filled where it stands, by sluice"
              + " snapshot start.");
    }
  }

  private void rebuild(
      ConsumeSettings consume,
      Reading reading,
      TargetUri uri,
      Rebuildable store,
      Scheduler blocking,
      ConsumerMonitoring monitoring) {
    List<Namespace> collections =
        options.collections().stream()
            .map(name -> SnapshotCommand.watched(settings, name))
            .distinct()
            .toList();
    String wanted = uri.ownParameters() + " " + collections;
    String layout = UUID.nameUUIDFromBytes(wanted.getBytes(StandardCharsets.UTF_8)).toString();
    try (RequestedSnapshots snapshots = new RequestedSnapshots(settings)) {
      Rebuilding rebuilding =
          new Rebuilding(store, snapshots, reading.queue(), collections, layout);
      Disposable looks =
          blocking.schedulePeriodically(
              rebuilding::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
      try {
        run(consume, reading, rebuilding, blocking, monitoring);
      } finally {
        looks.dispose();
      }
    }
  }

  private Reading reading() {
    RabbitSettings rabbit = settings.rabbit();
    if (options.bind() == null) {
      String queue = options.queue() == null ? rabbit.queue() : options.queue();
      return new Reading(queue, "", "", options.shared());
    }
    if (settings.stream().isPresent()) {
      throw WrongSettings.of(
          "With SLUICE_TARGET=stream nothing goes through the exchange, and a queue of --bind would"
              + " stay empty: leave it out, and give each consumer of the stream a --name.");
    }
    if (options.from() != null) {
      throw WrongSettings.of("--from is for a stream, and --bind reads a queue: leave one out.");
    }
    int colon = options.bind().indexOf(':');
    if (colon < 1 || options.queue() != null || options.name() == null) {
      throw WrongSettings.of(
          "--bind is written as 'exchange:pattern', such as 'sluice:scrabble.#', and goes with --name"
              + " for the queue's name, without --queue.");
    }
    return new Reading(
        options.name(),
        options.bind().substring(0, colon),
        options.bind().substring(colon + 1),
        options.shared());
  }

  private StreamReading asStream(ConsumeSettings consume, Reading reading) {
    RabbitSettings rabbit = settings.rabbit();
    return new StreamReading(
        consume.name(),
        Optional.ofNullable(options.from()).map(ConsumerRun::lasting),
        options.bind() == null
            && reading.queue().equals(rabbit.queue())
            && rabbit.topology().queueType() == QueueType.STREAM,
        consume.onGap() == Answer.APPLY);
  }

  /** The end is another place at the next start, and what came until then would be passed over. */
  private static StreamOffset lasting(StreamOffset from) {
    return from.equals(StreamOffset.NEXT)
        ? StreamOffset.parse(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
        : from;
  }

  private static Answer answer(String option, String text) {
    return switch (text) {
      case "apply" -> Answer.APPLY;
      case "stop" -> Answer.STOP;
      default -> throw WrongSettings.of(option + " is stop or apply, not \"" + text + "\".");
    };
  }

  private void run(
      ConsumeSettings consume,
      Reading reading,
      Target.Opener target,
      Scheduler blocking,
      ConsumerMonitoring monitoring) {
    CountDownLatch closed = new CountDownLatch(1);
    Optional<Spans> spans = WantedSpans.of(environment);
    try {
      run(
          consume,
          reading,
          spans.map(by -> TracedTarget.opener(target, by, reading.queue())).orElse(target),
          blocking,
          monitoring,
          closed);
    } finally {
      spans.ifPresent(Spans::close);
      closed.countDown();
    }
  }

  private void run(
      ConsumeSettings consume,
      Reading reading,
      Target.Opener target,
      Scheduler blocking,
      ConsumerMonitoring monitoring,
      CountDownLatch closed) {
    Random random = new Random();
    RabbitSettings rabbit = settings.rabbit();
    try (RabbitConnection from =
            new RabbitConnection(rabbit, "sluice consume " + consume.name(), blocking, random);
        RabbitConnection parking =
            new RabbitConnection(rabbit, "sluice parking " + consume.name(), blocking, random)) {
      QueueInboxes inboxes =
          new QueueInboxes(from, parking, reading, asStream(consume, reading), consume.prefetch());
      Consumption consumption =
          new Consumption(
              consume,
              monitoring.watched(inboxes, reading.queue(), blocking),
              monitoring.watched(target),
              new Backoff(random::nextDouble));
      stopOnSignal(consumption, closed);
      consumption.run();
      log.info("Stopped behind {} messages", consumption.messages());
    } catch (TargetException wrong) {
      throw new PipelineException(FailureKind.MISCONFIGURED, wrong.getMessage(), wrong);
    }
  }

  /** As the run command does: a stop that was asked for and went well ends with 0. */
  private static void stopOnSignal(Consumption consumption, CountDownLatch closed) {
    Thread running = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (closed.getCount() == 0) {
                    return;
                  }
                  consumption.stop();
                  try {
                    if (closed.await(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
                      Runtime.getRuntime().halt(ExitCode.OK);
                    }
                    log.warn("Not everything closed in time; nothing is lost by that");
                    // Whoever still waits, as for a command, ends what it waits for.
                    running.interrupt();
                    closed.await(ENDING.toMillis(), TimeUnit.MILLISECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                },
                "sluice-stop"));
  }
}
