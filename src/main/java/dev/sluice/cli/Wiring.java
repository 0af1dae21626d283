package dev.sluice.cli;

import dev.sluice.config.RabbitSettings;
import dev.sluice.config.Settings;
import dev.sluice.inserter.Inserter;
import dev.sluice.message.EnvelopeEncoder;
import dev.sluice.message.ParkedMessages;
import dev.sluice.mongo.ChangeStreamSource;
import dev.sluice.mongo.MongoCheckpointStore;
import dev.sluice.mongo.MongoConnection;
import dev.sluice.mongo.SnapshotReads;
import dev.sluice.mongo.SnapshotRequests;
import dev.sluice.mongo.StoredPositions;
import dev.sluice.monitor.PipelineCounts;
import dev.sluice.monitor.WatchedCheckpoints;
import dev.sluice.pipeline.Beginning;
import dev.sluice.pipeline.EventPublisher;
import dev.sluice.pipeline.Heartbeats;
import dev.sluice.pipeline.PipelineListener;
import dev.sluice.pipeline.PipelineMeter;
import dev.sluice.pipeline.PipelineParts;
import dev.sluice.pipeline.PipelineSchedulers;
import dev.sluice.pipeline.PipelineSupervisor;
import dev.sluice.pipeline.Replay;
import dev.sluice.pipeline.RequestDesk;
import dev.sluice.pipeline.Restoration;
import dev.sluice.pipeline.SnapshotReport;
import dev.sluice.pipeline.Snapshots;
import dev.sluice.pipeline.StartPoint;
import dev.sluice.rabbit.ConfirmingPublisher;
import dev.sluice.rabbit.ParkedRelease;
import dev.sluice.rabbit.ParkingQueue;
import dev.sluice.rabbit.RabbitConnection;
import dev.sluice.rabbit.SingleMessages;
import dev.sluice.rabbit.StreamPublisher;
import dev.sluice.rabbit.StreamQueue;
import dev.sluice.rabbit.TemporaryQueue;
import dev.sluice.route.Routes;
import dev.sluice.shape.Shaping;
import dev.sluice.trace.Spans;
import dev.sluice.trace.TracedPublisher;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Puts the parts together: exactly one of each holder, every thread named. Closing it closes them
 * in the order of the way: what takes events in first, then what sends them, then the threads.
 */
public final class Wiring implements AutoCloseable {
  /** Opening and closing connections: a handful at the most, one after the other. */
  private static final int BLOCKING_THREADS = 4;

  private static final int BLOCKING_QUEUE = 64;

  private final Settings settings;
  private final Optional<Spans> spans;
  private final MongoConnection mongo;
  private final RabbitConnection publishing;
  private final RabbitConnection reading;
  private final RabbitConnection telling;
  private Snapshots snapshots;
  private Optional<StreamPublisher> stream = Optional.empty();
  private final Scheduler encoder = Schedulers.newSingle("sluice-encode", true);
  private final Scheduler publisher = Schedulers.newSingle("sluice-publish", true);
  private final Scheduler timer = Schedulers.newSingle("sluice-timer", true);
  private final Scheduler blocking =
      Schedulers.newBoundedElastic(BLOCKING_THREADS, BLOCKING_QUEUE, "sluice-blocking", 60, true);

  /**
   * @throws dev.sluice.config.WrongSettings if a part cannot use its settings
   */
  public Wiring(Settings settings) {
    this(settings, Optional.empty());
  }

  /**
   * As the other one, with spans of what is published; closing it closes them.
   *
   * @throws dev.sluice.config.WrongSettings if a part cannot use its settings
   */
  Wiring(Settings settings, Optional<Spans> spans) {
    this.settings = settings;
    this.spans = spans;
    this.mongo = new MongoConnection(settings.mongo());
    String pipeline = settings.capture().pipeline();
    this.publishing =
        new RabbitConnection(settings.rabbit(), "sluice " + pipeline, blocking, new Random());
    this.telling =
        new RabbitConnection(
            settings.rabbit(), "sluice heartbeat " + pipeline, blocking, new Random());
    this.reading =
        new RabbitConnection(settings.rabbit(), "sluice reading", blocking, new Random());
  }

  /** The pipeline; to be made once. */
  public PipelineSupervisor pipeline(PipelineListener listener) {
    return pipeline(Beginning.AS_SAVED, listener);
  }

  /** The pipeline, to begin somewhere; to be made once. */
  public PipelineSupervisor pipeline(Beginning beginning, PipelineListener listener) {
    return new PipelineSupervisor(parts(), beginning, listener);
  }

  /** The same, counted. */
  PipelineSupervisor pipeline(
      Beginning beginning, PipelineListener listener, PipelineCounts counts) {
    return new PipelineSupervisor(
        parts().counted(counts, store -> new WatchedCheckpoints(store, counts)),
        beginning,
        listener);
  }

  /** The threads on which nothing may wait for a server. */
  Map<String, Executor> threads() {
    return Map.of("sluice-encode", encoder::schedule, "sluice-timer", timer::schedule);
  }

