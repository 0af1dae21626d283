package dev.sluice.json;

import dev.sluice.change.BsonBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.bson.BsonDocument;
import org.bson.ByteBuf;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/** BSON put together from its bytes, also such as no driver would write. */
public final class BsonPieces {
  private BsonPieces() {}

  /** The bytes of a document in Extended JSON. */
  public static byte[] parse(String json) {
    return bytes(BsonDocument.parse(json));
  }

  public static byte[] bytes(BsonDocument document) {
    ByteBuf buffer = new RawBsonDocument(document, new BsonDocumentCodec()).getByteBuffer();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  public static byte[] document(byte[]... fields) {
    return sized(concat(fields), true);
  }

  /** One field, for {@link #document}. */
  public static byte[] field(int type, String name, byte[] value) {
    return field(type, utf8(name), value);
  }

  public static byte[] field(int type, byte[] name, byte[] value) {
    return concat(new byte[] {(byte) type}, name, new byte[1], value);
  }

  public static byte[] text(String name, String value) {
    return field(BsonBytes.STRING, name, string(value));
  }

  public static byte[] string(String text) {
    return string(utf8(text));
  }

  public static byte[] string(byte[] utf8) {
    return concat(int32(utf8.length + 1), utf8, new byte[1]);
  }

  public static byte[] int32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  public static byte[] int64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  public static byte[] float64(double value) {
    return int64(Double.doubleToRawLongBits(value));
  }

  public static byte[] binary(int subtype, byte[] data) {
    return concat(int32(data.length), new byte[] {(byte) subtype}, data);
  }

  public static byte[] regex(String pattern, String options) {
    return concat(utf8(pattern), new byte[1], utf8(options), new byte[1]);
  }

  public static byte[] codeWithScope(String code, byte[] scope) {
    return sized(concat(string(code), scope), false);
  }

  public static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  public static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] sized(byte[] content, boolean closed) {
    byte[] end = new byte[closed ? 1 : 0];
    return concat(int32(Integer.BYTES + content.length + end.length), content, end);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
