package dev.sluice.pipeline;

import dev.sluice.change.Namespace;
import dev.sluice.change.Position;
import dev.sluice.change.SnapshotNotice;
import dev.sluice.config.SnapshotSettings;
import dev.sluice.config.SnapshotSettings.Mode;
import dev.sluice.snapshot.ChunkReader;
import dev.sluice.snapshot.KeyRange;
import dev.sluice.snapshot.SnapshotLimits;
import dev.sluice.snapshot.SnapshotProgress;
import dev.sluice.snapshot.SnapshotRequest;
import dev.sluice.snapshot.SnapshotSource;
import dev.sluice.snapshot.Splice;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.bson.BsonDocument;
import org.bson.BsonInvalidOperationException;
import org.bson.BsonTimestamp;
import org.bson.types.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** When a snapshot is taken, and of what it is made. Takes no part in a stream without one. */
public final class Snapshots {
  private static final Logger log = LoggerFactory.getLogger(Snapshots.class);

  private final ChangeSource changes;
  private final SnapshotSource source;
  private final SnapshotSettings settings;
  private final boolean keysOnly;
  private final boolean partial;
  private final Clock clock;

  /** What somebody wants and is not begun yet. */
  private volatile Optional<BsonDocument> wanted = Optional.empty();

  private volatile Sinks.Empty<Void> wish = Sinks.empty();

  /** The one that runs, or ran last. */
  private volatile Optional<SnapshotStage> stage = Optional.empty();

  private volatile Optional<SnapshotNotice> lastEnd = Optional.empty();

  /**
   * @param keysOnly whether the documents themselves are not wanted
   * @param partial whether others carry some of the documents
   */
  public Snapshots(
      ChangeSource changes,
      SnapshotSource source,
      SnapshotSettings settings,
      boolean keysOnly,
      boolean partial,
      Clock clock) {
    this.changes = changes;
    this.source = source;
    this.settings = settings;
    this.keysOnly = keysOnly;
    this.partial = partial;
    this.clock = clock;
  }

  /** For a pipeline that takes none. */
  public static Snapshots none(ChangeSource changes) {
    Clock never = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    return new Snapshots(changes, new Nothing(), SnapshotSettings.NEVER, false, false, never);
  }

  /** The position at which a pipeline begins that had none: with a snapshot, if one is wanted. */
  Mono<Position> atFirstStart(Position start) {
    return settings.atFirstStart()
        ? planned().map(plan -> Position.of(start, plan))
        : Mono.just(start);
  }

  /** Whether one is taken when the position is lost, whatever is set for that. */
  boolean whenLost() {
    return settings.mode() == Mode.WHEN_NEEDED;
  }

  /** Whether there is nothing more to do at this position. */
  boolean isDone(Optional<Position> position) {
    return settings.mode() == Mode.ONLY
        && position.filter(reached -> reached.snapshot().isEmpty()).isPresent();
  }

  /** What is to be kept of a snapshot of everything that begins now. */
  Mono<BsonDocument> planned() {
    String id = new ObjectId().toHexString();
    return changes
        .now()
        .flatMap(
            now ->
                source
                    .ranges(settings.parallel())
                    .map(ranges -> plan(id, now, settings.match(), ranges)));
  }

  /** Plans one that somebody wants; what runs now is to end, and to go on with it. Cold. */
  Mono<Void> take(SnapshotRequest request) {
    return changes
        .now()
        .zipWith(source.ranges(request, settings.parallel()))
        .doOnNext(
            planned -> {
              wanted =
                  Optional.of(
                      plan(request.id(), planned.getT1(), request.match(), planned.getT2()));
              wish.tryEmitEmpty();
            })
        .then();
  }

  /** Completes when there is one to begin with. */
  Mono<Void> wished() {
    return wish.asMono();
  }

  boolean isWished() {
    return wanted.isPresent();
  }

  /** Whether it is the one of that name that is wanted and not begun yet. */
  boolean isWished(String id) {
    return wanted.filter(plan -> SnapshotProgress.of(plan).id().equals(id)).isPresent();
  }

