package dev.sluice.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The inside of a JSON string as org.bson's JSON writer prints it: letters, digits, punctuation,
 * symbols and spaces of the Basic Multilingual Plane stand for themselves; everything else (control
 * and format characters, combining marks, private use, unassigned, U+2028, each half of a surrogate
 * pair) is escaped. Which character is which is the running JVM's {@link Character#getType(char)}.
 *
 * <p>Stateless. The common case, ASCII that needs no escape, is copied eight bytes at a time.
 */
final class JsonEscapes {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EACH_BYTE_01 = 0x0101010101010101L;
  private static final long EACH_BYTE_80 = 0x8080808080808080L;
  private static final long SPACES = ' ' * EACH_BYTE_01;
  private static final long QUOTES = '"' * EACH_BYTE_01;
  private static final long BACKSLASHES = '\\' * EACH_BYTE_01;

  /** How far beyond the end of its text {@link #copyPlain} may write: the rest of a word. */
  static final int COPY_SLACK = Long.BYTES;

  /** One bit for each {@link Character#getType(char)} that stands for itself. */
  private static final int PRINTED_TYPES =
      1 << Character.UPPERCASE_LETTER
          | 1 << Character.LOWERCASE_LETTER
          | 1 << Character.TITLECASE_LETTER
          | 1 << Character.OTHER_LETTER
          | 1 << Character.DECIMAL_DIGIT_NUMBER
          | 1 << Character.LETTER_NUMBER
          | 1 << Character.OTHER_NUMBER
          | 1 << Character.SPACE_SEPARATOR
          | 1 << Character.CONNECTOR_PUNCTUATION
          | 1 << Character.DASH_PUNCTUATION
          | 1 << Character.START_PUNCTUATION
          | 1 << Character.END_PUNCTUATION
          | 1 << Character.INITIAL_QUOTE_PUNCTUATION
          | 1 << Character.FINAL_QUOTE_PUNCTUATION
          | 1 << Character.OTHER_PUNCTUATION
          | 1 << Character.MATH_SYMBOL
          | 1 << Character.CURRENCY_SYMBOL
          | 1 << Character.MODIFIER_SYMBOL
          | 1 << Character.OTHER_SYMBOL;

  private JsonEscapes() {}

  /** Appends a text. A lone surrogate comes out as its escape, which is valid JSON. */
  static void append(String text, Utf8Buffer out) {
    for (int i = 0; i < text.length(); i++) {
      appendUnit(text.charAt(i), out);
    }
  }

  /**
   * Appends the UTF-8 text from one offset up to another; what is not UTF-8 becomes U+FFFD. Made
   * for what is left where {@link #copyPlain} stopped; right for any text.
   */
  static void append(byte[] source, int from, int to, Utf8Buffer out) {
    int position = from;
    while (position < to) {
      int next = isPlain(source[position]) ? position : appendSequence(source, position, to, out);
      if (next < 0) {
        // The decoder's rule for how many U+FFFD a broken sequence makes is not worth a copy here.
        append(new String(source, position, to - position, StandardCharsets.UTF_8), out);
        return;
      }
      position = next;
      // Only where it can copy at all: in most other scripts one special character follows another.
      if (position < to && isPlain(source[position])) {
        out.reserve((long) to - position + COPY_SLACK);
        position = copyPlain(source, next, to, out.array(), out.size());
        out.advanceTo(out.size() + position - next);
      }
    }
  }

  /**
   * Copies the bytes that stand for themselves up to the first that does not, and returns its
   * offset, or {@code to}. The target needs room for all of them and {@link #COPY_SLACK} more.
   */
  static int copyPlain(byte[] source, int from, int to, byte[] target, int targetOffset) {
    int shift = targetOffset - from;
    // Reads beyond the end of the text where the array goes on: most texts are short.
    int wordsEnd = Math.min(to, source.length - Long.BYTES + 1);
    int position = from;
    for (; position < wordsEnd; position += Long.BYTES) {
      long word = (long) LONGS.get(source, position);
      LONGS.set(target, position + shift, word);
      long special = specialBytes(word);
      if (special != 0) {
        return Math.min(position + (Long.numberOfTrailingZeros(special) >>> 3), to);
      }
    }
    while (position < to && isPlain(source[position])) {
      target[position + shift] = source[position];
      position++;
    }
    return Math.min(position, to);
  }

