package dev.sluice.mongo;

import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.changestream.FullDocument;
import com.mongodb.reactivestreams.client.ChangeStreamPublisher;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.CorruptBsonException;
import dev.sluice.change.Operation;
import dev.sluice.change.Position;
import dev.sluice.config.CaptureSettings;
import dev.sluice.pipeline.ChangeSource;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The change stream of one collection. */
public final class ChangeStreamSource implements ChangeSource {
  /**
   * How long the server waits before it answers that nothing happened. An event is answered at
   * once; this only sets how often the position of an idle stream moves, and how long a closed
   * cursor lingers.
   */
  private static final long MAX_AWAIT_MILLIS = 1000;

  private final MongoConnection connection;
  private final CaptureSettings settings;
  private final Clock clock;

  public ChangeStreamSource(MongoConnection connection, CaptureSettings settings, Clock clock) {
    this.connection = connection;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public Mono<BsonTimestamp> now() {
    return connection.operationTime();
  }

  @Override
  public Flux<ChangeEvent> changes(Position from, Progress progress) {
    return Flux.defer(
            () -> {
              String comment = "sluice " + settings.pipeline() + " " + UUID.randomUUID();
              StreamWatch tokens = connection.streamWatch();
              Sinks.Empty<RawBsonDocument> unanswered = Sinks.empty();
              tokens.follow(comment, progress, () -> unanswered.tryEmitError(silent()));
              return Flux.from(open(from, comment))
                  .takeUntilOther(unanswered.asMono())
                  .doFinally(signal -> tokens.forget(comment));
            })
        .map(this::event)
        .onErrorMap(connection::recognise);
  }

  private PipelineException silent() {
    return new PipelineException(
        FailureKind.TRANSIENT, "MongoDB at " + connection.address() + " does not answer any more");
  }

  private Publisher<RawBsonDocument> open(Position from, String comment) {
    MongoCollection<RawBsonDocument> collection =
        connection
            .client()
            .getDatabase(connection.settings().database())
            .getCollection(settings.collection(), RawBsonDocument.class);
    ChangeStreamPublisher<RawBsonDocument> stream =
        collection
            .watch(List.of(wanted()), RawBsonDocument.class)
            .batchSize(settings.batchSize())
            .maxAwaitTime(MAX_AWAIT_MILLIS, TimeUnit.MILLISECONDS)
            .comment(comment);
    if (settings.updateLookup()) {
      stream.fullDocument(FullDocument.UPDATE_LOOKUP);
    }
    if (from instanceof Position.After after) {
      // Unlike resumeAfter it also takes the token of an invalidation.
      stream.startAfter(after.token().toBson());
    } else if (from instanceof Position.At at) {
      stream.startAtOperationTime(at.time());
    }
    // The whole event as bytes: an eighth of what the driver's own event class costs.
    return stream.withDocumentClass(RawBsonDocument.class);
  }

  /** The end of the collection always comes through: the stream ends with it. */
  private Bson wanted() {
    List<String> operations = new ArrayList<>(settings.operations());
    operations.sort(null);
    operations.add(Operation.DROP.text());
    operations.add(Operation.RENAME.text());
    operations.add(Operation.DROP_DATABASE.text());
    operations.add(Operation.INVALIDATE.text());
    return Aggregates.match(Filters.in("operationType", operations));
  }

  private ChangeEvent event(RawBsonDocument raw) {
    ByteBuffer bytes = raw.getByteBuffer().asNIO();
    try {
      return new ChangeEvent(
          bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining(), clock.millis());
    } catch (CorruptBsonException | IllegalArgumentException e) {
      throw new PipelineException(
          FailureKind.POISON_EVENT, "A change event cannot be read: " + e.getMessage(), e);
    }
  }
}
