package dev.sluice.json;

import dev.sluice.change.BsonBytes;

/** What both versions of MongoDB Extended JSON write alike. */
abstract sealed class TypedStyle extends ScalarStyle permits ExtendedStyle, StrictStyle {
  private static final byte[] OBJECT_ID = Utf8Buffer.ascii("{\"$oid\": \"");
  private static final byte[] DECIMAL128 = Utf8Buffer.ascii("{\"$numberDecimal\": \"");
  static final byte[] END_OF_STRING = Utf8Buffer.ascii("\"}");

  private static final String UPPER_CASE_HEX = "0123456789ABCDEF";

  @Override
  void decimal128(long high, long low, Utf8Buffer out) {
    out.append(DECIMAL128);
    Decimal128Text.append(high, low, out);
    out.append(END_OF_STRING);
  }

  @Override
  void objectId(byte[] bytes, int offset, Utf8Buffer out) {
    out.append(OBJECT_ID);
    out.appendHex(bytes, offset, BsonBytes.OBJECT_ID_LENGTH);
    out.append(END_OF_STRING);
  }

  @Override
  void code(byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"$code\": ");
    out.appendJsonString(bytes, offset, length);
    out.append('}');
  }

  @Override
  void symbol(byte[] bytes, int offset, int length, Utf8Buffer out) {
    out.appendAscii("{\"$symbol\": ");
    out.appendJsonString(bytes, offset, length);
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

  /** In two hexadecimal digits, as both versions have it. */
  static void appendSubtype(byte subtype, Utf8Buffer out) {
    out.append(UPPER_CASE_HEX.charAt(subtype >> 4 & 0xf));
    out.append(UPPER_CASE_HEX.charAt(subtype & 0xf));
  }
}
