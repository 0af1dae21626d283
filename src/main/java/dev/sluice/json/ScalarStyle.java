package dev.sluice.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How the values that are neither document nor array look in one of the JSON modes. Gets ranges
 * that are known to lie inside the bytes. Stateless.
 */
abstract sealed class ScalarStyle permits FlatStyle, PlainStyle, TypedStyle {
  abstract void int32(int value, Utf8Buffer out);

  abstract void int64(long value, Utf8Buffer out);

  abstract void float64(double value, Utf8Buffer out);

  abstract void decimal128(long high, long low, Utf8Buffer out);

  abstract void date(long millis, Utf8Buffer out);

  abstract void objectId(byte[] bytes, int offset, Utf8Buffer out);

  abstract void binary(byte subtype, byte[] bytes, int offset, int length, Utf8Buffer out);

  /** Both numbers are unsigned. */
  abstract void timestamp(int seconds, int increment, Utf8Buffer out);

  /** The pattern ends where the options, which begin one byte later, are cut off by a zero. */
  abstract void regex(byte[] bytes, int pattern, int options, int end, Utf8Buffer out);

  abstract void code(byte[] bytes, int offset, int length, Utf8Buffer out);

  /** Everything up to where the scope is written; a closing brace follows it. */
  abstract void codeBeforeScope(byte[] bytes, int offset, int length, Utf8Buffer out);

  abstract void symbol(byte[] bytes, int offset, int length, Utf8Buffer out);

  /** The ObjectId comes right behind the collection's name and the zero that ends it. */
  abstract void dbPointer(byte[] bytes, int offset, int length, Utf8Buffer out);

  abstract void minKey(Utf8Buffer out);

  abstract void maxKey(Utf8Buffer out);

  abstract void undefined(Utf8Buffer out);

  /** Options in ascending order of their UTF-16 units: where org.bson puts them when reading. */
  static void appendSortedOptions(byte[] bytes, int from, int to, Utf8Buffer out) {
    for (int i = from; i < to; i++) {
      if (bytes[i] < (i == from ? 0 : bytes[i - 1])) {
        char[] units = new String(bytes, from, to - from, StandardCharsets.UTF_8).toCharArray();
        Arrays.sort(units);
        JsonEscapes.append(new String(units), out);
        return;
      }
    }
    JsonEscapes.append(bytes, from, to, out);
  }
}
