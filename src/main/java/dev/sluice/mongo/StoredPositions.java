package dev.sluice.mongo;

import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.sluice.change.Position;
import dev.sluice.checkpoint.StoredPosition;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.conversions.Bson;
import reactor.core.publisher.Mono;

/**
 * The position of a pipeline in the hands of people: shown, set and cleared while nobody runs it,
 * and with it the snapshot that is under way.
 *
 * <p>Whoever changes it raises the epoch and takes the lease away, in the one command that looks
 * whether the lease still runs: an instance that runs all the same is fenced off, like one that was
 * paused too long. All methods are cold and fail with a {@link PipelineException}.
 */
public final class StoredPositions {
  private final MongoConnection connection;
  private final String pipeline;
  private final CheckpointDocument form;
  private final CheckpointUpdates updates;

  /**
   * @param source what the settings select of the log ({@code CaptureSettings.selection})
   */
  public StoredPositions(MongoConnection connection, String pipeline, String source) {
    this.connection = connection;
    this.pipeline = pipeline;
    this.form = new CheckpointDocument(pipeline, source);
    // Claims nothing, so it has no name and no lease of its own.
    this.updates = new CheckpointUpdates(pipeline, source, "", Duration.ZERO);
  }

  /** What is kept; empty if nothing is. */
  public Mono<StoredPosition> read() {
    List<Bson> withTime =
        List.of(
            Aggregates.match(byId()),
            new BsonDocument("$addFields", new BsonDocument("now", new BsonString("$$NOW"))));
    return connection
        .operationTime()
        .then(Mono.defer(() -> Mono.from(checkpoints().aggregate(withTime).first())))
        .map(form::stored)
        .onErrorMap(this::recognise);
  }

  /**
   * Has the next start begin here. Fails with kind {@code TAKEN_OVER} if an instance has a lease
   * that still runs.
   *
   * @param source what is selected where the position comes from
   * @param force whatever the lease says
   */
  public Mono<Void> set(Position position, String source, boolean force) {
    return change(updates.placed(position, source, force), true);
  }

  /** Has the next start begin as a first one does, else like {@link #set}. */
  public Mono<Void> clear(boolean force) {
    return change(updates.cleared(force), false);
  }

  /**
   * Gives up the snapshot that is under way, whatever is left of it, and leaves the position; else
   * like {@link #set}. Nothing is published of that.
   */
  public Mono<Void> dropSnapshot(boolean force) {
    return change(updates.withoutSnapshot(force), false);
  }

  private Mono<Void> change(List<Bson> update, boolean make) {
    FindOneAndUpdateOptions options =
        new FindOneAndUpdateOptions().upsert(make).returnDocument(ReturnDocument.AFTER);
    return connection
        .operationTime()
        .then(Mono.defer(() -> Mono.from(checkpoints().find(byId()).first())))
        .doOnNext(form::read) // What a newer Sluice wrote is not touched.
        .then(Mono.defer(() -> Mono.from(checkpoints().findOneAndUpdate(byId(), update, options))))
        .doOnNext(this::requireDone)
        .onErrorMap(this::recognise)
        .then();
  }

  private void requireDone(BsonDocument after) {
    if (after.containsKey("lease")) {
      throw new PipelineException(
          FailureKind.TAKEN_OVER,
          "The pipeline \""
              + pipeline
              + "\" is run by "
              + CheckpointDocument.owner(after)
              + ": stop it first, or fence it off with --force");
    }
  }

  private RuntimeException recognise(Throwable failure) {
    return connection.recognise(failure, Doing.CHECKPOINT);
  }

  private MongoCollection<BsonDocument> checkpoints() {
    return MongoCheckpointStore.checkpoints(connection);
  }

  private Bson byId() {
    return Filters.eq("_id", pipeline);
  }
}
