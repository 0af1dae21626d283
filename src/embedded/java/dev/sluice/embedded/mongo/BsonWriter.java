package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.BsonJavaScript;
import de.bwaldvogel.mongo.bson.BsonRegularExpression;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Decimal128;
import de.bwaldvogel.mongo.bson.LegacyUUID;
import de.bwaldvogel.mongo.bson.MaxKey;
import de.bwaldvogel.mongo.bson.MinKey;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/** A growing array of BSON bytes; writes the query engine's values and raw documents alike. */
final class BsonWriter {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int position;

  BsonWriter() {
    this(256);
  }

  BsonWriter(int capacity) {
    this.bytes = new byte[capacity];
  }

  static byte[] bytesOf(Map<String, ?> document) {
    BsonWriter writer = new BsonWriter();
    writer.writeDocument(document);
    return writer.toByteArray();
  }

  byte[] toByteArray() {
    return position == bytes.length ? bytes : Arrays.copyOf(bytes, position);
  }

  /** The buffer itself, for a caller that writes it out at once; valid up to {@link #size}. */
  byte[] buffer() {
    return bytes;
  }

  int size() {
    return position;
  }

  int startDocument() {
    int start = position;
    writeInt(0);
    return start;
  }

  void endDocument(int start) {
    writeByte(BsonType.END);
    INT.set(bytes, start, position - start);
  }

  void writeDocument(Map<String, ?> document) {
    int start = startDocument();
    for (Map.Entry<String, ?> field : document.entrySet()) {
      writeField(field.getKey(), field.getValue());
    }
    endDocument(start);
  }

  void writeField(String name, Object value) {
    if (value == null) {
      writeHead(BsonType.NULL, name);
    } else if (value instanceof String text) {
      writeHead(BsonType.STRING, name);
      writeString(text);
    } else if (value instanceof Number number) {
      writeNumber(name, number);
    } else if (value instanceof Boolean bool) {
      writeHead(BsonType.BOOLEAN, name);
      writeByte((byte) (bool ? 1 : 0));
    } else if (value instanceof RawDocument raw) {
      writeHead(BsonType.DOCUMENT, name);
      writeBytes(raw.bytes());
    } else if (value instanceof Map<?, ?> map) {
      writeHead(BsonType.DOCUMENT, name);
      writeMap(map);
    } else if (value instanceof Collection<?> values) {
      writeArray(name, values);
    } else {
      writeScalar(name, value);
    }
  }

  /** Starts an embedded document or array; the caller ends it with {@link #endDocument}. */
  int startField(byte type, String name) {
    writeHead(type, name);
    return startDocument();
  }

  private void writeMap(Map<?, ?> map) {
    int start = startDocument();
    for (Map.Entry<?, ?> field : map.entrySet()) {
      writeField((String) field.getKey(), field.getValue());
    }
    endDocument(start);
  }

  private void writeArray(String name, Collection<?> values) {
    int start = startField(BsonType.ARRAY, name);
    int index = 0;
    for (Object value : values) {
      writeField(Integer.toString(index++), value);
    }
    endDocument(start);
  }

  private void writeNumber(String name, Number number) {
    if (number instanceof Integer value) {
      writeHead(BsonType.INT32, name);
      writeInt(value);
    } else if (number instanceof Long value) {
      writeHead(BsonType.INT64, name);
      writeLong(value);
    } else if (number instanceof Double value) {
      writeHead(BsonType.DOUBLE, name);
      writeLong(Double.doubleToRawLongBits(value));
    } else if (number instanceof Decimal128 value) {
      writeHead(BsonType.DECIMAL128, name);
      writeLong(value.getLow());
      writeLong(value.getHigh());
    } else {
      throw new IllegalArgumentException("no BSON type for " + number.getClass());
    }
  }

  private void writeScalar(String name, Object value) {
    if (value instanceof ObjectId id) {
      writeHead(BsonType.OBJECT_ID, name);
      writeBytes(id.toByteArray());
    } else if (value instanceof Instant instant) {
      writeHead(BsonType.DATE, name);
      writeLong(instant.toEpochMilli());
    } else if (value instanceof BsonTimestamp timestamp) {
      writeHead(BsonType.TIMESTAMP, name);
      writeLong(timestamp.getValue());
    } else if (value instanceof BinData data) {
      writeBinary(name, BsonType.SUBTYPE_GENERIC, data.getData());
    } else if (value instanceof byte[] data) {
      writeBinary(name, BsonType.SUBTYPE_GENERIC, data);
    } else if (value instanceof UUID uuid) {
      writeUuid(name, BsonType.SUBTYPE_UUID, uuid, true);
    } else if (value instanceof LegacyUUID legacy) {
      writeUuid(name, BsonType.SUBTYPE_OLD_UUID, legacy.getUuid(), false);
    } else if (value instanceof BsonRegularExpression regex) {
      writeHead(BsonType.REGEX, name);
      writeCString(regex.getPattern());
      writeCString(regex.getOptions() == null ? "" : regex.getOptions());
    } else if (value instanceof BsonJavaScript code) {
      writeHead(BsonType.JAVASCRIPT, name);
      writeString(code.getCode());
    } else if (value instanceof MinKey) {
      writeHead(BsonType.MIN_KEY, name);
    } else if (value instanceof MaxKey) {
      writeHead(BsonType.MAX_KEY, name);
    } else if (value instanceof OpaqueValue opaque) {
      writeHead(opaque.type(), name);
      writeBytes(opaque.payload());
    } else {
      throw new IllegalArgumentException("no BSON type for " + value.getClass());
    }
  }

  private void writeBinary(String name, byte subtype, byte[] data) {
    writeHead(BsonType.BINARY, name);
    writeInt(data.length);
    writeByte(subtype);
    writeBytes(data);
  }

  private void writeUuid(String name, byte subtype, UUID uuid, boolean bigEndian) {
    writeHead(BsonType.BINARY, name);
    writeInt(16);
    writeByte(subtype);
    long high = uuid.getMostSignificantBits();
    long low = uuid.getLeastSignificantBits();
    writeLong(bigEndian ? Long.reverseBytes(high) : high);
    writeLong(bigEndian ? Long.reverseBytes(low) : low);
  }

  private void writeHead(byte type, String name) {
    writeByte(type);
    writeCString(name);
  }

  private void writeCString(String text) {
    int length = text.length();
    ensure(length + 1);
    int start = position;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        position = start;
        writeBytes(text.getBytes(StandardCharsets.UTF_8));
        break;
      }
      bytes[position++] = (byte) c;
    }
    writeByte((byte) 0);
  }

  private void writeString(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    writeInt(utf8.length + 1);
    writeBytes(utf8);
    writeByte((byte) 0);
  }

  void writeInt(int value) {
    ensure(4);
    INT.set(bytes, position, value);
    position += 4;
  }

  void writeLong(long value) {
    ensure(8);
    LONG.set(bytes, position, value);
    position += 8;
  }

  void writeByte(byte value) {
    ensure(1);
    bytes[position++] = value;
  }

  void writeBytes(byte[] data) {
    writeBytes(data, 0, data.length);
  }

  void writeBytes(byte[] data, int from, int count) {
    ensure(count);
    System.arraycopy(data, from, bytes, position, count);
    position += count;
  }

  private void ensure(int more) {
    if (bytes.length - position < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, position + more));
    }
  }
}
