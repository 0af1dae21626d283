package dev.sluice.pipeline;

import dev.sluice.change.Change;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.checkpoint.CheckpointWriter;
import dev.sluice.checkpoint.InFlightWindow;
import dev.sluice.config.DeliverySettings;
import dev.sluice.config.DocumentOrder;
import dev.sluice.message.Message;
import dev.sluice.pipeline.Admission.Admitted;
import dev.sluice.pipeline.Publishing.Outgoing;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/**
 * One run from a position to the first failure, or to the end of the stream: a channel, a stream, a
 * window, all of them new. Whatever goes wrong tears down the whole of it.
 */
final class Attempt {
  /**
   * A snapshot is gone on with as long as less than this part of the window is taken. A change that
   * comes meanwhile waits behind that and no more, and an eighth of 2,000 is enough for nearly all
   * of the speed (docs/PERFORMANCE.md, "Events in flight").
   */
  private static final int SNAPSHOT_SHARE = 8;

  private final ChangeSource source;
  private final Snapshots snapshots;
  private final EventPublisher publisher;
  private final Encoding encoding;
  private final DeliverySettings settings;
  private final PipelineSchedulers schedulers;
  private final Leadership leadership;
  private final PipelineListener listener;
  private final Start start;
  private final boolean transactionMarkers;
  private final PipelineMeter meter;
  private final InFlightWindow window;
  private final Admission admission;
  private final Publishing publishing;
  private final CheckpointWriter checkpoints;
  private final int snapshotInFlight;
  private final AtomicBoolean streaming = new AtomicBoolean();

  /** Null as long as no snapshot runs beside the stream. */
  private volatile SnapshotStage snapshot;

  /** Events that were confirmed to a former attempt and have not come again yet. */
  private final Set<Position> confirmedBefore = ConcurrentHashMap.newKeySet();

  Attempt(
      PipelineParts parts,
      Leadership leadership,
      Refusals refusals,
      Start start,
      PipelineListener listener) {
    this.source = parts.source();
    this.snapshots = parts.snapshots();
    this.publisher = parts.publisher();
    this.encoding = new Encoding(parts, refusals);
    this.settings = parts.settings();
    this.schedulers = parts.schedulers();
    this.leadership = leadership;
    this.listener = listener;
    this.start = start;
    this.transactionMarkers = parts.transactionMarkers();
    this.confirmedBefore.addAll(start.confirmed());
    int maxInFlight = start.oneByOne() > 0 ? 1 : settings.maxInFlight();
    this.snapshotInFlight = Math.max(1, maxInFlight / SNAPSHOT_SHARE);
    this.window =
        new InFlightWindow(
            maxInFlight,
            settings.maxInFlightBytes(),
            settings.order() == DocumentOrder.STRICT,
            start.from().snapshot(),
            start.numbering());
    this.meter = parts.meter();
    this.admission = new Admission(window, schedulers.encoder(), meter);
    this.publishing =
        new Publishing(
            window, maxInFlight, parts, this::roomMayBeFree, leadership, refusals, listener);
    this.checkpoints =
        new CheckpointWriter(
            parts.checkpoints(),
            leadership.checkpoint(),
            window,
            settings.checkpointInterval(),
            schedulers.timer(),
            failure -> PipelineException.of(failure).kind().isPassing());
  }

  /** The window, from which the supervisor reads how far the attempt has come. */
  InFlightWindow window() {
    return window;
  }

  /** The events behind the window's position that RabbitMQ has confirmed, here or before. */
  Set<Position> confirmedAhead() {
    // In this order: what moves from the one to the other meanwhile is in both.
    Set<Position> ahead = new HashSet<>();
    // By the time that a whole window was taken in, all have come again that ever will.
    if (window.last() < settings.maxInFlight()) {
      ahead.addAll(confirmedBefore);
    }
    ahead.addAll(window.confirmedAhead());
    return ahead;
  }

  /** Whether the stream could not even be opened where it was to begin. */
  boolean failedAt(Position position) {
    return start.from().stream().equals(position.stream()) && !streaming.get();
  }

  /**
   * Runs. Completes when the stream has ended for good, or after a stop when all that was taken in
   * is confirmed or the time for that has passed.
   *
   * @param stop completes when nothing more is to be taken in
   */
  Mono<Void> run(Mono<Void> stop) {
    return runUntil(Mono.firstWithSignal(stop, snapshots.wished()));
  }

