package dev.sluice.json;

import dev.sluice.change.BsonBytes;

/** MongoDB Extended JSON v2 as org.bson prints it, relaxed or canonical. */
final class ExtendedStyle extends ScalarStyle {
  private static final byte[] OBJECT_ID = Utf8Buffer.ascii("{\"$oid\": \"");
  private static final byte[] INT32 = Utf8Buffer.ascii("{\"$numberInt\": \"");
  private static final byte[] INT64 = Utf8Buffer.ascii("{\"$numberLong\": \"");
  private static final byte[] DOUBLE = Utf8Buffer.ascii("{\"$numberDouble\": \"");
  private static final byte[] DECIMAL128 = Utf8Buffer.ascii("{\"$numberDecimal\": \"");
  private static final byte[] DATE = Utf8Buffer.ascii("{\"$date\": \"");
  private static final byte[] DATE_NUMBER = Utf8Buffer.ascii("{\"$date\": {\"$numberLong\": \"");
  private static final byte[] END_OF_STRING = Utf8Buffer.ascii("\"}");
  private static final byte[] END_OF_STRING_INSIDE = Utf8Buffer.ascii("\"}}");

  private static final String UPPER_CASE_HEX = "0123456789ABCDEF";

  private final boolean canonical;

  ExtendedStyle(boolean canonical) {
    this.canonical = canonical;
  }

  @Override
  void int32(int value, Utf8Buffer out) {
    if (canonical) {
      out.append(INT32);
      out.appendDecimal(value);
      out.append(END_OF_STRING);
    } else {
      out.appendDecimal(value);
    }
  }

  @Override
  void int64(long value, Utf8Buffer out) {
    if (canonical) {
      out.append(INT64);
      out.appendDecimal(value);
      out.append(END_OF_STRING);
    } else {
      out.appendDecimal(value);
    }
  }

  @Override
  void float64(double value, Utf8Buffer out) {
    boolean finite = Double.isFinite(value);
    if (finite && !canonical) {
      DoubleText.append(value, out);
      return;
    }
    out.append(DOUBLE);
    if (finite) {
      DoubleText.append(value, out);
    } else {
      out.appendAscii(Double.toString(value));
    }
    out.append(END_OF_STRING);
  }

  @Override
  void decimal128(long high, long low, Utf8Buffer out) {
    out.append(DECIMAL128);
    Decimal128Text.append(high, low, out);
    out.append(END_OF_STRING);
  }

  @Override
  void date(long millis, Utf8Buffer out) {
    if (canonical || !IsoDate.isCommon(millis)) {
      out.append(DATE_NUMBER);
      out.appendDecimal(millis);
      out.append(END_OF_STRING_INSIDE);
    } else {
      out.append(DATE);
      IsoDate.append(millis, out);
      out.append(END_OF_STRING);
    }
  }

  @Override
  void objectId(byte[] bytes, int offset, Utf8Buffer out) {
    out.append(OBJECT_ID);
    out.appendHex(bytes, offset, BsonBytes.OBJECT_ID_LENGTH);
    out.append(END_OF_STRING);
  }

  @Override
  void binary(byte subtype, byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"$binary\": {\"base64\": \"");
    Base64Text.append(bytes, offset, length, out);
    out.appendAscii("\", \"subType\": \"");
    out.append(UPPER_CASE_HEX.charAt(subtype >> 4 & 0xf));
    out.append(UPPER_CASE_HEX.charAt(subtype & 0xf));
    out.append(END_OF_STRING_INSIDE);
  }

  @Override
  void timestamp(int seconds, int increment, Utf8Buffer out) {
    out.appendAscii("{\"$timestamp\": {\"t\": ");
    out.appendDecimal(Integer.toUnsignedLong(seconds));
    out.appendAscii(", \"i\": ");
    out.appendDecimal(Integer.toUnsignedLong(increment));
    out.appendAscii("}}");
  }

  @Override
  void regex(byte[] bytes, int pattern, int options, int end, Utf8Buffer out) {
    out.appendAscii("{\"$regularExpression\": {\"pattern\": \"");
    JsonEscapes.append(bytes, pattern, options - 1, out);
    out.appendAscii("\", \"options\": \"");
    appendSortedOptions(bytes, options, end, out);
    out.append(END_OF_STRING_INSIDE);
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
    out.appendAscii(", \"$scope\": ");
  }

  @Override
  void symbol(byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"$symbol\": ");
    out.appendJsonString(bytes, offset, length);
    out.append('}');
  }

  @Override
  void dbPointer(byte[] bytes, int offset, int length, Utf8Buffer out) {
    // The form without $dbPointer is the library's in relaxed mode; the specification has only one.
    out.appendAscii(canonical ? "{\"$dbPointer\": {\"$ref\": " : "{\"$ref\": ");
    out.appendJsonString(bytes, offset, length);
    out.appendAscii(", \"$id\": ");
    objectId(bytes, offset + length + 1, out);
    out.appendAscii(canonical ? "}}" : "}");
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
