package dev.sluice.json;

import dev.sluice.change.BsonBytes;
import dev.sluice.config.JsonMode;

/**
 * Writes BSON as DynamoDB's attribute values, each with its type before it: {@code {"S": "QUIZ"}},
 * {@code {"N": "22"}} (Amazon DynamoDB Developer Guide, Data types; API reference, AttributeValue).
 *
 * <p>An ObjectId is its 24 hexadecimal digits and a date an ISO-8601 text in UTC, both as {@code
 * S}. What DynamoDB has no type for is relaxed Extended JSON in an {@code S}: NaN and the
 * infinities, timestamps, regular expressions, code, symbols, and the smallest and largest key.
 *
 * <p>Not thread-safe.
 */
public final class AttributeValues {
  /** The bits of a Decimal128 that are all set in NaN and, but for one, in an infinity. */
  private static final int SPECIAL_SHIFT = 58;

  private static final long SPECIAL_BITS = 0x1f;
  private static final long SMALLEST_SPECIAL = 0x1e;

  private final BsonJsonWriter extended = new BsonJsonWriter(JsonMode.RELAXED);
  private final Utf8Buffer text = new Utf8Buffer();

  /**
   * Writes the document that starts at {@code offset} as a map of names to attribute values.
   *
   * @throws dev.sluice.change.CorruptBsonException if there is no whole BSON document
   */
  public void writeDocument(byte[] bytes, int offset, Utf8Buffer out) {
    writeMap(bytes, offset, bytes.length, 1, out);
  }

  private void writeMap(byte[] bytes, int offset, int limit, int depth, Utf8Buffer out) {
    int last = BsonJsonWriter.openContainer(bytes, offset, limit, depth);
    int at = offset + Integer.BYTES;
    out.append('{');
    while (at < last) {
      if (at > offset + Integer.BYTES) {
        out.appendAscii(", ");
      }
      int nameEnd = BsonBytes.cStringEnd(bytes, at + 1, last);
      out.appendJsonString(bytes, at + 1, nameEnd - at - 1);
      out.appendAscii(": ");
      at = writeValue(bytes[at], bytes, nameEnd + 1, last, depth + 1, out);
    }
    out.append('}');
  }

  private void writeList(byte[] bytes, int offset, int limit, int depth, Utf8Buffer out) {
    int last = BsonJsonWriter.openContainer(bytes, offset, limit, depth);
    int at = offset + Integer.BYTES;
    out.append('[');
    while (at < last) {
      if (at > offset + Integer.BYTES) {
        out.appendAscii(", ");
      }
      int value = BsonBytes.cStringEnd(bytes, at + 1, last) + 1;
      at = writeValue(bytes[at], bytes, value, last, depth + 1, out);
    }
    out.append(']');
  }

  /** Returns the offset behind the value. */
  private int writeValue(
      byte type, byte[] bytes, int offset, int limit, int depth, Utf8Buffer out) {
    int end = BsonBytes.skipValue(type, bytes, offset, limit);
    switch (type) {
      case BsonBytes.STRING -> {
        out.appendAscii("{\"S\": ");
        out.appendJsonString(
            bytes, offset + Integer.BYTES, BsonBytes.stringLength(bytes, offset, limit));
      }
      case BsonBytes.DOCUMENT -> {
        out.appendAscii("{\"M\": ");
        writeMap(bytes, offset, limit, depth, out);
      }
      case BsonBytes.ARRAY -> {
        out.appendAscii("{\"L\": ");
        writeList(bytes, offset, limit, depth, out);
      }
      case BsonBytes.BOOLEAN ->
          out.appendAscii(
              BsonJsonWriter.booleanAt(bytes, offset, limit)
                  ? "{\"BOOL\": true"
                  : "{\"BOOL\": false");
      case BsonBytes.NULL, BsonBytes.UNDEFINED -> out.appendAscii("{\"NULL\": true");
      case BsonBytes.BINARY -> {
        int data = BsonJsonWriter.binaryData(bytes, offset, end);
        out.appendAscii("{\"B\": \"");
        Base64Text.append(bytes, data, end - data, out);
        out.append('"');
      }
      default -> writeNumberOrText(type, bytes, offset, limit, out);
    }
    out.append('}');
    return end;
  }

  private void writeNumberOrText(byte type, byte[] bytes, int offset, int limit, Utf8Buffer out) {
    switch (type) {
      case BsonBytes.INT32 -> writeInteger(BsonBytes.int32(bytes, offset, limit), out);
      case BsonBytes.INT64 -> writeInteger(BsonBytes.int64(bytes, offset, limit), out);
      case BsonBytes.OBJECT_ID -> {
        out.appendAscii("{\"S\": \"");
        out.appendHex(bytes, offset, BsonBytes.OBJECT_ID_LENGTH);
        out.append('"');
      }
      case BsonBytes.DATE -> {
        out.appendAscii("{\"S\": \"");
        IsoDate.append(BsonBytes.int64(bytes, offset, limit), out);
        out.append('"');
      }
      default -> {
        if (!writeFraction(type, bytes, offset, limit, out)) {
          writeExtended(type, bytes, offset, out);
        }
      }
    }
  }

  private static void writeInteger(long value, Utf8Buffer out) {
    out.appendAscii("{\"N\": \"");
    out.appendDecimal(value);
    out.append('"');
  }

  /** False if it is no number, or one that is not finite, of which nothing is written. */
  private static boolean writeFraction(
      byte type, byte[] bytes, int offset, int limit, Utf8Buffer out) {
    if (type == BsonBytes.DOUBLE) {
      double value = Double.longBitsToDouble(BsonBytes.int64(bytes, offset, limit));
      if (Double.isFinite(value)) {
        out.appendAscii("{\"N\": \"");
        DoubleText.append(value, out);
        out.append('"');
        return true;
      }
    } else if (type == BsonBytes.DECIMAL128) {
      long high = BsonBytes.int64(bytes, offset + Long.BYTES, limit);
      if ((high >>> SPECIAL_SHIFT & SPECIAL_BITS) < SMALLEST_SPECIAL) {
        out.appendAscii("{\"N\": \"");
        Decimal128Text.append(high, BsonBytes.int64(bytes, offset, limit), out);
        out.append('"');
        return true;
      }
    }
    return false;
  }

  private void writeExtended(byte type, byte[] bytes, int offset, Utf8Buffer out) {
    try {
      extended.writeValue(type, bytes, offset, text);
      out.appendAscii("{\"S\": ");
      out.appendJsonString(text);
    } finally {
      text.reset();
    }
  }
}