  private Mono<Void> runUntil(Mono<Void> stop) {
    return Mono.usingWhen(
        open()
            .doOnNext(opened -> meter.works(PipelineMeter.Side.BROKER))
            .doOnError(failure -> meter.broke(PipelineMeter.Side.BROKER))
            .takeUntilOther(stop),
        channel -> checkpoints.saveDuring(deliver(channel, stop)),
        EventPublisher.ConfirmChannel::close);
  }

  private Mono<EventPublisher.ConfirmChannel> open() {
    return start
        .numbering()
        .map(numbering -> publisher.open(publishing, numbering))
        .orElseGet(() -> publisher.open(publishing));
  }

  private Mono<Void> deliver(EventPublisher.ConfirmChannel channel, Mono<Void> stop) {
    Flux<Outgoing> messages =
        changes()
            .takeUntilOther(stop)
            .transform(admission::admit)
            .publishOn(schedulers.encoder(), settings.maxInFlight())
            .filter(admitted -> !isConfirmed(admitted.number(), admitted.change()))
            .handle(this::encode);
    Mono<Void> deadline = stop.then(Mono.delay(settings.drainTimeout(), schedulers.timer())).then();
    return publishing
        .publish(messages, channel)
        .takeUntilOther(deadline)
        .takeUntilOther(leadership.lost());
  }

  private boolean isConfirmed(long number, Change change) {
    if (confirmedBefore.isEmpty() || !confirmedBefore.contains(change.position())) {
      return false;
    }
    publishing.passOver(number);
    confirmedBefore.remove(change.position());
    return true;
  }

  private void encode(Admitted admitted, SynchronousSink<Outgoing> sink) {
    long number = admitted.number();
    Message message = encoding.encode(admitted.change());
    if (message == null) {
      publishing.passOver(number);
      return;
    }
    meter.encoded(message);
    if (window.encoded(number, message.body().length)) {
      admission.roomMayBeFree();
    }
    sink.next(new Outgoing(number, admitted.change().documentHash(), message));
  }

  private Flux<Change> changes() {
    Flux<Change> all =
        Flux.concat(
            Mono.justOrEmpty(start.gap()),
            stream()
                .doOnNext(change -> nowStreaming())
                .doOnError(failure -> meter.broke(PipelineMeter.Side.SOURCE)));
    return start.oneByOne() > 0 ? all.take(start.oneByOne()) : all;
  }

  /** With the snapshot that goes on beside it, if there is one. */
  private Flux<Change> stream() {
    return start.from().snapshot().isEmpty()
        ? changesAndMarkers(this::progress)
        : snapshots
            .stage(start.from(), this::hasRoomForSnapshot, schedulers.encoder())
            .doOnNext(stage -> snapshot = stage)
            .flatMapMany(stage -> stage.into(this::changesAndMarkers, this::reached));
  }

  private boolean hasRoomForSnapshot() {
    return window.size() < snapshotInFlight
        && window.bytes() < settings.maxInFlightBytes() / SNAPSHOT_SHARE;
  }

  /** On the connection's thread, after confirms. */
  private void roomMayBeFree() {
    admission.roomMayBeFree();
    SnapshotStage running = snapshot;
    if (running != null) {
      running.roomMayBeFree();
    }
  }

  private Flux<Change> changesAndMarkers(ChangeSource.Progress progress) {
    Position from = start.from().stream();
    if (!transactionMarkers) {
      return source.changes(from, progress);
    }
    TransactionMarkers markers = new TransactionMarkers(from);
    return new Insertions(markers)
        .into(inner -> source.changes(markers.opening(), inner), progress);
  }

  private void progress(long events, ResumeToken token) {
    reached(events, new Position.After(token));
  }

  private void reached(long events, Position position) {
    nowStreaming();
    window.progress(events + (start.gap().isPresent() ? 1 : 0), position);
  }

  /** The first sign of life of the stream. */
  private void nowStreaming() {
    if (streaming.compareAndSet(false, true)) {
      meter.works(PipelineMeter.Side.SOURCE);
      listener.changed(PipelineState.STREAMING, "reading on from " + start.from());
    }
  }
}
