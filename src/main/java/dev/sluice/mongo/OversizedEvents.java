package dev.sluice.mongo;

import com.mongodb.MongoServerException;
import dev.sluice.change.Change;
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
  private final ChangeStream stream;
  private final int batchSize;
  private final Progress progress;
  private Position position;
  private long emitted;

  OversizedEvents(ChangeStream stream, int batchSize, Position from, Progress progress) {
    this.stream = stream;
    this.batchSize = batchSize;
    this.position = from;
    this.progress = progress;
  }

  /** Cold; fails with the driver's exceptions. */
  Flux<Change> changes() {
    return Flux.defer(
        () -> read(batchSize).onErrorResume(OversizedEvents::isTooLarge, failure -> oneByOne()));
  }

  /** For as many events as a reply may have had; then the reason for the care is behind us. */
  private Flux<Change> oneByOne() {
    return Flux.defer(
        () ->
            read(1)
                .take(batchSize)
                .concatWith(Flux.defer(this::changes))
                .onErrorResume(OversizedEvents::isTooLarge, this::passOver));
  }

  private Flux<Change> passOver(Throwable failure) {
    return Flux.defer(() -> stream.keys(position))
        .take(1)
        .<Change>map(
            keys -> new Oversized(keys, MongoFailures.withoutReply((MongoServerException) failure)))
        .doOnNext(this::note)
        .concatWith(Flux.defer(this::changes));
  }

  private Flux<Change> read(int batch) {
    long before = emitted;
    return stream
        .events(position, batch, (events, token) -> progress.reached(before + events, token))
        .<Change>map(event -> event)
        .doOnNext(this::note);
  }

  private void note(Change change) {
    position = change.position();
    emitted++;
  }

  private static boolean isTooLarge(Throwable failure) {
    return failure instanceof MongoServerException server
        && server.getCode() == MongoFailures.BSON_OBJECT_TOO_LARGE;
  }
}
