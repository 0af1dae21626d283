package dev.sluice.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The inside of a JSON string. Text stands as it is, in UTF-8. Escaped are only the quote, the
 * backslash and the control characters (of which JSON itself demands those below the space), and
 * U+2028 and U+2029, which end a line for JavaScript before 2019 and for tools that read lines.
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

  /** How many bytes that are not UTF-8 are looked at together; a sequence has four. */
  private static final int MOST_BROKEN = 64;

  private JsonEscapes() {}

  /** Appends a text. A lone surrogate comes out as its escape, which is valid JSON. */
  static void append(String text, Utf8Buffer out) {
    int codePoint;
    for (int i = 0; i < text.length(); i += Character.charCount(codePoint)) {
      codePoint = text.codePointAt(i);
      if (codePoint >= Character.MIN_SUPPLEMENTARY_CODE_POINT) {
        appendSupplementary(codePoint, out);
      } else {
        appendUnit((char) codePoint, out);
      }
    }
  }

  /**
   * Appends the UTF-8 text from one offset up to another; what is not UTF-8 becomes U+FFFD. Made
   * for what is left where {@link #copyPlain} stopped; right for any text.
   */
  static void append(byte[] source, int from, int to, Utf8Buffer out) {
    int position = from;
    while (position < to) {
      int pieceEnd = to - position > Utf8Buffer.PIECE ? position + Utf8Buffer.PIECE : to;
      out.reserve((long) pieceEnd - position + COPY_SLACK);
      int end = copyText(source, position, pieceEnd, to, out.array(), out.size());
      out.advanceTo(out.size() + end - position);
      position = end < pieceEnd ? appendSpecial(source, end, to, out) : end;
    }
  }

  /**
   * Copies what stands for itself, ASCII or not, up to the first byte of what does not, and returns
   * that offset, or that of the first character at or behind {@code pieceEnd}.
   */
  private static int copyText(
      byte[] source, int from, int pieceEnd, int to, byte[] target, int targetOffset) {
    int shift = targetOffset - from;
    int position = from;
    while (position < pieceEnd) {
      if (isPlain(source[position])) {
        position = copyPlain(source, position, pieceEnd, target, position + shift);
      } else {
        int length = sequenceLength(source, position, to);
        if (length == 0) {
          return position;
        }
        for (int end = position + length; position < end; position++) {
          target[position + shift] = source[position];
        }
      }
    }
    return position;
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

  /**
   * How many bytes the character has that begins here and is not ASCII; 0 if it does not stand for
   * itself, or is no UTF-8 (RFC 3629, 4).
   */
  private static int sequenceLength(byte[] source, int from, int to) {
    byte first = source[from];
    // C0 and C1 would be a longer way to write ASCII.
    if (first < (byte) 0xc2 || first > (byte) 0xf4) {
      return 0;
    }
    int length = first < (byte) 0xe0 ? 2 : first < (byte) 0xf0 ? 3 : 4;
    if (to - from < length) {
      return 0;
    }
    int second = source[from + 1] & 0xff;
    boolean stands =
        switch (first) {
          case (byte) 0xc2 -> second >= 0xa0; // Below are control characters.
          case (byte) 0xe0 -> second >= 0xa0; // Below would be a longer way to write two bytes.
          case (byte) 0xe2 -> second != 0x80 || !isLineEnd(source[from + 2]);
          case (byte) 0xed -> second < 0xa0; // Above are surrogates.
          case (byte) 0xf0 -> second >= 0x90; // Below would be a longer way to write three bytes.
          case (byte) 0xf4 -> second < 0x90; // Above is more than U+10FFFF.
          default -> true;
        };
    for (int i = 1; stands && i < length; i++) {
      stands = isContinuation(source[from + i]);
    }
    return stands ? length : 0;
  }

  /** The last byte of U+2028 and U+2029. */
  private static boolean isLineEnd(byte third) {
    return third == (byte) 0xa8 || third == (byte) 0xa9;
  }

  /**
   * Appends what does not stand for itself, and returns the offset behind it: a character that is
   * escaped, or bytes that are not UTF-8.
   */
  private static int appendSpecial(byte[] source, int from, int to, Utf8Buffer out) {
    if (source[from] >= 0) {
      appendUnit((char) source[from], out);
      return from + 1;
    }
    // The decoder knows how many U+FFFD a broken sequence makes. None reaches beyond a byte that
    // begins another, nor beyond its fourth: behind MOST_BROKEN bytes any has come to its end.
    int end = from + 1;
    while (end < to && end - from < MOST_BROKEN && isContinuation(source[end])) {
      end++;
    }
    append(new String(source, from, end - from, StandardCharsets.UTF_8), out);
    return end;
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
        if (isEscaped(unit)) {
          out.append('\\');
          out.append('u');
          out.appendHex(unit);
        } else {
          appendUtf8(unit, out);
        }
      }
    }
  }

  private static void appendShortEscape(char letter, Utf8Buffer out) {
    out.append('\\');
    out.append(letter);
  }

  private static boolean isEscaped(char unit) {
    return Character.isISOControl(unit)
        || unit == '\u2028'
        || unit == '\u2029'
        || Character.isSurrogate(unit);
  }

  /** Never called for a surrogate: those are always escaped, or a pair. */
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

  private static void appendSupplementary(int codePoint, Utf8Buffer out) {
    out.append((byte) (0xf0 | codePoint >> 18));
    out.append((byte) (0x80 | codePoint >> 12 & 0x3f));
    out.append((byte) (0x80 | codePoint >> 6 & 0x3f));
    out.append((byte) (0x80 | codePoint & 0x3f));
  }
}
