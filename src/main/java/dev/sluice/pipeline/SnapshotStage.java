package dev.sluice.pipeline;

import dev.sluice.change.Change;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.change.SnapshotNotice;
import dev.sluice.pipeline.ChangeSource.Progress;
import dev.sluice.snapshot.Chunk;
import dev.sluice.snapshot.ChunkReader;
import dev.sluice.snapshot.ChunkRequest;
import dev.sluice.snapshot.Splice;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * The stage that lets a snapshot into the stream. It reads beside the stream what the {@link
 * Splice} wants, and hands over between two changes what that lets in. Ends the stream behind the
 * end of the snapshot, so that the next attempt does without it.
 *
 * <p>Serves one attempt.
 */
final class SnapshotStage implements Insertions.Between {
  private final Splice splice;
  private final ChunkReader reader;
  private final int parallel;
  private final BooleanSupplier room;
  private final Scheduler scheduler;
  private final Consumer<SnapshotNotice> ended;
  private final Insertions insertions = new Insertions(this);
  private final AtomicBoolean rousing = new AtomicBoolean();
  private volatile boolean paused;
  private volatile boolean cancelled;

  /** What was read and is not told yet; one for each reader at the most. */
  private final Queue<Chunk> read = new ConcurrentLinkedQueue<>();

  private final Sinks.Many<ChunkRequest> wanted = Sinks.many().unicast().onBackpressureBuffer();

  /**
   * @param room whether what is under way leaves room for more of the snapshot
   * @param scheduler where it goes on when there is room again
   * @param ended hears of the end of the snapshot, which is not confirmed yet
   */
  SnapshotStage(
      Splice splice,
      ChunkReader reader,
      int parallel,
      BooleanSupplier room,
      Scheduler scheduler,
      Consumer<SnapshotNotice> ended) {
    this.room = room;
    this.scheduler = scheduler;
    this.ended = ended;
    this.splice = splice;
    this.reader = reader;
    this.parallel = parallel;
  }

  /** Hears how far stream and snapshot are. */
  @FunctionalInterface
  interface Reached {
    /**
     * @param events behind so many of what the stage has handed over
     */
    void reached(long events, Position position);
  }

  /** The stage. Completes behind the end of the snapshot. */
  Flux<Change> into(Function<Progress, Flux<Change>> stream, Reached reached) {
    return insertions
        .into(stream, (events, token) -> reached.reached(events, splice.position()))
        .takeUntilOther(reading())
        .takeUntil(this::isEnd);
  }

  /** Nothing more is read, or it goes on. From any thread. */
  void pause(boolean wanted) {
    if (paused != wanted) {
      paused = wanted;
      insertions.wake();
    }
  }

  /** There may be room for more of it. From any thread; goes on at the scheduler. */
  void roomMayBeFree() {
    if (room.getAsBoolean() && rousing.compareAndSet(false, true)) {
      scheduler.schedule(
          () -> {
            rousing.set(false);
            insertions.wake();
          });
    }
  }

  /** It is given up. From any thread. */
  void cancel() {
    cancelled = true;
    insertions.wake();
  }

  /** Never completes; fails when something cannot be read. */
  private Mono<Void> reading() {
    return wanted
        .asFlux()
        .flatMap(request -> reader.read(request).doOnNext(this::arrived), parallel)
        .then(Mono.never());
  }

  private void arrived(Chunk chunk) {
    read.add(chunk);
    insertions.wake();
  }

  private boolean isEnd(Change change) {
    boolean isEnd = change instanceof SnapshotNotice && change.position().snapshot().isEmpty();
    if (isEnd) {
      ended.accept((SnapshotNotice) change);
    }
    return isEnd;
  }

  @Override
  public void change(Change change, Consumer<Change> out) {
    splice.change(change, out);
    goOn();
  }

  @Override
  public boolean mark(ResumeToken token, boolean passed, Consumer<Change> out) {
    splice.mark(token, passed, out);
    goOn();
    return true;
  }

  @Override
  public void woken(Consumer<Change> out) {
    for (Chunk chunk = read.poll(); chunk != null; chunk = read.poll()) {
      splice.arrived(chunk);
    }
    splice.pause(paused);
    if (cancelled) {
      splice.cancel(out);
    } else {
      splice.letInNext(out);
    }
    goOn();
  }

  private void goOn() {
    for (ChunkRequest request : splice.toRead()) {
      // It fails only where nobody listens any more.
      wanted.tryEmitNext(request);
    }
    if (splice.isReady()) {
      insertions.wake();
    }
  }
}
