package dev.sluice.testing;

import dev.sluice.change.Change;
import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.pipeline.ChangeSource;
import dev.sluice.pipeline.PipelineException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.BsonTimestamp;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A log of events that a test appends to. A stream from a token goes on behind the event with that
 * token, as a server's does.
 */
public final class ScriptedSource implements ChangeSource {
  /** Where streams were opened, in order. */
  public final List<Position> opened = new CopyOnWriteArrayList<>();

  public final AtomicInteger cancelled = new AtomicInteger();

  /** How far back the server's log reaches. */
  public volatile LogWindow logWindow =
      new LogWindow(new BsonTimestamp(1_700_000_000, 1), new BsonTimestamp(1_700_003_600, 1));

  /** Streams from other positions than this fail with it, as long as it is set. */
  public volatile PipelineException lostExceptFromLogWindow;

  /**
   * Whether a stream from a moment leaves out what is older; else it begins with the first event.
   */
  public volatile boolean keepsTimes;

  private final List<Change> log = new ArrayList<>();
  private final List<Sinks.Many<Change>> streams = new ArrayList<>();
  private Progress progress;

  public synchronized void append(Change... events) {
    for (Change event : events) {
      log.add(event);
      // One of them may end, and be removed, by what it is given.
      List.copyOf(streams).forEach(stream -> stream.tryEmitNext(event).orThrow());
    }
  }

  /** Breaks the streams that are open. */
  public synchronized void fail(RuntimeException failure) {
    List<Sinks.Many<Change>> broken = List.copyOf(streams);
    streams.clear();
    broken.forEach(stream -> stream.tryEmitError(failure));
  }

  /** Ends the streams that are open, as an invalidation does. */
  public synchronized void complete() {
    List<Sinks.Many<Change>> ended = List.copyOf(streams);
    streams.clear();
    ended.forEach(Sinks.Many::tryEmitComplete);
  }

  public synchronized void progress(long events, ResumeToken token) {
    progress.reached(events, token);
  }

  @Override
  public Flux<Change> changes(Position from, Progress listener) {
    return Flux.defer(
        () -> {
          synchronized (this) {
            opened.add(from);
            if (lostExceptFromLogWindow != null
                && !from.equals(new Position.At(logWindow.oldest()))) {
              return Flux.error(lostExceptFromLogWindow);
            }
            progress = listener;
            Sinks.Many<Change> stream = Sinks.many().unicast().onBackpressureBuffer();
            log.stream().skip(passed(from)).forEach(event -> stream.tryEmitNext(event).orThrow());
            streams.add(stream);
            return stream
                .asFlux()
                .doOnCancel(
                    () -> {
                      synchronized (this) {
                        cancelled.incrementAndGet();
                        streams.remove(stream);
                      }
                    });
          }
        });
  }

  private int passed(Position from) {
    if (from instanceof Position.After after) {
      for (int i = log.size() - 1; i >= 0; i--) {
        if (log.get(i).position().equals(after)) {
          return i + 1;
        }
      }
    }
    if (keepsTimes) {
      BsonTimestamp time = from.clusterTime().orElseThrow();
      return (int) log.stream().filter(change -> isOlder(change, time)).count();
    }
    return 0;
  }

  private static boolean isOlder(Change change, BsonTimestamp time) {
    return change.position().clusterTime().filter(at -> at.compareTo(time) < 0).isPresent();
  }

  @Override
  public Mono<BsonTimestamp> now() {
    return Mono.just(new BsonTimestamp(1_700_000_000, 0));
  }

  @Override
  public Mono<LogWindow> logWindow() {
    return Mono.justOrEmpty(logWindow);
  }
}