  /** The position with the snapshot that somebody wants, if none is beside it. */
  Position beginWished(Position from) {
    if (!from.snapshot().isEmpty()) {
      // Another one came before it. It is asked for again when that is through.
      begun();
    }
    return wanted.map(plan -> Position.of(from, plan)).orElse(from);
  }

  /** What was wanted is kept. */
  void begun() {
    if (wanted.isPresent()) {
      wanted = Optional.empty();
      wish = Sinks.empty();
    }
  }

  void pause(boolean wanted) {
    stage.ifPresent(current -> current.pause(wanted));
  }

  void cancel() {
    stage.ifPresent(SnapshotStage::cancel);
  }

  /** Whether the end of it has been let into the stream by this process. */
  boolean hasEnded(String id) {
    return lastEnd.filter(notice -> notice.snapshot().equals(id)).isPresent();
  }

  /** How it ended, for people. */
  String endOf(String id) {
    return lastEnd
        .filter(notice -> notice.snapshot().equals(id))
        .map(
            notice ->
                notice.reason().orElse("completed")
                    + ": "
                    + notice.documents()
                    + " documents published, "
                    + notice.leftOut()
                    + " left out")
        .orElse("over");
  }

  private BsonDocument plan(String id, BsonTimestamp now, String match, List<KeyRange> ranges) {
    SnapshotProgress progress = SnapshotProgress.begin(id, now, match, partial, ranges);
    log.info("A snapshot of {} is to be taken, {}", named(progress), progress.id());
    return progress.toBson();
  }

  /** About how many documents it has to read. */
  Mono<Long> estimate(SnapshotProgress progress) {
    return source.estimate(progress.namespaces());
  }

  static String named(SnapshotProgress progress) {
    int collections = progress.namespaces().size();
    return collections == 1
        ? progress.namespaces().get(0).toString()
        : collections + " collections";
  }

  /**
   * The stage that lets the snapshot into the stream which goes on here. Nothing is read as it was
   * before the present: what a predecessor has published is not newer.
   *
   * @param from amid a snapshot
   * @param room whether what is under way leaves room for more of the snapshot; from any thread
   * @param scheduler where it goes on when there is room again
   */
  Mono<SnapshotStage> stage(Position from, BooleanSupplier room, Scheduler scheduler) {
    return Mono.zip(
        changes.now(),
        source.open(),
        (now, reader) -> stage(splice(from, now, room), reader, room, scheduler));
  }

  private SnapshotStage stage(
      Splice splice, ChunkReader reader, BooleanSupplier room, Scheduler scheduler) {
    SnapshotStage made =
        new SnapshotStage(splice, reader, settings.parallel(), room, scheduler, this::noteEnd);
    stage = Optional.of(made);
    return made;
  }

  private Splice splice(Position from, BsonTimestamp now, BooleanSupplier room) {
    SnapshotProgress progress = progress(from.snapshot());
    return new Splice(
        progress,
        from,
        now.getValue(),
        SnapshotLimits.of(settings.chunk(), settings.parallel(), keysOnly),
        room,
        clock);
  }

  private void noteEnd(SnapshotNotice notice) {
    lastEnd = Optional.of(notice);
    log.info("The snapshot {} has ended, {}", notice.snapshot(), endOf(notice.snapshot()));
  }

  private static SnapshotProgress progress(BsonDocument kept) {
    try {
      return SnapshotProgress.of(kept);
    } catch (IllegalArgumentException | BsonInvalidOperationException e) {
      throw new PipelineException(
          FailureKind.MISCONFIGURED,
          "What is kept of the snapshot in sluice.checkpoints cannot be used: " + e.getMessage(),
          e);
    }
  }

  /** Of a pipeline that is asked for none. */
  private static final class Nothing implements SnapshotSource {
    @Override
    public Mono<List<KeyRange>> ranges(int readers) {
      return Mono.just(List.of());
    }

    @Override
    public Mono<List<KeyRange>> ranges(SnapshotRequest request, int readers) {
      return Mono.just(List.of());
    }

    @Override
    public Mono<Long> estimate(List<Namespace> collections) {
      return Mono.just(0L);
    }

    @Override
    public Mono<ChunkReader> open() {
      return Mono.just(request -> Mono.empty());
    }
  }
}