  /** Runs the pipeline, and what the settings want beside it. */
  public Mono<Void> run(PipelineSupervisor pipeline) {
    Mono<Void> work =
        new RequestDesk(pipeline, snapshots(), requests(), timer).during(pipeline.run());
    return settings
        .heartbeat()
        .map(period -> heartbeats(pipeline, period).during(work))
        .orElse(work);
  }

  private Heartbeats heartbeats(PipelineSupervisor pipeline, Duration period) {
    return new Heartbeats(
        pipeline,
        source(),
        settings.capture().pipeline(),
        period,
        new SingleMessages(telling, settings.delivery())::send,
        timer,
        Clock.systemUTC());
  }

  /** What publishes a stretch of the log again; to be made once. */
  public Replay replay(StartPoint from, StartPoint until) {
    return new Replay(parts(), from, until, (state, reason) -> {});
  }

  private PipelineParts parts() {
    return new PipelineParts(
        source(),
        settings.capture().partition(),
        new Shaping(settings.shape()),
        encoder()::encode,
        new ParkedMessages(
            settings.rabbit().parkingQueue(), routes(), settings.delivery().maxMessageBytes()),
        spans.map(by -> traced(events(), by)).orElseGet(this::events),
        new MongoCheckpointStore(
            mongo,
            settings.capture().pipeline(),
            settings.capture().selection(),
            // Differs from all others, those of a container's process 1 as well.
            process() + " (" + UUID.randomUUID() + ")",
            settings.delivery().lease()),
        settings.delivery(),
        settings.failures(),
        snapshots(),
        new PipelineSchedulers(encoder, publisher, timer),
        settings.capture().transactionMarkers(),
        PipelineMeter.NONE);
  }

  /**
   * Tells how far a snapshot is.
   *
   * @param tell called on the timer's thread
   */
  public SnapshotReport snapshotReport(
      PipelineSupervisor pipeline, Duration period, Consumer<String> tell) {
    return new SnapshotReport(pipeline::position, snapshots(), period, tell, timer);
  }

  /** One for the process: who asks for a snapshot and who takes it speak of the same. */
  private synchronized Snapshots snapshots() {
    if (snapshots == null) {
      snapshots =
          new Snapshots(
              source(),
              new SnapshotReads(mongo, settings.capture(), settings.snapshot()),
              settings.snapshot(),
              !settings.capture().view().hasNewImage(),
              !settings.capture().partition().isWhole(),
              Clock.systemUTC());
    }
    return snapshots;
  }

  /** What people ask of the running pipeline. */
  public SnapshotRequests requests() {
    return new SnapshotRequests(mongo, settings.capture().pipeline());
  }

  private EnvelopeEncoder encoder() {
    return new EnvelopeEncoder(
        settings.envelope(), routes(), settings.delivery().maxMessageBytes());
  }

  private Routes routes() {
    return new Routes(settings.route());
  }

  /** What is captured. */
  public ChangeStreamSource source() {
    return new ChangeStreamSource(mongo, settings.capture(), Clock.systemUTC());
  }

  /** The saved position, in the hands of people. */
  public StoredPositions positions() {
    return positions(settings.capture().pipeline());
  }

  /** The same of another pipeline, or of one of its partitions. */
  StoredPositions positions(String pipeline) {
    return new StoredPositions(mongo, pipeline, settings.capture().selection());
  }

  /** Where the pipeline publishes. */
  private EventPublisher events() {
    stream =
        settings.stream()
            .map(
                its ->
                    new StreamPublisher(publishing, settings.delivery(), its, new SecureRandom()));
    return stream.<EventPublisher>map(its -> its).orElseGet(this::publisher);
  }

  public ConfirmingPublisher publisher() {
    return new ConfirmingPublisher(publishing, settings.delivery());
  }

  private EventPublisher traced(EventPublisher inner, Spans by) {
    RabbitSettings rabbit = settings.rabbit();
    return new TracedPublisher(
        inner, by, rabbit.usesDefaultExchange() ? rabbit.queue() : rabbit.exchange());
  }

  public ParkingQueue parkingQueue() {
    return new ParkingQueue(reading);
  }

  /** What a consumer has parked goes back by. */
  public ParkedRelease parkedRelease() {
    return new ParkedRelease(reading, publishing, settings.rabbit().queue());
  }

  /** What makes messages of parked ones again. */
  public Restoration restoration() {
    return new Restoration(
        source(),
        new Shaping(settings.shape())::shape,
        encoder()::encode,
        settings.delivery().maxMessageBytes(),
        timer,
        Clock.systemUTC());
  }

  /** Says to people which process it is. */
  static String process() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "localhost";
    }
    return "process " + ProcessHandle.current().pid() + " on " + host;
  }

  public MongoConnection mongo() {
    return mongo;
  }

  public Inserter inserter() {
    return new Inserter(mongo, timer);
  }

  public StreamQueue streamQueue() {
    return new StreamQueue(reading, timer);
  }

  public TemporaryQueue temporaryQueue() {
    return new TemporaryQueue(reading);
  }

  @Override
  public void close() {
    mongo.close();
    stream.ifPresent(StreamPublisher::close);
    publishing.close();
    reading.close();
    telling.close();
    encoder.dispose();
    publisher.dispose();
    timer.dispose();
    blocking.dispose();
    spans.ifPresent(Spans::close);
  }
}
