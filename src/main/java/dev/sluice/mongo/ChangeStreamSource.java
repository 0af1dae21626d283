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

/** The change stream of one collection. */
public final class ChangeStreamSource implements ChangeSource {
  private final MongoConnection connection;
  private final CaptureSettings settings;
  private final Clock clock;
  private final SourceWarnings warnings = new SourceWarnings();

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
  public Mono<LogWindow> logWindow() {
    return OplogEnds.read(connection).onErrorMap(connection::recognise);
  }

  @Override
  public Flux<Change> changes(Position from, Progress progress) {
    return connection
        .serverVersion()
        .flatMapMany(
            version -> {
              warnings.check(version, settings.updateLookup());
              ChangeStream stream =
                  new ChangeStream(connection, settings, version, clock, warnings);
              return new OversizedEvents(stream, settings.batchSize(), from, progress).changes();
            })
        .onErrorMap(this::recognise);
  }

  private RuntimeException recognise(Throwable failure) {
    Optional<PipelineException> lost = MongoFailures.lostPosition(failure);
    return lost.isPresent() ? lost.get() : connection.recognise(failure, Doing.WATCHING);
  }
}
