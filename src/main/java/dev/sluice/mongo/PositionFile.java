package dev.sluice.mongo;

import dev.sluice.change.Position;
import dev.sluice.checkpoint.StoredPosition;
import java.util.Optional;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInvalidOperationException;
import org.bson.BsonString;
import org.bson.json.JsonMode;
import org.bson.json.JsonParseException;
import org.bson.json.JsonWriterSettings;

/**
 * A position on its way from one place to another, as a line of Extended JSON. The token is in it
 * as a whole: its hexadecimal digits alone are not enough where it also has type bits.
 *
 * @param source what was selected where it comes from
 * @param position with the snapshot that is under way beside it, if there is one
 */
public record PositionFile(String source, Position position) {
  private static final JsonWriterSettings RELAXED =
      JsonWriterSettings.builder().outputMode(JsonMode.RELAXED).build();

  /** The line; empty if there is no position. */
  public static Optional<String> write(String pipeline, StoredPosition stored) {
    return stored
        .position()
        .map(
            position -> {
              BsonDocument file =
                  new BsonDocument("pipeline", new BsonString(pipeline))
                      .append("source", new BsonString(stored.source()))
                      .append("position", CheckpointDocument.of(position));
              if (!position.snapshot().isEmpty()) {
                file.append("snapshot", position.snapshot());
              }
              stored
                  .savedAt()
                  .ifPresent(at -> file.append("savedAt", new BsonDateTime(at.toEpochMilli())));
              return file.toJson(RELAXED);
            });
  }

  /**
   * @throws IllegalArgumentException if it is not what {@link #write} makes
   */
  public static PositionFile read(String text) {
    try {
      BsonDocument file = BsonDocument.parse(text);
      return new PositionFile(
          file.getString("source").getValue(),
          CheckpointDocument.position(file).orElseThrow(() -> unlike(null)));
    } catch (JsonParseException | BsonInvalidOperationException e) {
      throw unlike(e);
    }
  }

  private static IllegalArgumentException unlike(RuntimeException cause) {
    return new IllegalArgumentException("is not what sluice position export writes", cause);
  }
}
