package dev.sluice.pipeline;

import dev.sluice.change.Change;
import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import org.bson.BsonTimestamp;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where changes come from. */
public interface ChangeSource {
  /** Hears how far the stream has come, also where nothing in it concerns us. */
  @FunctionalInterface
  interface Progress {
    /**
     * Called on a thread of the driver, which must not be held up.
     *
     * @param events behind so many events of this subscription, counted from its start,
     * @param token the stream may be resumed here
     */
    void reached(long events, ResumeToken token);

    /**
     * The same where also nothing of the token's own time is to come: a token alone says that of
     * what is before it.
     */
    default void passed(long events, ResumeToken token) {
      reached(events, token);
    }
  }

  /**
   * The changes from a position on, in the order in which they were committed. Cold: each
   * subscription opens a stream of its own, and cancelling closes it. Completes only when the
   * stream has ended for good because its collection is gone; the last event then is the
   * invalidation, behind which a new stream can start. Fails with a {@link PipelineException}.
   * Events come on a thread of the driver. The prefetched part of the stream is bounded by one
   * reply of the server.
   */
  Flux<Change> changes(Position from, Progress progress);

  /**
   * The time of the cluster's newest operation: a stream at it misses nothing written from now on.
   */
  Mono<BsonTimestamp> now();

  /** How far the log reaches back; empty if it cannot be told. Cold; fails as the others do. */
  Mono<LogWindow> logWindow();
}
