package dev.sluice.cli;

import dev.sluice.change.Namespace;
import dev.sluice.config.Scope;
import dev.sluice.config.Settings;
import dev.sluice.consume.AskedSnapshots;
import dev.sluice.mongo.MongoConnection;
import dev.sluice.mongo.SnapshotRequests;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.snapshot.SnapshotRequest.State;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** A consumer's requests, left where {@code sluice snapshot start} leaves its own. */
final class RequestedSnapshots implements AskedSnapshots, AutoCloseable {
  private final MongoConnection mongo;
  private final SnapshotRequests requests;
  private final Scope scope;

  RequestedSnapshots(Settings settings) {
    this.mongo = new MongoConnection(settings.mongo());
    this.requests = new SnapshotRequests(mongo, settings.capture().pipeline());
    this.scope = settings.capture().scope();
  }

  @Override
  public boolean isWatched(Namespace collection) {
    return scope.contains(collection.database(), collection.collection());
  }

  @Override
  public String newId() {
    return SnapshotRequests.newId();
  }

  @Override
  public void ask(String id, List<Namespace> collections) {
    answered(requests.ask(id, collections, "", List.of()));
  }

  @Override
  public Optional<Asked> find(String id) {
    return answered(requests.find(id))
        .map(
            request ->
                new Asked(
                    request.state() == State.VOID,
                    request.state().name().toLowerCase(Locale.ROOT)
                        + (request.answer().isEmpty() ? "" : ", " + request.answer())));
  }

  private static <T> Optional<T> answered(Mono<T> question) {
    try {
      return question.blockOptional();
    } catch (RuntimeException failure) {
      throw PipelineException.of(failure);
    }
  }

  @Override
  public void close() {
    mongo.close();
  }
}
