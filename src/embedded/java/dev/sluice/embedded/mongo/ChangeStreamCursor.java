package dev.sluice.embedded.mongo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * An open change stream: a place in the log that moves on as it is read.
 *
 * <p>A {@code getMore} that finds nothing parks: no thread waits. The log's next append, the
 * deadline or a kill goes on with it, whichever is first. State is guarded by this object's
 * monitor; events are rendered on the worker that runs the command or on the one that was woken.
 */
final class ChangeStreamCursor implements ServerCursor {

  /** Entries fetched from the log at a time: few enough to stay in cache, enough to be cheap. */
  private static final int CHUNK = 512;

  private final Oplog oplog;
  private final ChangeStreamScope scope;
  private final EventSource events;
  private final int tokenVersion;
  private final Executor workers;
  private final ScheduledExecutorService timer;

  private long position;
  private ResumeToken postBatchToken;
  private OpTime scanned;

  /** The token of the invalidate that ended the stream, once it has. */
  private ResumeToken end;

  private List<OplogEntry> chunk = List.of();
  private int inChunk;
  private volatile Waiting parked;
  private boolean killed;

  /** Where a cursor starts: sequence number in the log and the token that stands for it. */
  record Origin(long position, ResumeToken token) {}

  ChangeStreamCursor(
      Oplog oplog,
      ChangeStreamScope scope,
      EventSource events,
      Origin origin,
      Executor workers,
      ScheduledExecutorService timer) {
    this.oplog = oplog;
    this.scope = scope;
    this.events = events;
    this.workers = workers;
    this.timer = timer;
    this.position = origin.position();
    this.postBatchToken = origin.token();
    this.tokenVersion = events.tokenVersion();
    this.scanned = origin.token().position().time();
  }

  @Override
  public String namespace() {
    return scope.cursorNamespace();
  }

  @Override
  public synchronized boolean isExhausted() {
    return end != null && !events.hasPending();
  }

  @Override
  public CompletionStage<Batch> next(int batchSize, Duration wait) {
    Waiting waiting = new Waiting(batchSize, System.nanoTime() + wait.toNanos());
    waiting.step();
    return waiting.reply;
  }

  /** The first batch of an {@code aggregate}: what is there, without waiting. */
  synchronized Batch firstBatch(int batchSize) {
    return read(batchSize);
  }

  synchronized Batch emptyBatch() {
    return new Batch(List.of(), postBatchToken);
  }

  @Override
  public void kill() {
    synchronized (this) {
      killed = true;
    }
    Waiting parked = this.parked;
    if (parked != null) {
      workers.execute(parked::step);
    }
  }

  @Override
  public synchronized boolean isKilled() {
    return killed;
  }

  private Batch read(int batchSize) {
    BatchBuilder batch = new BatchBuilder(batchSize);
    ResumeToken last = null;
    boolean caughtUp = false;
    while (!batch.isFull()) {
      Optional<Event> event = nextEvent();
      if (event.isEmpty()) {
        caughtUp = true;
        break;
      }
      if (!batch.hasRoomFor(event.get().document())) {
        events.pushBack(event.get());
        break;
      }
      batch.add(event.get().document());
      last = event.get().token();
    }
    if (last != null) {
      postBatchToken = last;
    }
    if (end != null && !events.hasPending()) {
      postBatchToken = end;
    } else if (caughtUp && scanned.isAfter(postBatchToken.position().time())) {
      postBatchToken = ResumeToken.highWaterMark(scanned, tokenVersion);
    }
    return new Batch(batch.documents(), postBatchToken);
  }

  private Optional<Event> nextEvent() {
    while (true) {
      Optional<Event> pending = events.poll();
      if (pending.isPresent()) {
        return pending;
      }
      if (end != null || !fetch()) {
        return Optional.empty();
      }
    }
  }

  /** Hands the next entry that concerns this stream to the event source; false at the end. */
  private boolean fetch() {
    while (true) {
      if (inChunk == chunk.size()) {
        chunk = oplog.read(position, CHUNK).orElseThrow(ChangeStreamCursor::overrun);
        inChunk = 0;
        if (chunk.isEmpty()) {
          return false;
        }
      }
      OplogEntry entry = chunk.get(inChunk);
      boolean shown = scope.shows(entry);
      boolean last = shown && scope.isInvalidatedBy(entry);
      boolean any = shown && events.offer(entry, last);
      advance(entry);
      if (last) {
        end = events.tokenOfInvalidate(entry);
      }
      if (any || last) {
        return true;
      }
    }
  }

  private void advance(OplogEntry entry) {
    inChunk++;
    position++;
    scanned = entry.time();
  }

  private static ServerError overrun() {
    return new ServerError(
        136,
        "CappedPositionLost",
        "CollectionScan died due to position in capped collection being deleted.",
        List.of("NonResumableChangeStreamError"));
  }

  /** An event ready to be sent. */
  record Event(RawDocument document, ResumeToken token) {}

  /** One {@code getMore} under way. */
  private final class Waiting {
    private final int batchSize;
    private final long deadline;
    private final CompletableFuture<Batch> reply = new CompletableFuture<>();
    private final Runnable wake = () -> workers.execute(this::step);
    private Future<?> alarm;

    Waiting(int batchSize, long deadline) {
      this.batchSize = batchSize;
      this.deadline = deadline;
    }

    void step() {
      if (reply.isDone()) {
        return;
      }
      try {
        long seen;
        synchronized (ChangeStreamCursor.this) {
          if (reply.isDone()) {
            return;
          }
          if (killed) {
            throw new ServerError(237, "CursorKilled", "operation was interrupted");
          }
          Batch batch = read(batchSize);
          long left = deadline - System.nanoTime();
          if (!batch.documents().isEmpty() || end != null || left <= 0) {
            finish();
            reply.complete(batch);
            return;
          }
          seen = position;
          parked = this;
          if (alarm == null) {
            alarm = timer.schedule(wake, left, TimeUnit.NANOSECONDS);
          }
        }
        oplog.whenPast(seen, wake);
      } catch (RuntimeException e) {
        finish();
        reply.completeExceptionally(e);
      }
    }

    private void finish() {
      parked = null;
      oplog.forget(wake);
      if (alarm != null) {
        alarm.cancel(false);
      }
    }
  }
}
