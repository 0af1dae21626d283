package dev.sluice.message;

import dev.sluice.change.BsonBytes;
import dev.sluice.json.Utf8Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Tells the ids whose JSON is also the JSON of another id. MongoDB takes them, though hardly
 * anybody makes them:
 *
 * <ul>
 *   <li>text that is not UTF-8, whose broken bytes all become U+FFFD;
 *   <li>an embedded document that looks like a value of Extended JSON, as {@code {"$oid": "…"}}
 *       does (a {@code $ref} in front is none of these);
 *   <li>a regular expression whose options are not in the order in which they are written.
 * </ul>
 *
 * <p>Stateless. Gets values that are known to be whole.
 */
final class AmbiguousId {
  private static final byte[] REFERENCE = Utf8Buffer.ascii("$ref");

  private AmbiguousId() {}

  static boolean is(byte type, byte[] bytes, int offset, int end) {
    int text = offset + Integer.BYTES;
    return switch (type) {
      case BsonBytes.STRING, BsonBytes.CODE, BsonBytes.SYMBOL -> !isUtf8(bytes, text, end - 1);
      case BsonBytes.DOCUMENT ->
          looksTyped(bytes, text) || hasAmbiguous(bytes, text, end - 1, true);
      case BsonBytes.ARRAY -> hasAmbiguous(bytes, text, end - 1, false);
      case BsonBytes.REGEX -> !isUtf8(bytes, offset, end - 1) || !isSorted(bytes, offset, end);
      case BsonBytes.DB_POINTER -> !isUtf8(bytes, text, end - BsonBytes.OBJECT_ID_LENGTH - 1);
      case BsonBytes.CODE_WITH_SCOPE -> {
        int scope = text + Integer.BYTES + BsonBytes.stringLength(bytes, text, end) + 1;
        yield is(BsonBytes.CODE, bytes, text, scope) || is(BsonBytes.DOCUMENT, bytes, scope, end);
      }
      default -> false;
    };
  }

  private static boolean looksTyped(byte[] bytes, int firstField) {
    // The type byte of the first field is zero when there is none.
    if (bytes[firstField] == 0 || bytes[firstField + 1] != '$') {
      return false;
    }
    for (int i = 0; i < REFERENCE.length; i++) {
      if (bytes[firstField + 1 + i] != REFERENCE[i]) {
        return true;
      }
    }
    return bytes[firstField + 1 + REFERENCE.length] != 0;
  }

  private static boolean hasAmbiguous(byte[] bytes, int firstField, int end, boolean named) {
    int at = firstField;
    while (at < end) {
      int nameEnd = BsonBytes.cStringEnd(bytes, at + 1, end);
      int valueEnd = BsonBytes.skipValue(bytes[at], bytes, nameEnd + 1, end);
      if (named && !isUtf8(bytes, at + 1, nameEnd) || is(bytes[at], bytes, nameEnd + 1, valueEnd)) {
        return true;
      }
      at = valueEnd;
    }
    return false;
  }

  private static boolean isSorted(byte[] bytes, int pattern, int end) {
    int options = BsonBytes.cStringEnd(bytes, pattern, end) + 1;
    for (int i = options + 1; i < end - 1; i++) {
      if (bytes[i] < bytes[i - 1]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUtf8(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] < 0) {
        return decodes(bytes, i, to);
      }
    }
    return true;
  }

  private static boolean decodes(byte[] bytes, int from, int to) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
