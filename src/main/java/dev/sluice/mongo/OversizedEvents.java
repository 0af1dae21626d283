package dev.sluice.mongo;

import com.mongodb.MongoServerException;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Oversized;
import dev.sluice.change.Position;
import dev.sluice.pipeline.ChangeSource.Progress;
import reactor.core.publisher.Flux;

/**
 * Gets a stream past an event that is larger than the server can send (16 MB with all that it
 * holds), where the server cannot split it: before MongoDB 6.0.9.
 *
 * <p>Such an event fails the whole reply, and the server does not say which it was. So the stream
 * is read again one event at a time; the one that fails then is the next one. It is read a third
 * time without its documents, which is an {@link Oversized}, and the stream goes on behind it.
 *
 * <p>Serves one subscription.
 */
final class OversizedEvents {
  /** The stream that is read, as often as need be. Cold; fails with the driver's exceptions. */
  interface Reading {
    /** Whole events, in replies of so many at the most. */
    Flux<ChangeEvent> events(Position from, int batchSize, Progress progress);

    /** The same events, of which nothing is left but their keys. */
    Flux<ChangeEvent> keys(Position from);
  }

  private enum Step {
    WHOLE_REPLIES,
    ONE_BY_ONE,
    KEYS
  }

  private final Reading stream;
  private final int batchSize;
  private final Progress progress;
  private Position position;
  private long emitted;
  private Step step = Step.WHOLE_REPLIES;

  /** What the server said of the event that is to be passed over. */
  private String error;

  private boolean ended;

  OversizedEvents(Reading stream, int batchSize, Position from, Progress progress) {
    this.stream = stream;
    this.batchSize = batchSize;
    this.position = from;
    this.progress = progress;
  }

  /** Cold; fails with the driver's exceptions. */
  Flux<Change> changes() {
    // One step after the other, not one inside of the other: there may be many.
    return Flux.defer(this::proceed).repeat(() -> !ended);
  }

  private Flux<Change> proceed() {
    return switch (step) {
      case WHOLE_REPLIES ->
          read(batchSize).onErrorResume(tooLarge -> then(Step.ONE_BY_ONE, tooLarge));
      // For as many events as a reply may have had; then the reason for the care is behind us.
      case ONE_BY_ONE ->
          read(1)
              .take(batchSize)
              .doOnComplete(() -> step = Step.WHOLE_REPLIES)
              .onErrorResume(tooLarge -> then(Step.KEYS, tooLarge));
      case KEYS ->
          stream
              .keys(position)
              .take(1)
              .<Change>map(keys -> new Oversized(keys, error))
              .doOnNext(this::note)
              .doOnComplete(() -> step = Step.WHOLE_REPLIES);
    };
  }

  private Flux<Change> then(Step next, Throwable failure) {
    if (failure instanceof MongoServerException server
        && server.getCode() == MongoFailures.BSON_OBJECT_TOO_LARGE) {
      step = next;
      error = MongoFailures.withoutReply(server);
      return Flux.empty();
    }
    return Flux.error(failure);
  }

  private Flux<Change> read(int batch) {
    long before = emitted;
    return stream
        .events(position, batch, new Noting(progress, before, () -> {}))
        .<Change>map(event -> event)
        .doOnNext(this::note)
        .doOnComplete(() -> ended = true);
  }

  private void note(Change change) {
    position = change.position();
    emitted++;
  }
}
