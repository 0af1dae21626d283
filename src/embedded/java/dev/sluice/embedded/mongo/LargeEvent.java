package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import dev.sluice.embedded.mongo.ChangeStreamCursor.Event;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * An event that no single document can hold, cut into fragments by its top-level fields.
 *
 * <p>As in the server's {@code change_stream_split_event_helpers.cpp}: fields go in from the
 * smallest to the largest, every fragment has a resume token of its own.
 */
record LargeEvent(Document event) {

  /** The largest reply document: 16 MB and what the protocol adds around it. */
  static final int MAX_BYTES = BsonType.MAX_DOCUMENT_BYTES + 16 * 1024;

  /** Room for a fragment's own {@code splitEvent} field and its frame. */
  private static final int FRAME_BYTES = 64;

  /** The fragments; {@code tokens} makes the token of the one with that index. */
  List<Event> fragments(IntFunction<ResumeToken> tokens) {
    int idSize = size("_id", tokens.apply(Integer.MAX_VALUE / 2).document());
    List<Document> parts = new ArrayList<>();
    Document part = new Document();
    int used = FRAME_BYTES + idSize;
    for (Map.Entry<String, Object> field : fieldsBySize()) {
      int size = size(field.getKey(), field.getValue());
      if (size + FRAME_BYTES + idSize > MAX_BYTES) {
        throw tooLarge(size);
      }
      if (used + size > MAX_BYTES) {
        parts.add(part);
        part = new Document();
        used = FRAME_BYTES + idSize;
      }
      part.put(field.getKey(), field.getValue());
      used += size;
    }
    parts.add(part);
    return numbered(parts, tokens);
  }

  private static List<Event> numbered(List<Document> parts, IntFunction<ResumeToken> tokens) {
    List<Event> fragments = new ArrayList<>();
    for (Document part : parts) {
      ResumeToken token = tokens.apply(fragments.size());
      Document fragment = new Document("_id", token.document());
      Document position = new Document("fragment", fragments.size() + 1).append("of", parts.size());
      fragment.append("splitEvent", position).putAll(part);
      fragments.add(new Event(RawDocument.of(fragment), token));
    }
    return fragments;
  }

  private List<Map.Entry<String, Object>> fieldsBySize() {
    return event.entrySet().stream()
        .filter(field -> !field.getKey().equals("_id"))
        .sorted(Comparator.comparingInt(field -> size(field.getKey(), field.getValue())))
        .toList();
  }

  private static int size(String name, Object value) {
    return BsonWriter.bytesOf(new Document(name, value)).length;
  }

  static ServerError tooLarge(int size) {
    return new ServerError(
        10334,
        "BSONObjectTooLarge",
        "BSONObj size: "
            + size
            + " (0x"
            + Integer.toHexString(size).toUpperCase(Locale.ROOT)
            + ") is invalid. Size must be between 0 and "
            + MAX_BYTES
            + "(16MB)");
  }
}
