package dev.sluice.message;

import dev.sluice.change.BsonBytes;
import dev.sluice.config.JsonMode;
import dev.sluice.json.BsonJsonWriter;
import dev.sluice.json.Utf8Buffer;
import java.util.HexFormat;

/**
 * A document's {@code _id} as a text, and the name of its BSON type. The pair is never the same for
 * two different ids.
 *
 * @param text hexadecimal digits for an ObjectId, a string as it is, Extended JSON for anything
 *     else: relaxed for a scalar, whose type is named beside it; canonical for a document, since
 *     the types of what is in it are named nowhere else. Of an {@link AmbiguousId}, which another
 *     id could share all this with, its bytes in hexadecimal digits
 * @param type as {@code $type} in a query names it (manual: BSON Types), followed by {@code Bytes}
 *     where the text is the bytes
 */
record DocumentId(String text, String type) {
  private static final HexFormat HEX = HexFormat.of();

  /** Makes ids. One for each encoder thread. */
  static final class Reader {
    private final BsonJsonWriter scalars = new BsonJsonWriter(JsonMode.RELAXED);
    private final BsonJsonWriter containers = new BsonJsonWriter(JsonMode.CANONICAL);
    private final Utf8Buffer buffer;

    /**
     * @param maxBytes how large the text of an embedded document may be
     */
    Reader(long maxBytes) {
      buffer = new Utf8Buffer(maxBytes);
    }

    /** The id whose value of this type begins at {@code offset}. */
    DocumentId read(byte type, byte[] bytes, int offset) {
      int end = BsonBytes.skipValue(type, bytes, offset, bytes.length);
      // First, because it also finds out whether what is in a document is whole.
      String text = text(type, bytes, offset);
      return AmbiguousId.is(type, bytes, offset, end)
          ? new DocumentId(HEX.formatHex(bytes, offset, end), typeName(type) + "Bytes")
          : new DocumentId(text, typeName(type));
    }

    private String text(byte type, byte[] bytes, int offset) {
      if (type == BsonBytes.OBJECT_ID) {
        return HEX.formatHex(bytes, offset, offset + BsonBytes.OBJECT_ID_LENGTH);
      }
      if (type == BsonBytes.STRING) {
        return BsonBytes.text(bytes, offset, bytes.length);
      }
      boolean container =
          type == BsonBytes.DOCUMENT
              || type == BsonBytes.ARRAY
              || type == BsonBytes.CODE_WITH_SCOPE;
      try {
        (container ? containers : scalars).writeValue(type, bytes, offset, buffer);
        return buffer.toString();
      } finally {
        buffer.reset();
      }
    }
  }

  private static String typeName(byte type) {
    return switch (type) {
      case BsonBytes.DOUBLE -> "double";
      case BsonBytes.STRING -> "string";
      case BsonBytes.DOCUMENT -> "object";
      case BsonBytes.ARRAY -> "array";
      case BsonBytes.BINARY -> "binData";
      case BsonBytes.UNDEFINED -> "undefined";
      case BsonBytes.OBJECT_ID -> "objectId";
      case BsonBytes.BOOLEAN -> "bool";
      case BsonBytes.DATE -> "date";
      case BsonBytes.NULL -> "null";
      case BsonBytes.REGEX -> "regex";
      case BsonBytes.DB_POINTER -> "dbPointer";
      case BsonBytes.CODE -> "javascript";
      case BsonBytes.SYMBOL -> "symbol";
      case BsonBytes.CODE_WITH_SCOPE -> "javascriptWithScope";
      case BsonBytes.INT32 -> "int";
      case BsonBytes.TIMESTAMP -> "timestamp";
      case BsonBytes.INT64 -> "long";
      case BsonBytes.DECIMAL128 -> "decimal";
      case BsonBytes.MIN_KEY -> "minKey";
      case BsonBytes.MAX_KEY -> "maxKey";
      default -> throw BsonBytes.unknownType(type, 0);
    };
  }
}
