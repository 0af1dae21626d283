package dev.sluice.mongo;

import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.changestream.FullDocument;
import com.mongodb.client.model.changestream.FullDocumentBeforeChange;
import com.mongodb.reactivestreams.client.ChangeStreamPublisher;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoCluster;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.CorruptBsonException;
import dev.sluice.change.DocumentSource;
import dev.sluice.change.Position;
import dev.sluice.config.CaptureSettings;
import dev.sluice.config.NamespacePattern;
import dev.sluice.config.Scope;
import dev.sluice.pipeline.ChangeSource.Progress;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** How a change stream is opened, and what is made of its documents. */
final class ChangeStream implements OversizedEvents.Reading {
  /**
   * How long the server waits before it answers that nothing happened. An event is answered at
   * once; this only sets how often the position of an idle stream moves, and how long a closed
   * cursor lingers.
   */
  private static final long MAX_AWAIT_MILLIS = 1000;

  /** What is left of an event that is too large: enough to find it again, and to say what it is. */
  private static final List<String> KEYS =
      List.of("operationType", "clusterTime", "wallTime", "ns", "documentKey", "txnNumber", "lsid");

  /** What the view has no use for does not leave the server. */
  private static final Bson WITHOUT_NEW_IMAGE =
      new BsonDocument(
          "$project",
          new BsonDocument("fullDocument", new BsonInt32(0))
              .append("updateDescription", new BsonInt32(0)));

  private final MongoConnection connection;
  private final CaptureSettings settings;
  private final WantedChanges wanted;
  private final ServerVersion version;
  private final NewImage newImage;
  private final SourceWarnings warnings;
  private final Clock clock;

  ChangeStream(
      MongoConnection connection,
      CaptureSettings settings,
      WantedChanges wanted,
      ServerVersion version,
      NewImage newImage,
      Clock clock,
      SourceWarnings warnings) {
    this.warnings = warnings;
    this.connection = connection;
    this.settings = settings;
    this.wanted = wanted;
    this.version = version;
    this.newImage = newImage;
    this.clock = clock;
  }

  @Override
  public Flux<ChangeEvent> events(Position from, int batchSize, Progress progress) {
    List<Bson> stages = new ArrayList<>(wanted.stages());
    if (!settings.view().hasNewImage()) {
      stages.add(WITHOUT_NEW_IMAGE);
    }
    if (version.splitsLargeEvents()) {
      // Has to be the last.
      stages.add(new BsonDocument("$changeStreamSplitLargeEvent", new BsonDocument()));
    }
    return open(stages, from, batchSize, true, progress)
        .transform(events -> version.splitsLargeEvents() ? SplitEvents.join(events) : events)
        .map(this::event);
  }

  @Override
  public Flux<ChangeEvent> keys(Position from) {
    List<Bson> stages = new ArrayList<>(wanted.stages());
    stages.add(Aggregates.project(Projections.include(KEYS)));
    return open(stages, from, 1, false, (events, token) -> {}).map(this::event);
  }

  /**
   * Opens the stream. If it is refused at once, for no reason that passes, it is opened at the
   * present to see whether that is for the position: only then is the position lost. A stage that
   * people wrote may fail at the first event and work at the present: that tells nothing.
   */
  private Flux<RawEvent> open(
      List<Bson> stages, Position from, int batchSize, boolean images, Progress progress) {
    return Flux.defer(
        () -> {
          AtomicBoolean opened = new AtomicBoolean();
          Progress noting = new Noting(progress, 0, () -> opened.set(true));
          return follow(stages, Optional.of(from), batchSize, images, noting)
              .onErrorResume(
                  refusal ->
                      !opened.get()
                          && !wanted.hasOwnStages()
                          && MongoFailures.mayBeForThePosition(refusal),
                  refusal ->
                      opensAtThePresent(stages, images)
                          .thenMany(Flux.error(() -> MongoFailures.refusedPosition(refusal))));
        });
  }

