package dev.sluice.json;

import dev.sluice.change.BsonBytes;

/** Ordinary JSON values; the table is in {@link BsonJsonWriter}. */
final class PlainStyle extends ScalarStyle {
  private static final byte OLD_UUID = 0x03;
  private static final byte UUID = 0x04;
  private static final int UUID_LENGTH = 16;

  @Override
  void int32(int value, Utf8Buffer out) {
    out.appendDecimal(value);
  }

  @Override
  void int64(long value, Utf8Buffer out) {
    out.appendDecimal(value);
  }

  @Override
  void float64(double value, Utf8Buffer out) {
    if (Double.isFinite(value)) {
      DoubleText.append(value, out);
    } else {
      out.append('"');
      out.appendAscii(Double.toString(value));
      out.append('"');
    }
  }

  @Override
  void decimal128(long high, long low, Utf8Buffer out) {
    out.append('"');
    Decimal128Text.append(high, low, out);
    out.append('"');
  }

  @Override
  void date(long millis, Utf8Buffer out) {
    out.append('"');
    IsoDate.append(millis, out);
    out.append('"');
  }

  @Override
  void objectId(byte[] bytes, int offset, Utf8Buffer out) {
    out.append('"');
    out.appendHex(bytes, offset, BsonBytes.OBJECT_ID_LENGTH);
    out.append('"');
  }

  @Override
  void binary(byte subtype, byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.append('"');
    if (length == UUID_LENGTH && (subtype == UUID || subtype == OLD_UUID)) {
      out.appendUuid(bytes, offset);
    } else {
      Base64Text.append(bytes, offset, length, out);
    }
    out.append('"');
  }

  @Override
  void timestamp(int seconds, int increment, Utf8Buffer out) {
    out.appendAscii("{\"t\": ");
    out.appendDecimal(Integer.toUnsignedLong(seconds));
    out.appendAscii(", \"i\": ");
    out.appendDecimal(Integer.toUnsignedLong(increment));
    out.append('}');
  }

  @Override
  void regex(byte[] bytes, int pattern, int options, int end, Utf8Buffer out) {
    out.appendAscii("\"/");
    JsonEscapes.append(bytes, pattern, options - 1, out);
    out.append('/');
    appendSortedOptions(bytes, options, end, out);
    out.append('"');
  }

  @Override
  void code(byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendJsonString(bytes, offset, length);
  }

  @Override
  void codeBeforeScope(byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"code\": ");
    out.appendJsonString(bytes, offset, length);
    out.appendAscii(", \"scope\": ");
  }

  @Override
  void symbol(byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendJsonString(bytes, offset, length);
  }

  @Override
  void dbPointer(byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"ref\": ");
    out.appendJsonString(bytes, offset, length);
    out.appendAscii(", \"id\": ");
    objectId(bytes, offset + length + 1, out);
    out.append('}');
  }

  @Override
  void minKey(Utf8Buffer out) {
    out.appendAscii("\"MinKey\"");
  }

  @Override
  void maxKey(Utf8Buffer out) {
    out.appendAscii("\"MaxKey\"");
  }

  @Override
  void undefined(Utf8Buffer out) {
    out.appendAscii("null");
  }
}
