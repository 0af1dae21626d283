package dev.sluice.json;

/** MongoDB Extended JSON v2 as org.bson prints it, relaxed or canonical. */
final class ExtendedStyle extends TypedStyle {
  private static final byte[] INT32 = Utf8Buffer.ascii("{\"$numberInt\": \"");
  private static final byte[] INT64 = Utf8Buffer.ascii("{\"$numberLong\": \"");
  private static final byte[] DOUBLE = Utf8Buffer.ascii("{\"$numberDouble\": \"");
  private static final byte[] DATE = Utf8Buffer.ascii("{\"$date\": \"");
  private static final byte[] DATE_NUMBER = Utf8Buffer.ascii("{\"$date\": {\"$numberLong\": \"");
  private static final byte[] END_OF_STRING_INSIDE = Utf8Buffer.ascii("\"}}");

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
  void binary(byte subtype, byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"$binary\": {\"base64\": \"");
    Base64Text.append(bytes, offset, length, out);
    out.appendAscii("\", \"subType\": \"");
    appendSubtype(subtype, out);
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
  void codeBeforeScope(byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"$code\": ");
    out.appendJsonString(bytes, offset, length);
    out.appendAscii(", \"$scope\": ");
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
}
