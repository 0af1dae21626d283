package dev.sluice.mongo;

import dev.sluice.change.Numbering;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.StoredPosition;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Instant;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonInvalidOperationException;

/**
 * The form of a checkpoint, and what can be read in one; {@link CheckpointUpdates} writes it:
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
 */
final class CheckpointDocument {
  /**
   * A newer one is not touched. The older one, 1, had no lease; it is brought up to date by the
   * first claim.
   */
  static final int SCHEMA = 2;

  private final String pipeline;
  private final String source;

  /**
   * @param source what is selected of the log
   */
  CheckpointDocument(String pipeline, String source) {
    this.pipeline = pipeline;
    this.source = source;
  }

  /** Whose lease it is, or was when it ran out; {@code another instance} if that is not said. */
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

  /** Without the snapshot beside it. */
  static BsonDocument of(Position position) {
    if (position.stream() instanceof Position.After after) {
      return new BsonDocument("after", after.token().toBson());
    }
    return new BsonDocument("at", ((Position.At) position.stream()).time());
  }
}