  /**
   * The high bit of each byte that is not plain. Bits above the lowest one may be wrong, since
   * differences and sums carry into the next byte; the lowest is exact.
   */
  private static long specialBytes(long word) {
    return (word // Not ASCII, which also makes it harmless that the others are wrong there.
            | word - SPACES // A control character, below the space.
            | word + EACH_BYTE_01 // Delete: the last ASCII character.
            | (word ^ QUOTES) - EACH_BYTE_01
            | (word ^ BACKSLASHES) - EACH_BYTE_01)
        & EACH_BYTE_80;
  }

  /** Whether all of it is ASCII that stands for itself. */
  static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit >= 0x7f || !isPlain((byte) unit)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(byte value) {
    return value >= ' ' && value != '"' && value != '\\' && value != 0x7f;
  }

  /** Appends one character; returns the offset behind it, or -1 where the bytes are not UTF-8. */
  private static int appendSequence(byte[] source, int from, int to, Utf8Buffer out) {
    byte first = source[from];
    if (first >= 0) {
      appendUnit((char) first, out);
      return from + 1;
    }
    if (first < (byte) 0xe0) {
      return appendTwoBytes(source, from, to, out);
    }
    return first < (byte) 0xf0
        ? appendThreeBytes(source, from, to, out)
        : appendFourBytes(source, from, to, out);
  }

  private static int appendTwoBytes(byte[] source, int from, int to, Utf8Buffer out) {
    // C0 and C1 would be a longer way to write ASCII.
    if (source[from] < (byte) 0xc2 || to - from < 2 || !isContinuation(source[from + 1])) {
      return -1;
    }
    appendUnit((char) ((source[from] & 0x1f) << 6 | source[from + 1] & 0x3f), out);
    return from + 2;
  }

  private static int appendThreeBytes(byte[] source, int from, int to, Utf8Buffer out) {
    if (to - from < 3 || !isContinuation(source[from + 1]) || !isContinuation(source[from + 2])) {
      return -1;
    }
    char unit =
        (char)
            ((source[from] & 0x0f) << 12
                | (source[from + 1] & 0x3f) << 6
                | source[from + 2] & 0x3f);
    if (unit < 0x800 || Character.isSurrogate(unit)) {
      return -1;
    }
    appendUnit(unit, out);
    return from + 3;
  }

  private static int appendFourBytes(byte[] source, int from, int to, Utf8Buffer out) {
    if (to - from < 4
        || !isContinuation(source[from + 1])
        || !isContinuation(source[from + 2])
        || !isContinuation(source[from + 3])) {
      return -1;
    }
    int codePoint =
        (source[from] & 0x1f) << 18
            | (source[from + 1] & 0x3f) << 12
            | (source[from + 2] & 0x3f) << 6
            | source[from + 3] & 0x3f;
    if (!Character.isSupplementaryCodePoint(codePoint)) {
      return -1;
    }
    appendUnit(Character.highSurrogate(codePoint), out);
    appendUnit(Character.lowSurrogate(codePoint), out);
    return from + 4;
  }

  private static boolean isContinuation(byte value) {
    return value < (byte) 0xc0;
  }

  private static void appendUnit(char unit, Utf8Buffer out) {
    switch (unit) {
      case '"' -> appendShortEscape('"', out);
      case '\\' -> appendShortEscape('\\', out);
      case '\b' -> appendShortEscape('b', out);
      case '\f' -> appendShortEscape('f', out);
      case '\n' -> appendShortEscape('n', out);
      case '\r' -> appendShortEscape('r', out);
      case '\t' -> appendShortEscape('t', out);
      default -> {
        if ((PRINTED_TYPES >>> Character.getType(unit) & 1) != 0) {
          appendUtf8(unit, out);
        } else {
          out.append('\\');
          out.append('u');
          out.appendHex(unit);
        }
      }
    }
  }

  private static void appendShortEscape(char letter, Utf8Buffer out) {
    out.append('\\');
    out.append(letter);
  }

  /** Never called for a surrogate: those are always escaped. */
  private static void appendUtf8(char unit, Utf8Buffer out) {
    if (unit < 0x80) {
      out.append((byte) unit);
    } else if (unit < 0x800) {
      out.append((byte) (0xc0 | unit >> 6));
      out.append((byte) (0x80 | unit & 0x3f));
    } else {
      out.append((byte) (0xe0 | unit >> 12));
      out.append((byte) (0x80 | unit >> 6 & 0x3f));
      out.append((byte) (0x80 | unit & 0x3f));
    }
  }
}
