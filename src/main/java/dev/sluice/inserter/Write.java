package dev.sluice.inserter;

import java.util.Objects;
import org.bson.BsonDocument;
import org.bson.types.ObjectId;

/**
 * One write.
 *
 * @param document the whole document for an insert or a replace, the fields to set for an update,
 *     null for a delete
 */
public record Write(Kind kind, ObjectId id, BsonDocument document) {
  /** What is done; named as the change event that it leads to. */
  public enum Kind {
    INSERT,
    UPDATE,
    REPLACE,
    DELETE
  }

  public Write {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(id, "id");
  }
}
