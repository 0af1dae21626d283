package dev.sluice.mongo;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoServerException;
import com.mongodb.WriteConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import com.mongodb.client.result.UpdateResult;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.CheckpointStore;
import dev.sluice.checkpoint.Claim;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bson.BsonDocument;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Keeps checkpoints in the collection {@code sluice.checkpoints} of the watched replica set, one
 * document for each pipeline, of which {@link CheckpointDocument} has the form.
 *
 * <p>Written with {@code w: majority}, so that no failover undoes it, and only while the epoch is
 * still the one that was claimed. All times are the server's ({@code $$NOW}), so the clocks of the
 * machines that Sluice runs on do not matter.
 */
public final class MongoCheckpointStore implements CheckpointStore {
  private static final Logger log = LoggerFactory.getLogger(MongoCheckpointStore.class);

  private static final String DATABASE = "sluice";
  private static final String COLLECTION = "checkpoints";

  private final MongoConnection connection;
  private final CheckpointDocument form;
  private final CheckpointUpdates updates;
  private final String pipeline;
  private final String instance;

  /** A standby looks again and again. */
  private final AtomicBoolean saidSo = new AtomicBoolean();

  /**
   * @param source what the pipeline selects of the log ({@code CaptureSettings.selection}): under
   *     another one the stream goes on at the position's time
   * @param instance tells this process from all others
   * @param lease how long a claim holds without being renewed
   */
  public MongoCheckpointStore(
      MongoConnection connection, String pipeline, String source, String instance, Duration lease) {
    this.connection = connection;
    this.pipeline = pipeline;
    this.instance = instance;
    this.form = new CheckpointDocument(pipeline, source);
    this.updates = new CheckpointUpdates(pipeline, source, instance, lease);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Looked at first: a start that is refused must not fence off the instance that rightly runs.
   * And the servers before that: nothing is written to one that cannot be used.
   */
  @Override
  public Mono<Claim> claim(Optional<Checkpoint> known) {
    return connection
        .operationTime()
        .then(Mono.defer(() -> Mono.from(checkpoints().find(byId()).first())))
        .doOnNext(this::look)
        .then(claimIfFree(known))
        .onErrorMap(this::recognise);
  }

  private void look(BsonDocument stored) {
    Checkpoint read = form.read(stored);
    if (form.isOfAnother(stored) && read.position().isPresent() && !saidSo.getAndSet(true)) {
      log.info(
          "The saved position is one of {}: going on at its time, {}; what was committed in that"
              + " instant may come again",
          CheckpointDocument.source(stored).orElse("another selection"),
          read.position().get());
    }
  }

  /** One command takes the lease if it is free, and shows whose it is then. */
  private Mono<Claim> claimIfFree(Optional<Checkpoint> known) {
    return Mono.defer(
            () ->
                Mono.from(
                    checkpoints()
                        .findOneAndUpdate(
                            byId(),
                            updates.claim(known),
                            new FindOneAndUpdateOptions()
                                .upsert(true)
                                .returnDocument(ReturnDocument.AFTER))))
        // Two who find no document may both insert one: it is there the second time.
        .retryWhen(Retry.max(1).filter(MongoCheckpointStore::isDuplicateKey))
        .map(
            document ->
                // Or was, when it ran out.
                CheckpointDocument.owner(document).equals(instance)
                    ? new Claim.Ours(form.read(document))
                    : new Claim.Others(CheckpointDocument.owner(document), form.read(document)));
  }

  private static boolean isDuplicateKey(Throwable failure) {
    return failure instanceof MongoServerException server
        && ErrorCategory.fromErrorCode(server.getCode()) == ErrorCategory.DUPLICATE_KEY;
  }

  @Override
  public Mono<Void> renew(Checkpoint claimed) {
    return Mono.defer(() -> Mono.from(checkpoints().updateOne(ours(claimed), updates.renewal())))
        .onErrorMap(this::recognise)
        .flatMap(this::requireOurs);
  }

  @Override
  public Mono<Void> save(Checkpoint checkpoint) {
    Bson update = updates.saved(checkpoint);
    return Mono.defer(() -> Mono.from(checkpoints().updateOne(ours(checkpoint), update)))
        .onErrorMap(this::recognise)
        .flatMap(this::requireOurs);
  }

  @Override
  public Mono<Void> release(Checkpoint checkpoint) {
    Bson giveUp = Updates.unset("lease");
    Bson update =
        checkpoint
            .position()
            .map(position -> Updates.combine(updates.saved(checkpoint), giveUp))
            .orElse(giveUp);
    return Mono.defer(() -> Mono.from(checkpoints().updateOne(ours(checkpoint), update)))
        .onErrorMap(this::recognise)
        // A position that cannot be kept is not to keep others waiting.
        .onErrorResume(
            MongoCheckpointStore::isRefused,
            refused ->
                Mono.from(checkpoints().updateOne(ours(checkpoint), giveUp))
                    .onErrorMap(this::recognise))
        .then();
  }

  private static boolean isRefused(Throwable failure) {
    return PipelineException.of(failure).kind() == FailureKind.MISCONFIGURED;
  }

  private RuntimeException recognise(Throwable failure) {
    return connection.recognise(failure, Doing.CHECKPOINT);
  }

  private Mono<Void> requireOurs(UpdateResult result) {
    return result.getMatchedCount() == 1
        ? Mono.empty()
        : Mono.error(
            new PipelineException(
                FailureKind.TAKEN_OVER,
                "Another instance has claimed the pipeline \""
                    + pipeline
                    + "\", or its position was set by hand"));
  }

  /**
   * Not by the epoch alone: that of a checkpoint which was deleted begins anew. And not without a
   * lease: a renewal that is carried out late must not undo a release.
   */
  private Bson ours(Checkpoint checkpoint) {
    return Filters.and(
        byId(), Filters.eq("epoch", checkpoint.epoch()), Filters.eq("lease.owner", instance));
  }

  private MongoCollection<BsonDocument> checkpoints() {
    return checkpoints(connection);
  }

  /** Where all checkpoints are. */
  static MongoCollection<BsonDocument> checkpoints(MongoConnection connection) {
    return connection
        .client()
        .getDatabase(DATABASE)
        .getCollection(COLLECTION, BsonDocument.class)
        .withWriteConcern(WriteConcern.MAJORITY);
  }

  private Bson byId() {
    return Filters.eq("_id", pipeline);
  }
}
