package dev.sluice.pipeline;

import dev.sluice.change.Change;
import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.BsonTimestamp;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A part of the log: what comes from another source before a moment. Its stream completes when all
 * of that has come.
 */
final class Stretch implements ChangeSource {
  private final ChangeSource source;

  /** The first cluster time that is not part of it; asked for once. */
  private final Mono<BsonTimestamp> end;

  private volatile boolean exhausted;

  /**
   * @param until the moment; of one that is {@code now} when it is first read from
   */
  Stretch(ChangeSource source, StartPoint until) {
    this.source = source;
    this.end =
        until
            .find(source)
            .map(position -> position.clusterTime().orElseThrow())
            .cacheInvalidateIf(found -> false);
  }

  /** Whether the stream that was last opened has come to the end of the stretch. */
  boolean isExhausted() {
    return exhausted;
  }

  @Override
  public Flux<Change> changes(Position from, Progress progress) {
    return end.flatMapMany(
        time -> {
          exhausted = false;
          return new Reading(time, progress).changes(from);
        });
  }

  @Override
  public Mono<BsonTimestamp> now() {
    return source.now();
  }

  @Override
  public Mono<LogWindow> logWindow() {
    return source.logWindow();
  }

  /** One stream: its events come on one thread, its progress on another. */
  private final class Reading {
    private final BsonTimestamp time;
    private final Progress progress;
    private final Sinks.Empty<Void> nothingMore = Sinks.empty();
    private final AtomicLong seen = new AtomicLong();

    /** The stretch is over behind so many events. */
    private final AtomicLong last = new AtomicLong(Long.MAX_VALUE);

    /** How many events came before the last report from the end of the stretch; -1 for none. */
    private long reported = -1;

    Reading(BsonTimestamp time, Progress progress) {
      this.time = time;
      this.progress = progress;
    }

    Flux<Change> changes(Position from) {
      return source
          .changes(from, this::reached)
          .takeWhile(change -> !isBehind(change))
          .takeUntil(change -> isLast())
          .takeUntilOther(nothingMore.asMono());
    }

    private boolean isBehind(Change change) {
      boolean behind =
          change.position().clusterTime().filter(at -> at.compareTo(time) >= 0).isPresent();
      exhausted |= behind;
      return behind;
    }

    private boolean isLast() {
      boolean over = seen.incrementAndGet() >= last.get();
      exhausted |= over;
      return over;
    }

    private void reached(long events, ResumeToken token) {
      progress.reached(events, token);
      if (token.clusterTime().filter(at -> isOver(events, at)).isPresent()) {
        last.accumulateAndGet(events, Math::min);
        if (seen.get() >= events) {
          exhausted = true;
          nothingMore.tryEmitEmpty();
        }
      }
    }

    /**
     * A token of the last moment of the stretch may stand before an event of that moment: it counts
     * when the server has waited there and found nothing. An idle deployment writes the next entry
     * only seconds later.
     */
    private boolean isOver(long events, BsonTimestamp at) {
      boolean waited = reported == events;
      reported = at.getValue() + 1 == time.getValue() ? events : -1;
      return at.compareTo(time) >= 0 || reported >= 0 && waited;
    }
  }
}
