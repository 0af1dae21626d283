package dev.sluice.mongo;

import dev.sluice.change.BsonBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import reactor.core.publisher.Flux;

/**
 * Puts together again what {@code $changeStreamSplitLargeEvent} took apart: an event of more than
 * 16 MB comes as fragments, each with some of its top-level fields, a resume token of its own, and
 * {@code splitEvent: {fragment: n, of: m}} (manual: $changeStreamSplitLargeEvent).
 *
 * <p>The event has the token of its last fragment: a stream that is resumed there does not begin in
 * the middle.
 */
final class SplitEvents {
  private static final String FIELD = "splitEvent";
  private static final String TOKEN = "_id";

  private SplitEvents() {}

  /** The stage: one event for one event, or for all fragments of one. */
  static Flux<RawBsonDocument> join(Flux<RawBsonDocument> events) {
    return Flux.defer(
        () -> {
          List<RawBsonDocument> fragments = new ArrayList<>();
          return events.handle(
              (event, sink) -> {
                if (isFollowed(event)) {
                  fragments.add(event);
                } else if (fragments.isEmpty()) {
                  sink.next(event);
                } else {
                  fragments.add(event);
                  RawBsonDocument whole = joined(fragments);
                  fragments.clear();
                  sink.next(whole);
                }
              });
        });
  }

  /**
   * Whether another fragment of the same event comes behind this one. Asked for each event twice,
   * so it looks for the field among the names only.
   */
  static boolean isFollowed(BsonDocument event) {
    if (!isFragment(event)) {
      return false;
    }
    BsonDocument split = event.getDocument(FIELD);
    return split.getNumber("fragment").intValue() < split.getNumber("of").intValue();
  }

  private static boolean isFragment(BsonDocument event) {
    if (event instanceof RawBsonDocument raw) {
      ByteBuffer buffer = raw.getByteBuffer().asNIO();
      int start = buffer.arrayOffset() + buffer.position();
      return BsonBytes.find(buffer.array(), start, start + buffer.remaining(), FIELD) >= 0;
    }
    return event.containsKey(FIELD);
  }

  private static RawBsonDocument joined(List<RawBsonDocument> fragments) {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    fields.writeBytes(new byte[Integer.BYTES]);
    for (int i = 0; i < fragments.size(); i++) {
      boolean last = i == fragments.size() - 1;
      copyFields(fragments.get(i), last, fields);
    }
    fields.write(0);
    byte[] event = fields.toByteArray();
    ByteBuffer.wrap(event).order(ByteOrder.LITTLE_ENDIAN).putInt(0, event.length);
    return new RawBsonDocument(event);
  }

  private static void copyFields(
      RawBsonDocument fragment, boolean withToken, ByteArrayOutputStream target) {
    ByteBuffer buffer = fragment.getByteBuffer().asNIO();
    byte[] bytes = buffer.array();
    int start = buffer.arrayOffset() + buffer.position();
    int end = BsonBytes.documentEnd(bytes, start, bytes.length) - 1;
    int at = start + Integer.BYTES;
    while (at < end) {
      int nameEnd = BsonBytes.cStringEnd(bytes, at + 1, end);
      int next = BsonBytes.skipValue(bytes[at], bytes, nameEnd + 1, end);
      boolean isToken = BsonBytes.isText(bytes, at + 1, nameEnd, TOKEN);
      boolean isFragment = BsonBytes.isText(bytes, at + 1, nameEnd, FIELD);
      if (isToken ? withToken : !isFragment) {
        target.write(bytes, at, next - at);
      }
      at = next;
    }
  }
}
