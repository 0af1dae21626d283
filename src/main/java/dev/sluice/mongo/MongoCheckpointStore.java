package dev.sluice.mongo;

import com.mongodb.MongoWriteException;
import com.mongodb.WriteConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.sluice.change.Namespace;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.CheckpointStore;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonInvalidOperationException;
import org.bson.conversions.Bson;
import reactor.core.publisher.Mono;

/**
 * Keeps checkpoints in the collection {@code sluice.checkpoints} of the watched replica set, one
 * document for each pipeline:
 *
 * <pre>{@code
 * { _id: "scrabble-cdc", schema: 1, source: "scrabble.scrabble", epoch: 3,
 *   position: { after: <resume token> }   // or { at: <Timestamp> } before the first event
 *   savedAt: <Date> }
 * }</pre>
 *
 * <p>Written with {@code w: majority}, so that no failover undoes it, and only while the epoch is
 * still the one that was claimed.
 */
public final class MongoCheckpointStore implements CheckpointStore {
  private static final String DATABASE = "sluice";
  private static final String COLLECTION = "checkpoints";

  /** The form of the document; a newer one is not touched. */
  private static final int SCHEMA = 1;

  private static final int DUPLICATE_KEY = 11000;

  private static final UpdateOptions UPSERT = new UpdateOptions().upsert(true);

  private final MongoConnection connection;
  private final String pipeline;
  private final Namespace source;

  /**
   * @param source what the pipeline watches: a position of another collection is refused
   */
  public MongoCheckpointStore(MongoConnection connection, String pipeline, Namespace source) {
    this.connection = connection;
    this.pipeline = pipeline;
    this.source = source;
  }

  @Override
  public Mono<Checkpoint> claim() {
    Bson raiseEpoch =
        Updates.combine(
            Updates.inc("epoch", 1L),
            Updates.setOnInsert("schema", SCHEMA),
            Updates.setOnInsert("source", source.toString()));
    FindOneAndUpdateOptions options =
        new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER);
    // Looked at first: a start that is refused must not fence off the process that rightly runs.
    // And the servers before that: nothing is written to one that cannot be used.
    return connection
        .operationTime()
        .then(Mono.defer(() -> Mono.from(checkpoints().find(byId()).first())))
        .map(this::checkpoint)
        .then(
            Mono.defer(
                () -> Mono.from(checkpoints().findOneAndUpdate(byId(), raiseEpoch, options))))
        .map(this::checkpoint)
        .onErrorMap(connection::recognise);
  }

  @Override
  public Mono<Void> save(Checkpoint checkpoint) {
    Position position = checkpoint.position().orElseThrow();
    Bson ours = Filters.and(byId(), Filters.eq("epoch", checkpoint.epoch()));
    Bson update =
        Updates.combine(
            Updates.set("position", document(position)),
            Updates.currentDate("savedAt"),
            Updates.setOnInsert("schema", SCHEMA),
            Updates.setOnInsert("source", source.toString()));
    // A document that somebody has deleted is written again. One of another epoch does not match,
    // and then the insert meets it.
    return Mono.defer(() -> Mono.from(checkpoints().updateOne(ours, update, UPSERT)))
        .onErrorMap(MongoCheckpointStore::isDuplicate, failure -> takenOver())
        .onErrorMap(connection::recognise)
        .then();
  }

  private static boolean isDuplicate(Throwable failure) {
    return failure instanceof MongoWriteException refused && refused.getCode() == DUPLICATE_KEY;
  }

  private MongoCollection<BsonDocument> checkpoints() {
    return connection
        .client()
        .getDatabase(DATABASE)
        .getCollection(COLLECTION, BsonDocument.class)
        .withWriteConcern(WriteConcern.MAJORITY);
  }

  private Bson byId() {
    return Filters.eq("_id", pipeline);
  }

  private PipelineException takenOver() {
    return new PipelineException(
        FailureKind.TAKEN_OVER,
        "Another process has claimed the pipeline \""
            + pipeline
            + "\": run one at a time, or give them different SLUICE_PIPELINE names");
  }

  private Checkpoint checkpoint(BsonDocument document) {
    try {
      if (document.getNumber("schema").intValue() > SCHEMA) {
        throw unusable("was written by a newer Sluice: use that one");
      }
      String stored = document.getString("source").getValue();
      if (!stored.equals(source.toString())) {
        throw unusable(
            "belongs to " + stored + ", not to " + source + ": choose another SLUICE_PIPELINE");
      }
      return new Checkpoint(pipeline, document.getNumber("epoch").longValue(), position(document));
    } catch (BsonInvalidOperationException e) {
      throw unusable("is damaged: mend it, or delete it to begin at the present");
    }
  }

  private PipelineException unusable(String why) {
    return new PipelineException(
        FailureKind.MISCONFIGURED,
        "The checkpoint \"" + pipeline + "\" in " + DATABASE + "." + COLLECTION + " " + why);
  }

  private static Optional<Position> position(BsonDocument document) {
    if (!document.containsKey("position")) {
      return Optional.empty();
    }
    BsonDocument position = document.getDocument("position");
    return Optional.of(
        position.containsKey("after")
            ? new Position.After(ResumeToken.of(position.getDocument("after")))
            : new Position.At(position.getTimestamp("at")));
  }

  private static BsonDocument document(Position position) {
    if (position instanceof Position.After after) {
      return new BsonDocument("after", after.token().toBson());
    }
    return new BsonDocument("at", ((Position.At) position).time());
  }
}
