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
  /** The ways to read the same events. */
  interface Streams {
    /** Whole events. Cold; fails with the driver's exceptions. */
    Flux<ChangeEvent> events(Position from, int batchSize, Progress progress);

    /** The same events, of which nothing is left but their keys. */
    Flux<ChangeEvent> keys(Position from);
  }

  /** How the stream is read. */
  private enum Care {
    USUAL,
    /** For as many events as a reply may have had; then the reason for the care is behind us. */
    ONE_BY_ONE,
    /** The next event only, which is the one that is too large. */
    KEYS
  }

  private final Streams stream;
  private final int batchSize;
  private final Progress progress;
  private Position position;
  private long emitted;
  private Care care = Care.USUAL;
  private String refusal = "";
  private boolean goesOn;

  OversizedEvents(Streams stream, int batchSize, Position from, Progress progress) {
    this.stream = stream;
    this.batchSize = batchSize;
    this.position = from;
    this.progress = progress;
  }

  /**
   * Cold; fails with the driver's exceptions.
   *
   * <p>One stream behind the other and not one in the other: there may be thousands.
   */
  Flux<Change> changes() {
    return Flux.defer(this::read)
        .onErrorResume(OversizedEvents::isTooLarge, this::takeMoreCare)
        .repeat(() -> goesOn);
  }

  private Flux<Change> read() {
    goesOn = false;
    return switch (care) {
      case USUAL -> read(batchSize);
      case ONE_BY_ONE -> read(1).take(batchSize).doOnComplete(() -> goOn(Care.USUAL));
      case KEYS ->
          stream
              .keys(position)
              .take(1)
              .<Change>map(keys -> new Oversized(keys, refusal))
              .doOnNext(this::note)
              .doOnComplete(() -> goOn(Care.USUAL));
    };
  }

  private void goOn(Care next) {
    care = next;
    goesOn = true;
  }

  private Flux<Change> takeMoreCare(Throwable failure) {
    if (care == Care.KEYS) {
      return Flux.error(failure);
    }
    refusal = MongoFailures.withoutReply((MongoServerException) failure);
    goOn(care == Care.USUAL ? Care.ONE_BY_ONE : Care.KEYS);
    return Flux.empty();
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
