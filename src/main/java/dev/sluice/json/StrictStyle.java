package dev.sluice.json;

import dev.sluice.change.BsonBytes;

/** MongoDB Extended JSON v1 as org.bson prints it in its old mode {@code STRICT}. */
final class StrictStyle extends ScalarStyle {
  private static final String UPPER_CASE_HEX = "0123456789ABCDEF";

  @Override
  void int32(int value, Utf8Buffer out) {
    out.appendDecimal(value);
  }

  @Override
  void int64(long value, Utf8Buffer out) {
    out.appendAscii("{\"$numberLong\": \"");
    out.appendDecimal(value);
    out.appendAscii("\"}");
  }

  /** Bare where it is not finite. */
  @Override
  void float64(double value, Utf8Buffer out) {
    if (Double.isFinite(value)) {
      DoubleText.append(value, out);
    } else {
      out.appendAscii(Double.toString(value));
    }
  }

  @Override
  void decimal128(long high, long low, Utf8Buffer out) {
    out.appendAscii("{\"$numberDecimal\": \"");
    Decimal128Text.append(high, low, out);
    out.appendAscii("\"}");
  }

  @Override
  void date(long millis, Utf8Buffer out) {
    out.appendAscii("{\"$date\": ");
    out.appendDecimal(millis);
    out.append('}');
  }

  @Override
  void objectId(byte[] bytes, int offset, Utf8Buffer out) {
    out.appendAscii("{\"$oid\": \"");
    out.appendHex(bytes, offset, BsonBytes.OBJECT_ID_LENGTH);
    out.appendAscii("\"}");
  }

  @Override
  void binary(byte subtype, byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"$binary\": \"");
    Base64Text.append(bytes, offset, length, out);
    out.appendAscii("\",\"$type\": \"");
    out.append(UPPER_CASE_HEX.charAt(subtype >> 4 & 0xf));
    out.append(UPPER_CASE_HEX.charAt(subtype & 0xf));
    out.appendAscii("\"}");
  }

  @Override
  void timestamp(int seconds, int increment, Utf8Buffer out) {
    out.appendAscii("{\"$timestamp\": {\"t\": ");
    out.appendDecimal(Integer.toUnsignedLong(seconds));
    out.appendAscii(",\"i\": ");
    out.appendDecimal(Integer.toUnsignedLong(increment));
    out.appendAscii("}}");
  }

  @Override
  void regex(byte[] bytes, int pattern, int options, int end, Utf8Buffer out) {
    out.appendAscii("{\"$regex\": \"");
    JsonEscapes.append(bytes, pattern, options - 1, out);
    out.appendAscii("\",\"$options\": \"");
    appendSortedOptions(bytes, options, end, out);
    out.appendAscii("\"}");
  }

  @Override
  void code(byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"$code\": ");
    out.appendJsonString(bytes, offset, length);
    out.append('}');
  }

  @Override
  void codeBeforeScope(byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"$code\": ");
    out.appendJsonString(bytes, offset, length);
    out.appendAscii(",\"$scope\": ");
  }

  @Override
  void symbol(byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"$symbol\": ");
    out.appendJsonString(bytes, offset, length);
    out.append('}');
  }

  @Override
  void dbPointer(byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"$ref\": ");
    out.appendJsonString(bytes, offset, length);
    out.appendAscii(",\"$id\": ");
    objectId(bytes, offset + length + 1, out);
    out.append('}');
  }

  @Override
  void minKey(Utf8Buffer out) {
    out.appendAscii("{\"$minKey\": 1}");
  }

  @Override
  void maxKey(Utf8Buffer out) {
    out.appendAscii("{\"$maxKey\": 1}");
  }

  @Override
  void undefined(Utf8Buffer out) {
    out.appendAscii("{\"$undefined\": true}");
  }
}
