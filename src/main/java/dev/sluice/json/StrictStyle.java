package dev.sluice.json;

/** MongoDB Extended JSON v1 as org.bson prints it in its old mode {@code STRICT}. */
final class StrictStyle extends TypedStyle {
  @Override
  void int32(int value, Utf8Buffer out) {
    out.appendDecimal(value);
  }

  @Override
  void int64(long value, Utf8Buffer out) {
    out.appendAscii("{\"$numberLong\": \"");
    out.appendDecimal(value);
    out.append(END_OF_STRING);
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
  void date(long millis, Utf8Buffer out) {
    out.appendAscii("{\"$date\": ");
    out.appendDecimal(millis);
    out.append('}');
  }

  @Override
  void binary(byte subtype, byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"$binary\": \"");
    Base64Text.append(bytes, offset, length, out);
    out.appendAscii("\",\"$type\": \"");
    appendSubtype(subtype, out);
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
  void codeBeforeScope(byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"$code\": ");
    out.appendJsonString(bytes, offset, length);
    out.appendAscii(",\"$scope\": ");
  }

  @Override
  void dbPointer(byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"$ref\": ");
    out.appendJsonString(bytes, offset, length);
    out.appendAscii(",\"$id\": ");
    objectId(bytes, offset + length + 1, out);
    out.append('}');
  }
}