  /** Completes when the server has answered, and fails as it refuses. */
  private Mono<Void> opensAtThePresent(List<Bson> stages, boolean images) {
    return Mono.defer(
        () -> {
          Sinks.Empty<Void> opened = Sinks.empty();
          return follow(
                  stages, Optional.empty(), 1, images, (events, token) -> opened.tryEmitEmpty())
              .takeUntilOther(opened.asMono())
              .then();
        });
  }

  /**
   * @param from the present if empty
   */
  private Flux<RawEvent> follow(
      List<Bson> stages,
      Optional<Position> from,
      int batchSize,
      boolean images,
      Progress progress) {
    return Flux.defer(
        () -> {
          String comment = "sluice " + settings.pipeline() + " " + UUID.randomUUID();
          StreamWatch tokens = connection.streamWatch();
          Sinks.Empty<RawEvent> unanswered = Sinks.empty();
          tokens.follow(comment, progress, () -> unanswered.tryEmitError(silent()));
          return Flux.from(watch(stages, from, batchSize, images, comment))
              .takeUntilOther(unanswered.asMono())
              .doFinally(signal -> tokens.forget(comment));
        });
  }

  private PipelineException silent() {
    return new PipelineException(
        FailureKind.TRANSIENT, "MongoDB at " + connection.address() + " does not answer any more");
  }

  private Publisher<RawEvent> watch(
      List<Bson> stages, Optional<Position> from, int batchSize, boolean images, String comment) {
    ChangeStreamPublisher<RawBsonDocument> stream =
        narrowest(stages)
            .batchSize(batchSize)
            .maxAwaitTime(MAX_AWAIT_MILLIS, TimeUnit.MILLISECONDS)
            .comment(comment);
    if (settings.expandedEvents()) {
      stream.showExpandedEvents(true);
    }
    if (images) {
      askForImages(stream);
    }
    Position position = from.orElse(null);
    if (position instanceof Position.After after) {
      // Unlike resumeAfter it also takes the token of an invalidation.
      stream.startAfter(after.token().toBson());
    } else if (position instanceof Position.At at) {
      stream.startAtOperationTime(at.time());
    }
    // The whole event as bytes: an eighth of what the driver's own event class costs.
    return stream.withDocumentClass(RawEvent.class);
  }

  private void askForImages(ChangeStreamPublisher<RawBsonDocument> stream) {
    if (newImage != NewImage.NONE) {
      stream.fullDocument(
          newImage == NewImage.LOOKUP ? FullDocument.UPDATE_LOOKUP : FullDocument.WHEN_AVAILABLE);
    }
    if (settings.view().hasOldImage()) {
      stream.fullDocumentBeforeChange(FullDocumentBeforeChange.WHEN_AVAILABLE);
    }
  }

  /** Of the collection, the database or the deployment: as narrow as the scope allows. */
  private ChangeStreamPublisher<RawBsonDocument> narrowest(List<Bson> stages) {
    MongoClient client = connection.client();
    MongoCluster cluster = client.withCodecRegistry(RawEventCodec.in(client.getCodecRegistry()));
    Scope scope = settings.scope();
    if (scope.database().isEmpty()) {
      return cluster.watch(stages, RawBsonDocument.class);
    }
    MongoDatabase database = cluster.getDatabase(scope.database().get());
    return scope
        .only()
        .flatMap(NamespacePattern::collectionName)
        .map(name -> database.getCollection(name).watch(stages, RawBsonDocument.class))
        .orElseGet(() -> database.watch(stages, RawBsonDocument.class));
  }

  private ChangeEvent event(RawEvent raw) {
    byte[] bytes = raw.bytes();
    try {
      ChangeEvent event =
          new ChangeEvent(
              bytes,
              0,
              bytes.length,
              clock.millis(),
              newImage == NewImage.POST_IMAGE ? DocumentSource.POST_IMAGE : DocumentSource.LOOKUP);
      warnings.check(event);
      return event;
    } catch (CorruptBsonException | IllegalArgumentException e) {
      throw new PipelineException(
          FailureKind.POISON_EVENT, "A change event cannot be read: " + e.getMessage(), e);
    }
  }
}
