package dev.sluice.route;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.Operation;
import dev.sluice.change.TraceParent;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The field in which a document's writer puts the {@code traceparent} of what he does. Nothing is
 * decoded but that field. Immutable.
 *
 * <p>Of an update it is taken from the fields that were set: what the rest of the document has is
 * of an earlier writer, or of a later one. A document that a snapshot reads was not written now.
 */
final class TraceField {
  private final byte[] path;

  /**
   * @param path names with dots between
   */
  TraceField(String path) {
    this.path = path.getBytes(StandardCharsets.UTF_8);
  }

  /** What it holds, if that is valid. */
  Optional<TraceParent> of(ChangeEvent event) {
    int document = written(event);
    return document < 0 ? Optional.empty() : find(event.bytes(), document, 0);
  }

  /** Where the document of what was written begins, or -1. */
  private static int written(ChangeEvent event) {
    Operation operation = event.operation();
    if (operation == Operation.UPDATE) {
      return event.has(Field.UPDATE_DESCRIPTION)
          ? event.find(event.offset(Field.UPDATE_DESCRIPTION), "updatedFields", BsonBytes.DOCUMENT)
          : -1;
    }
    boolean writes = operation == Operation.INSERT || operation == Operation.REPLACE;
    return writes
            && event.has(Field.FULL_DOCUMENT)
            && event.type(Field.FULL_DOCUMENT) == BsonBytes.DOCUMENT
        ? event.offset(Field.FULL_DOCUMENT)
        : -1;
  }

  /**
   * @param from where in the path the rest of it begins; an update names fields by the whole of a
   *     path, as far as they were there
   */
  private Optional<TraceParent> find(byte[] bytes, int document, int from) {
    int end = BsonBytes.documentEnd(bytes, document, bytes.length) - 1;
    int at = document + Integer.BYTES;
    while (at < end) {
      int name = at + 1;
      int nameEnd = BsonBytes.cStringEnd(bytes, name, end);
      int behind = from + nameEnd - name;
      if (isNext(bytes, name, nameEnd, from)) {
        return behind == path.length
            ? text(bytes, at, nameEnd + 1)
            : bytes[at] == BsonBytes.DOCUMENT
                ? find(bytes, nameEnd + 1, behind + 1)
                : Optional.empty();
      }
      at = BsonBytes.skipValue(bytes[at], bytes, nameEnd + 1, end);
    }
    return Optional.empty();
  }

  private boolean isNext(byte[] bytes, int name, int nameEnd, int from) {
    int behind = from + nameEnd - name;
    if (behind > path.length || behind < path.length && path[behind] != '.') {
      return false;
    }
    for (int i = name; i < nameEnd; i++) {
      if (bytes[i] != path[from + i - name]) {
        return false;
      }
    }
    return true;
  }

  private static Optional<TraceParent> text(byte[] bytes, int field, int value) {
    return bytes[field] == BsonBytes.STRING
            && BsonBytes.stringLength(bytes, value, bytes.length) == TraceParent.LENGTH
        ? TraceParent.of(BsonBytes.text(bytes, value, bytes.length))
        : Optional.empty();
  }
}
