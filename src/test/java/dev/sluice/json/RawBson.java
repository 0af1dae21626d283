package dev.sluice.json;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/** BSON put together from its parts as bytes, also parts that no driver would write. */
final class RawBson {
  private RawBson() {}

  /** A document, or an array, of fields that are complete already. */
  static byte[] document(byte[]... fields) {
    byte[] content = join(fields);
    return join(int32(content.length + 5), content, new byte[1]);
  }

  static byte[] document(BsonDocument document) {
    BasicOutputBuffer bytes = new BasicOutputBuffer();
    new BsonDocumentCodec()
        .encode(new BsonBinaryWriter(bytes), document, EncoderContext.builder().build());
    return bytes.toByteArray();
  }

  /** A document of the one field "v". */
  static byte[] documentOf(BsonValue value) {
    return document(new BsonDocument("v", value));
  }

  /** A document of the one field "v". */
  static byte[] documentOf(int type, byte[]... value) {
    return document(field(type, "v", value));
  }

  static byte[] field(int type, String name, byte[]... value) {
    return field(type, name.getBytes(StandardCharsets.UTF_8), value);
  }

  static byte[] field(int type, byte[] name, byte[]... value) {
    return join(new byte[] {(byte) type}, cString(name), join(value));
  }

  static byte[] string(String text) {
    return string(text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] string(byte[] text) {
    return join(int32(text.length + 1), cString(text));
  }

  static byte[] cString(String text) {
    return cString(text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] cString(byte[] text) {
    return join(text, new byte[1]);
  }

  static byte[] int32(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  static byte[] int64(long value) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      whole.writeBytes(part);
    }
    return whole.toByteArray();
  }
}
