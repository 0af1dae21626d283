package dev.sluice.mongo;

import com.mongodb.client.model.Updates;
import dev.sluice.change.Position;
import dev.sluice.checkpoint.Checkpoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.conversions.Bson;

/**
 * What MongoDB is told to make of a {@link CheckpointDocument}: taken, held, saved, given up, and
 * changed by people.
 *
 * <p>Updates that need the server's time are pipelines, in which {@code $$NOW} is to be had
 * (MongoDB 4.2).
 */
final class CheckpointUpdates {
  private final String pipeline;
  private final String source;
  private final String instance;
  private final long leaseMillis;

  /**
   * @param source what is selected of the log
   * @param instance whose lease it is
   * @param lease how long it holds without being renewed
   */
  CheckpointUpdates(String pipeline, String source, String instance, Duration lease) {
    this.pipeline = pipeline;
    this.source = source;
    this.instance = instance;
    this.leaseMillis = lease.toMillis();
  }

  /**
   * Takes the lease and raises the epoch if the lease has run out, is not there (which is less than
   * any date), or is our own; else leaves everything as it is. Makes a document that was not there.
   *
   * <p>The condition stands here and not in the filter: a filter with {@code $expr}, without which
   * it cannot name {@code $$NOW}, is refused in an upsert.
   */
  List<Bson> claim(Optional<Checkpoint> known) {
    BsonInt64 knownEpoch = new BsonInt64(known.map(Checkpoint::epoch).orElse(0L));
    BsonDocument ours =
        document("schema", new BsonInt32(CheckpointDocument.SCHEMA))
            .append("source", storedOr("source", document("$literal", text(source))))
            .append(
                "epoch", document("$add", array(storedOr("epoch", knownEpoch), new BsonInt64(1))))
            .append("lease", lease());
    known
        .flatMap(Checkpoint::position)
        .ifPresent(
            position -> {
              ours.append(
                  "position", knownIfLost("position", CheckpointDocument.of(position), knownEpoch));
              if (!position.snapshot().isEmpty()) {
                ours.append("snapshot", knownIfLost("snapshot", position.snapshot(), knownEpoch));
              }
            });
    BsonString stored = text("$$ROOT");
    BsonDocument claimed = document("$mergeObjects", array(stored, ours));
    return List.of(document("$replaceWith", document("$cond", array(isFree(), claimed, stored))));
  }

  /**
   * The known position where the checkpoint is gone, or was made anew since; not where it was
   * cleared, which raises the epoch and so makes it greater than the known one.
   */
  private static BsonDocument knownIfLost(String field, BsonDocument known, BsonInt64 knownEpoch) {
    BsonDocument cleared = document("$gt", array(storedOr("epoch", new BsonInt64(0)), knownEpoch));
    // By the position for both: without a snapshot beside it, the one that we know of is over.
    BsonDocument there = document("$gt", array(text("$position"), BsonNull.VALUE));
    return document(
        "$cond",
        array(
            document("$or", array(cleared, there)),
            text("$" + field),
            document("$literal", known)));
  }

  /**
   * Puts a position there and takes the lease away, unless it still runs. A snapshot that is under
   * way goes on beside it, unless the position comes with one.
   *
   * @param force whatever the lease says
   */
  List<Bson> placed(Position position, String from, boolean force) {
    return unlessRun(
        force,
        anew(document("$literal", text(from)))
            .append("position", document("$literal", CheckpointDocument.of(position)))
            .append(
                "snapshot",
                position.snapshot().isEmpty()
                    ? text("$snapshot")
                    : document("$literal", position.snapshot()))
            .append("savedAt", text("$$NOW")));
  }

  /** Takes the position away, and the lease, as {@link #placed} does. */
  List<Bson> cleared(boolean force) {
    return unlessRun(force, anew(text("$source")));
  }

  /**
   * Takes the snapshot away and leaves the position, else as {@link #placed} does. Not by what its
   * events were called: what the snapshot has read between them will not come again, so that the
   * same numbers would mean others.
   */
  List<Bson> withoutSnapshot(boolean force) {
    return unlessRun(
        force,
        anew(text("$source"))
            .append(
                "position",
                document(
                    "$cond",
                    array(
                        document("$gt", array(text("$position.after"), BsonNull.VALUE)),
                        document("after", text("$position.after")),
                        document("at", text("$position.at")))))
            .append("savedAt", text("$savedAt")));
  }

  /** The epoch fences off whoever runs it. */
  private BsonDocument anew(BsonValue from) {
    return document("_id", document("$literal", text(pipeline)))
        .append("schema", new BsonInt32(CheckpointDocument.SCHEMA))
        .append("source", from)
        .append(
            "epoch",
            document("$add", array(storedOr("epoch", new BsonInt64(0)), new BsonInt64(1))));
  }

  private List<Bson> unlessRun(boolean force, BsonDocument changed) {
    BsonValue may = force ? BsonBoolean.TRUE : ranOut();
    return List.of(
        document("$replaceWith", document("$cond", array(may, changed, text("$$ROOT")))));
  }

  private BsonDocument isFree() {
    BsonDocument isOurs =
        document("$eq", array(text("$lease.owner"), document("$literal", text(instance))));
    return document("$or", array(isOurs, ranOut()));
  }

  private static BsonDocument ranOut() {
    return document("$lte", array(text("$lease.until"), text("$$NOW")));
  }

  private static BsonDocument storedOr(String field, BsonValue otherwise) {
    return document("$ifNull", array(text("$" + field), otherwise));
  }

  List<Bson> renewal() {
    return List.of(document("$set", document("lease", lease())));
  }

  private BsonDocument lease() {
    return document("owner", document("$literal", text(instance)))
        .append("until", document("$add", array(text("$$NOW"), new BsonInt64(leaseMillis))));
  }

  /** What {@code position}, {@code snapshot} and {@code source} become when it is saved. */
  Bson saved(Checkpoint checkpoint) {
    Position position = checkpoint.position().orElseThrow();
    BsonDocument stored = CheckpointDocument.of(position);
    checkpoint
        .numbering()
        .ifPresent(
            numbering ->
                stored
                    .append("series", text(numbering.series()))
                    .append("number", new BsonInt64(numbering.before())));
    return Updates.combine(
        Updates.set("position", stored),
        position.snapshot().isEmpty()
            ? Updates.unset("snapshot")
            : Updates.set("snapshot", position.snapshot()),
        Updates.set("source", source),
        Updates.currentDate("savedAt"));
  }

  private static BsonDocument document(String key, BsonValue value) {
    return new BsonDocument(key, value);
  }

  private static BsonArray array(BsonValue... values) {
    return new BsonArray(List.of(values));
  }

  private static BsonString text(String text) {
    return new BsonString(text);
  }
}
