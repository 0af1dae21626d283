package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.BsonJavaScript;
import de.bwaldvogel.mongo.bson.BsonRegularExpression;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Decimal128;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.LegacyUUID;
import de.bwaldvogel.mongo.bson.MaxKey;
import de.bwaldvogel.mongo.bson.MinKey;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * A cursor over BSON bytes that yields the query engine's {@link Document}s.
 *
 * <p>The library's own decoder refuses duplicate keys, code with scope and most binary subtypes,
 * all of which a server stores. This one keeps what it does not know as {@link OpaqueValue}; of
 * equal keys the last wins here, while the log keeps the bytes with both. Every length is checked:
 * a {@link MalformedBsonException}, never an endless loop or a huge allocation.
 */
final class BsonReader {

  /** A server's limit is 200 (180 on the shell side); a little slack for the command around it. */
  private static final int MAX_DEPTH = 210;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int limit;
  private int position;

  BsonReader(byte[] bytes, int position, int limit) {
    this.bytes = bytes;
    this.position = position;
    this.limit = limit;
  }

  static Document document(byte[] bytes) {
    return new BsonReader(bytes, 0, bytes.length).readDocument();
  }

  int position() {
    return position;
  }

  boolean atEnd() {
    return position >= limit;
  }

  Document readDocument() {
    return readDocument(0);
  }

  /** The next document undecoded. */
  RawDocument readRawDocument() {
    int end = documentEnd();
    RawDocument raw = new RawDocument(Arrays.copyOfRange(bytes, position, end));
    position = end;
    return raw;
  }

  private int documentEnd() {
    require(4);
    int length = (int) INT.get(bytes, position);
    if (length < 5 || length > limit - position) {
      throw new MalformedBsonException("invalid document length " + length);
    }
    if (bytes[position + length - 1] != BsonType.END) {
      throw new MalformedBsonException("document does not end with a zero byte");
    }
    return position + length;
  }

  private Document readDocument(int depth) {
    int end = enter(depth);
    Document document = new Document();
    for (byte type = readByte(); type != BsonType.END; type = readByte()) {
      String name = readCString();
      document.put(name, readValue(type, depth));
    }
    leave(end);
    return document;
  }

  private List<Object> readArray(int depth) {
    int end = enter(depth);
    List<Object> array = new ArrayList<>();
    for (byte type = readByte(); type != BsonType.END; type = readByte()) {
      skipCString();
      array.add(readValue(type, depth));
    }
    leave(end);
    return array;
  }

  private int enter(int depth) {
    if (depth > MAX_DEPTH) {
      throw new MalformedBsonException("nesting deeper than " + MAX_DEPTH);
    }
    int end = documentEnd();
    position += 4;
    return end;
  }

  private void leave(int end) {
    if (position != end) {
      throw new MalformedBsonException("document length does not match its content");
    }
  }

  private Object readValue(byte type, int depth) {
    return switch (type) {
      case BsonType.DOUBLE -> Double.longBitsToDouble(readLong());
      case BsonType.STRING -> readString();
      case BsonType.DOCUMENT -> readDocument(depth + 1);
      case BsonType.ARRAY -> readArray(depth + 1);
      case BsonType.BINARY -> readBinary();
      case BsonType.OBJECT_ID -> new ObjectId(readBytes(12));
      case BsonType.BOOLEAN -> readByte() != 0;
      case BsonType.DATE -> Instant.ofEpochMilli(readLong());
      case BsonType.NULL -> null;
      case BsonType.REGEX -> new BsonRegularExpression(readCString(), readCString());
      case BsonType.JAVASCRIPT -> new BsonJavaScript(readString());
      case BsonType.INT32 -> readInt();
      case BsonType.TIMESTAMP -> new BsonTimestamp(readLong());
      case BsonType.INT64 -> readLong();
      case BsonType.DECIMAL128 -> new Decimal128(readLong(), readLong());
      case BsonType.MIN_KEY -> MinKey.getInstance();
      case BsonType.MAX_KEY -> MaxKey.getInstance();
      case BsonType.UNDEFINED -> new OpaqueValue(type, new byte[0]);
      case BsonType.SYMBOL -> new OpaqueValue(type, readBytes(4 + peekLength(0)));
      case BsonType.DB_POINTER -> new OpaqueValue(type, readBytes(4 + peekLength(12) + 12));
      case BsonType.JAVASCRIPT_WITH_SCOPE -> new OpaqueValue(type, readSized());
      default -> throw new MalformedBsonException("unknown BSON type " + type);
    };
  }

  private Object readBinary() {
    int length = peekLength(1);
    byte subtype = bytes[position + 4];
    if (subtype == BsonType.SUBTYPE_OLD_UUID && length == 16) {
      position += 5;
      return new LegacyUUID(readLong(), readLong());
    }
    if (subtype == BsonType.SUBTYPE_UUID && length == 16) {
      position += 5;
      return new UUID(Long.reverseBytes(readLong()), Long.reverseBytes(readLong()));
    }
    if (subtype == BsonType.SUBTYPE_GENERIC) {
      position += 5;
      return new BinData(readBytes(length));
    }
    return new OpaqueValue(BsonType.BINARY, readBytes(5 + length));
  }

  /** A value whose length counts itself in. */
  private byte[] readSized() {
    require(4);
    int length = (int) INT.get(bytes, position);
    if (length < 4) {
      throw new MalformedBsonException("invalid length " + length);
    }
    return readBytes(length);
  }

  private int peekLength(int more) {
    require(4);
    int length = (int) INT.get(bytes, position);
    if (length < 0 || length > limit - position - 4 - more) {
      throw new MalformedBsonException("invalid length " + length);
    }
    return length;
  }

  private String readString() {
    int length = peekLength(0);
    if (length < 1 || bytes[position + 4 + length - 1] != 0) {
      throw new MalformedBsonException("invalid string length " + length);
    }
    String text = new String(bytes, position + 4, length - 1, StandardCharsets.UTF_8);
    position += 4 + length;
    return text;
  }

  String readCString() {
    int start = position;
    skipCString();
    return new String(bytes, start, position - 1 - start, StandardCharsets.UTF_8);
  }

  private void skipCString() {
    while (readByte() != 0) {
      // the terminator ends it, or readByte complains at the limit
    }
  }

  byte readByte() {
    require(1);
    return bytes[position++];
  }

  int readInt() {
    require(4);
    int value = (int) INT.get(bytes, position);
    position += 4;
    return value;
  }

  private long readLong() {
    require(8);
    long value = (long) LONG.get(bytes, position);
    position += 8;
    return value;
  }

  private byte[] readBytes(int count) {
    require(count);
    byte[] copy = Arrays.copyOfRange(bytes, position, position + count);
    position += count;
    return copy;
  }

  private void require(int count) {
    if (count < 0 || count > limit - position) {
      throw new MalformedBsonException("document ends too early");
    }
  }
}
