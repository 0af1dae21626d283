package dev.sluice.mongo;

import com.mongodb.client.model.Updates;
import dev.sluice.change.Numbering;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.StoredPosition;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonInvalidOperationException;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.conversions.Bson;

/**
 * The form of a checkpoint:
 *
 * <pre>{@code
 * { _id: "scrabble-cdc", schema: 2, source: "scrabble.scrabble", epoch: 3,
 *   position: { after: <resume token> },  // or { at: <Timestamp> } before the first event
 *     // after it, where RabbitMQ drops repeats: series: "5f0c…", number: 123456
 *   snapshot: { id: "6b01…", left: [ … ], … },  // absent: none is under way
 *   savedAt: <Date>,
 *   lease: { owner: "process 1234 on host (5f0c…)", until: <Date> } }  // absent: nobody runs it
 * }</pre>
 *
 * <p>{@code source} says what the position is one of: it is saved together with it, and by it
 * alone.
 *
 * <p>Updates that need the server's time are pipelines, in which {@code $$NOW} is to be had
 * (MongoDB 4.2).
 */
final class CheckpointDocument {
  /**
   * A newer one is not touched. The older one, 1, had no lease; it is brought up to date by the
   * first claim.
   */
  private static final int SCHEMA = 2;

  private final String pipeline;
  private final String source;
  private final String instance;
  private final long leaseMillis;

  CheckpointDocument(String pipeline, String source, String instance, Duration lease) {
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
        document("schema", new BsonInt32(SCHEMA))
            .append("source", storedOr("source", document("$literal", text(source))))
            .append(
                "epoch", document("$add", array(storedOr("epoch", knownEpoch), new BsonInt64(1))))
            .append("lease", lease());
    known
        .flatMap(Checkpoint::position)
        .ifPresent(
            position -> {
              ours.append("position", knownIfLost("position", of(position), knownEpoch));
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
            .append("position", document("$literal", of(position)))
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
        .append("schema", new BsonInt32(SCHEMA))
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

  /** Whether the lease in it is ours, or was when it ran out. */
  boolean isOurs(BsonDocument document) {
    return owner(document).equals(instance);
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

  /** Whose lease it is, for a log line. */
  static String owner(BsonDocument document) {
    return document.isDocument("lease") && document.getDocument("lease").isString("owner")
        ? document.getDocument("lease").getString("owner").getValue()
        : "another instance";
  }

  /**
   * @throws PipelineException if it is too new, or damaged
   */
  Checkpoint read(BsonDocument document) {
    try {
      if (document.getNumber("schema").intValue() > SCHEMA) {
        throw unusable("was written by a newer Sluice: use that one");
      }
      String stored = document.getString("source").getValue();
      Optional<Position> position = position(document);
      return new Checkpoint(
          pipeline,
          document.getNumber("epoch").longValue(),
          stored.equals(source) ? position : position.map(CheckpointDocument::underAnother),
          stored.equals(source) ? numbering(document) : Optional.empty());
    } catch (BsonInvalidOperationException e) {
      throw unusable("is damaged: mend it, or delete it to begin at the present");
    }
  }

  /**
   * As it stands there, whatever is selected now.
   *
   * @param document with the server's time as {@code now}
   * @throws PipelineException as {@link #read} does
   */
  StoredPosition stored(BsonDocument document) {
    read(document);
    Instant now = Instant.ofEpochMilli(document.getDateTime("now").getValue());
    return new StoredPosition(
        source(document).orElseThrow(),
        position(document),
        date(document, "savedAt"),
        document.isDocument("lease")
            ? date(document.getDocument("lease"), "until")
                .filter(now::isBefore)
                .map(until -> owner(document))
            : Optional.empty(),
        now);
  }

  private static Optional<Instant> date(BsonDocument document, String field) {
    return document.isDateTime(field)
        ? Optional.of(Instant.ofEpochMilli(document.getDateTime(field).getValue()))
        : Optional.empty();
  }

  /**
   * Where a stream of another selection goes on: at the same moment, so that nothing is passed
   * over, and what was committed in it may come again.
   */
  private static Position underAnother(Position position) {
    return position
        .clusterTime()
        .map(time -> Position.of(new Position.At(time), position.snapshot()))
        .orElse(position);
  }

  /** What was selected when the position was saved; empty in a document of another form. */
  static Optional<String> source(BsonDocument document) {
    return document.isString("source")
        ? Optional.of(document.getString("source").getValue())
        : Optional.empty();
  }

  /** Whether the position in it is one of another selection. */
  boolean isOfAnother(BsonDocument document) {
    return !source(document).equals(Optional.of(source));
  }

  private PipelineException unusable(String why) {
    return new PipelineException(
        FailureKind.MISCONFIGURED,
        "The checkpoint \"" + pipeline + "\" in sluice.checkpoints " + why);
  }

  /**
   * @throws BsonInvalidOperationException if what stands there is no position
   */
  static Optional<Position> position(BsonDocument document) {
    if (!document.containsKey("position")) {
      return Optional.empty();
    }
    BsonDocument position = document.getDocument("position");
    Position stream =
        position.containsKey("after")
            ? new Position.After(ResumeToken.of(position.getDocument("after")))
            : new Position.At(position.getTimestamp("at"));
    return Optional.of(Position.of(stream, document.getDocument("snapshot", Position.NO_SNAPSHOT)));
  }

  /**
   * It stands in the position, so that whoever saves another one, a version of Sluice that does not
   * know of it as well, takes it away by that.
   */
  private static Optional<Numbering> numbering(BsonDocument document) {
    BsonDocument position = document.getDocument("position", new BsonDocument());
    return position.containsKey("series")
        ? Optional.of(
            new Numbering(
                position.getString("series").getValue(),
                position.getNumber("number").longValue(),
                true))
        : Optional.empty();
  }

  /** What {@code position}, {@code snapshot} and {@code source} become when it is saved. */
  Bson saved(Checkpoint checkpoint) {
    Position position = checkpoint.position().orElseThrow();
    BsonDocument stored = of(position);
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

  /** Without the snapshot beside it. */
  static BsonDocument of(Position position) {
    if (position.stream() instanceof Position.After after) {
      return new BsonDocument("after", after.token().toBson());
    }
    return new BsonDocument("at", ((Position.At) position.stream()).time());
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
