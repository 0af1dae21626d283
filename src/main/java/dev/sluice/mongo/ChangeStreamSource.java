package dev.sluice.mongo;

import dev.sluice.change.Change;
import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import dev.sluice.config.CaptureSettings;
import dev.sluice.pipeline.ChangeSource;
import dev.sluice.pipeline.PipelineException;
import java.time.Clock;
import java.util.Optional;
import org.bson.BsonTimestamp;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The change stream of all that is watched. */
public final class ChangeStreamSource implements ChangeSource {
  private final MongoConnection connection;
  private final CaptureSettings settings;
  private final WantedChanges wanted;
  private final Clock clock;
  private final SourceWarnings warnings = new SourceWarnings();

  /**
   * @throws dev.sluice.config.WrongSettings if a stage that people wrote cannot be used
   */
  public ChangeStreamSource(MongoConnection connection, CaptureSettings settings, Clock clock) {
    this.connection = connection;
    this.settings = settings;
    this.wanted = new WantedChanges(settings);
    this.clock = clock;
  }

  @Override
  public Mono<BsonTimestamp> now() {
    return connection.operationTime();
  }

  @Override
  public Mono<LogWindow> logWindow() {
    return OplogEnds.read(connection).onErrorMap(connection::recognise);
  }

  @Override
  public Flux<Change> changes(Position from, Progress progress) {
    return connection
        .serverVersion()
        .flatMapMany(
            version -> {
              warnings.check(version, settings.updateLookup() && settings.view().hasNewImage());
              Images images = new Images(connection, settings);
              return images
                  .require(version)
                  .then(newImages(images, version))
                  .flatMapMany(newImage -> changes(version, newImage, from, progress));
            })
        .onErrorMap(this::recognise);
  }

  /**
   * Completes when the server has opened a stream at the position, with all that the settings want
   * of it but images. Nothing is changed. Cold; fails as {@link #changes} does.
   */
  public Mono<Void> opens(Position from) {
    return connection
        .serverVersion()
        .flatMap(
            version -> {
              Sinks.Empty<Void> opened = Sinks.empty();
              return new ChangeStream(
                      connection, settings, wanted, version, NewImage.NONE, clock, warnings)
                  .events(
                      from, 1, new Noting((events, token) -> {}, 0, () -> opened.tryEmitEmpty()))
                  .takeUntilOther(opened.asMono())
                  .next()
                  .then();
            })
        .onErrorMap(this::recognise);
  }

  private Flux<Change> changes(
      ServerVersion version, NewImage newImage, Position from, Progress progress) {
    ChangeStream stream =
        new ChangeStream(connection, settings, wanted, version, newImage, clock, warnings);
    return new OversizedEvents(stream, settings.batchSize(), from, progress).changes();
  }

  /** An image is exact; what a lookup finds may be newer. Who may not look takes the lookup. */
  private Mono<NewImage> newImages(Images images, ServerVersion version) {
    if (!settings.updateLookup() || !settings.view().hasNewImage()) {
      return Mono.just(NewImage.NONE);
    }
    if (!version.keepsImages()) {
      return Mono.just(NewImage.LOOKUP);
    }
    return images
        .areEverywhere()
        .onErrorResume(MongoFailures::isUnauthorized, refused -> Mono.just(false))
        .map(everywhere -> everywhere ? NewImage.POST_IMAGE : NewImage.LOOKUP);
  }

  private RuntimeException recognise(Throwable failure) {
    Optional<PipelineException> lost = MongoFailures.lostPosition(failure);
    return lost.isPresent() ? lost.get() : connection.recognise(failure, Doing.WATCHING);
  }
}
