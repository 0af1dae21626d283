package dev.sluice.mongo;

import dev.sluice.change.BsonBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
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
  static Flux<RawEvent> join(Flux<RawEvent> events) {
    return Flux.defer(
        () -> {
          List<RawEvent> fragments = new ArrayList<>();
          return events.handle(
              (event, sink) -> {
                if (isFollowed(event)) {
                  fragments.add(event);
                } else if (fragments.isEmpty()) {
                  sink.next(event);
                } else {
                  fragments.add(event);
                  RawEvent whole = joined(fragments);
                  fragments.clear();
                  sink.next(whole);
                }
              });
        });
  }

  /**
   * Whether another fragment of the same event comes behind this one. Asked for each event, so it
   * looks for the field among the names only.
   */
  static boolean isFollowed(RawEvent event) {
    return BsonBytes.find(event.bytes(), 0, event.bytes().length, FIELD) >= 0
        && isFollowed(event.toBson());
  }

  /** The same of an event amid a reply. */
  static boolean isFollowed(BsonDocument event) {
    if (!event.containsKey(FIELD)) {
      return false;
    }
    BsonDocument split = event.getDocument(FIELD);
    return split.getNumber("fragment").intValue() < split.getNumber("of").intValue();
  }

  private static RawEvent joined(List<RawEvent> fragments) {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    fields.writeBytes(new byte[Integer.BYTES]);
    for (int i = 0; i < fragments.size(); i++) {
      boolean last = i == fragments.size() - 1;
      copyFields(fragments.get(i).bytes(), last, fields);
    }
    fields.write(0);
    byte[] event = fields.toByteArray();
    ByteBuffer.wrap(event).order(ByteOrder.LITTLE_ENDIAN).putInt(0, event.length);
    return new RawEvent(event);
  }

  private static void copyFields(byte[] bytes, boolean withToken, ByteArrayOutputStream target) {
    int end = BsonBytes.documentEnd(bytes, 0, bytes.length) - 1;
    int at = Integer.BYTES;
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
