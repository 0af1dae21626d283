package dev.sluice.snapshot;

import dev.sluice.change.BsonBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/**
 * The {@code _id} of a document, as the server has it: its type and its bytes. Opaque: which of two
 * comes first is the server's to say, and its bytes go back to it as they came.
 */
public final class Key {
  /** Behind all others in an index. */
  static final Key MAX = new Key(BsonBytes.MAX_KEY, new byte[0]);

  private final byte type;
  private final byte[] value;

  private Key(byte type, byte[] value) {
    this.type = type;
    this.value = value;
  }

  /**
   * The {@code _id} of the document at that place.
   *
   * @throws IllegalArgumentException if it has none
   */
  public static Key of(byte[] bytes, int document) {
    int at = BsonBytes.find(bytes, document, bytes.length, "_id");
    if (at < 0) {
      throw new IllegalArgumentException("a document without an _id");
    }
    byte type = bytes[at - "_id".length() - 2];
    int end = BsonBytes.skipValue(type, bytes, at, bytes.length);
    return new Key(type, Arrays.copyOfRange(bytes, at, end));
  }

  /** As {@link #asId} gives it. */
  public static Key of(BsonDocument id) {
    RawBsonDocument raw =
        id instanceof RawBsonDocument same
            ? same
            : new RawBsonDocument(id, new BsonDocumentCodec());
    ByteBuffer buffer = raw.getByteBuffer().asNIO();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return of(bytes, 0);
  }

  /** A document with this as its {@code _id} and nothing else. */
  public RawBsonDocument asId() {
    return named("_id");
  }

  /** A document with this as its only value. */
  public RawBsonDocument named(String name) {
    return new RawBsonDocument(bytesNamed(name));
  }

  byte[] asIdBytes() {
    return bytesNamed("_id");
  }

  private byte[] bytesNamed(String name) {
    byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
    int size = Integer.BYTES + 1 + ascii.length + 1 + value.length + 1;
    return ByteBuffer.allocate(size)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(size)
        .put(type)
        .put(ascii)
        .put((byte) 0)
        .put(value)
        .put((byte) 0)
        .array();
  }

  boolean isMin() {
    return type == BsonBytes.MIN_KEY;
  }

  boolean isMax() {
    return type == BsonBytes.MAX_KEY;
  }

  int sizeBytes() {
    return value.length;
  }

  byte type() {
    return type;
  }

  /** Not to be written to. */
  byte[] value() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && type == key.type && Arrays.equals(value, key.value);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(value) + type;
  }

  /** Never the value, which is somebody's data. */
  @Override
  public String toString() {
    return "a key of type " + (type & 0xff) + ", " + value.length + " bytes";
  }
}
