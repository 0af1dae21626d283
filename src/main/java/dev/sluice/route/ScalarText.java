package dev.sluice.route;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.bson.types.Decimal128;

/**
 * A single value of a document as a word of a routing key. What is not there, null, or no single
 * value is empty. Stateless.
 */
final class ScalarText {
  /** The subtype of a binary value that is a UUID (bsonspec.org). */
  private static final byte UUID_SUBTYPE = 4;

  private static final int UUID_BYTES = 16;

  /** Up to here each whole number is a double of its own. */
  private static final double EXACT = 1L << 53;

  private ScalarText() {}

  /** The value at the path in that document of the event. */
  static String at(ChangeEvent event, Field image, String path) {
    if (!event.has(image) || event.type(image) != BsonBytes.DOCUMENT) {
      return "";
    }
    byte[] bytes = event.bytes();
    int document = event.offset(image);
    int from = 0;
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', from)) {
      int field = find(bytes, document, path.substring(from, dot));
      if (field < 0 || bytes[field] != BsonBytes.DOCUMENT && bytes[field] != BsonBytes.ARRAY) {
        return "";
      }
      document = value(bytes, field);
      from = dot + 1;
    }
    int field = find(bytes, document, path.substring(from));
    return field < 0 ? "" : text(bytes[field], bytes, value(bytes, field));
  }

  private static int value(byte[] bytes, int field) {
    return BsonBytes.cStringEnd(bytes, field + 1, bytes.length) + 1;
  }

  /** Where the field of that name begins, with its type byte, or -1. */
  private static int find(byte[] bytes, int document, String name) {
    int end = BsonBytes.documentEnd(bytes, document, bytes.length) - 1;
    int at = document + Integer.BYTES;
    while (at < end) {
      int nameEnd = BsonBytes.cStringEnd(bytes, at + 1, end);
      if (name.equals(new String(bytes, at + 1, nameEnd - at - 1, StandardCharsets.UTF_8))) {
        return at;
      }
      at = BsonBytes.skipValue(bytes[at], bytes, nameEnd + 1, end);
    }
    return -1;
  }

  private static String text(byte type, byte[] bytes, int at) {
    int limit = bytes.length;
    return switch (type) {
      case BsonBytes.STRING, BsonBytes.SYMBOL -> BsonBytes.text(bytes, at, limit);
      case BsonBytes.OBJECT_ID -> {
        int end = BsonBytes.skipValue(type, bytes, at, limit);
        yield HexFormat.of().formatHex(bytes, at, end);
      }
      case BsonBytes.INT32 -> Integer.toString(BsonBytes.int32(bytes, at, limit));
      case BsonBytes.INT64 -> Long.toString(BsonBytes.int64(bytes, at, limit));
      case BsonBytes.DOUBLE -> number(Double.longBitsToDouble(BsonBytes.int64(bytes, at, limit)));
      case BsonBytes.DECIMAL128 -> {
        long low = BsonBytes.int64(bytes, at, limit);
        long high = BsonBytes.int64(bytes, at + Long.BYTES, limit);
        yield Decimal128.fromIEEE754BIDEncoding(high, low).toString();
      }
      case BsonBytes.BOOLEAN -> {
        BsonBytes.requireRoom(1, at, limit);
        yield Boolean.toString(bytes[at] != 0);
      }
      case BsonBytes.DATE -> Instant.ofEpochMilli(BsonBytes.int64(bytes, at, limit)).toString();
      case BsonBytes.BINARY -> uuid(bytes, at);
      default -> "";
    };
  }

  /** What many a client writes as 5.0 for 5 is to be the same word. */
  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < EXACT
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private static String uuid(byte[] bytes, int at) {
    int data = at + Integer.BYTES + 1;
    if (BsonBytes.binaryLength(bytes, at, bytes.length) != UUID_BYTES
        || bytes[data - 1] != UUID_SUBTYPE) {
      return "";
    }
    long first = Long.reverseBytes(BsonBytes.int64(bytes, data, bytes.length));
    long second = Long.reverseBytes(BsonBytes.int64(bytes, data + Long.BYTES, bytes.length));
    return new UUID(first, second).toString();
  }
}
