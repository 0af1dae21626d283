package dev.sluice.json;

/**
 * Values as Debezium's flattening transform has them: ordinary JSON, with times as milliseconds
 * since 1970 and bytes in base64.
 */
final class FlatStyle extends ScalarStyle {
  private static final long MILLIS_PER_SECOND = 1000;

  private final PlainStyle plain = new PlainStyle();

  @Override
  void int32(int value, Utf8Buffer out) {
    plain.int32(value, out);
  }

  @Override
  void int64(long value, Utf8Buffer out) {
    plain.int64(value, out);
  }

  @Override
  void float64(double value, Utf8Buffer out) {
    plain.float64(value, out);
  }

  @Override
  void decimal128(long high, long low, Utf8Buffer out) {
    plain.decimal128(high, low, out);
  }

  @Override
  void objectId(byte[] bytes, int offset, Utf8Buffer out) {
    plain.objectId(bytes, offset, out);
  }

  @Override
  void date(long millis, Utf8Buffer out) {
    out.appendDecimal(millis);
  }

  @Override
  void timestamp(int seconds, int increment, Utf8Buffer out) {
    out.appendDecimal(Integer.toUnsignedLong(seconds) * MILLIS_PER_SECOND);
  }

  @Override
  void binary(byte subtype, byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.append('"');
    Base64Text.append(bytes, offset, length, out);
    out.append('"');
  }

  @Override
  void regex(byte[] bytes, int pattern, int options, int end, Utf8Buffer out) {
    out.appendAscii("{\"regex\": \"");
    JsonEscapes.append(bytes, pattern, options - 1, out);
    out.appendAscii("\", \"options\": \"");
    appendSortedOptions(bytes, options, end, out);
    out.appendAscii("\"}");
  }

  @Override
  void code(byte[] bytes, int offset, int length, Utf8Buffer out) {
    plain.code(bytes, offset, length, out);
  }

  @Override
  void codeBeforeScope(byte[] bytes, int offset, int length, Utf8Buffer out) {
    plain.codeBeforeScope(bytes, offset, length, out);
  }

  @Override
  void symbol(byte[] bytes, int offset, int length, Utf8Buffer out) {
    plain.symbol(bytes, offset, length, out);
  }

  @Override
  void dbPointer(byte[] bytes, int offset, int length, Utf8Buffer out) {
    plain.dbPointer(bytes, offset, length, out);
  }

  @Override
  void minKey(Utf8Buffer out) {
    plain.minKey(out);
  }

  @Override
  void maxKey(Utf8Buffer out) {
    plain.maxKey(out);
  }

  @Override
  void undefined(Utf8Buffer out) {
    plain.undefined(out);
  }
}
