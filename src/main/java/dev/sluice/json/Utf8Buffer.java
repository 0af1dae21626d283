package dev.sluice.json;

import dev.sluice.config.Compression;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing byte buffer in which one JSON text after the other is built as UTF-8.
 *
 * <p>It is reused: {@link #reset()} empties it and keeps its memory, up to a limit, so that
 * building a text allocates nothing but what {@link #toByteArray()} hands out. Not thread-safe: one
 * per encoding thread.
 *
 * <p>It never grows much beyond the bytes that a text may have: what is written further ends in
 * {@link TextTooLargeException}, after which it has to be reset. A text that is to be compressed is
 * so while it is written, and may have any size itself.
 */
public final class Utf8Buffer {
  /** Holds most events (1 KB of BSON becomes about 1 KB of JSON) without ever growing. */
  private static final int INITIAL_CAPACITY = 4 * 1024;

  /**
   * What {@link #reset()} keeps at most. Larger events are rare, and 16 MB documents in each of a
   * few encoders would hold most of a 128 MB heap for ever; growing to 1 MiB again costs less than
   * a millisecond, nothing beside sending an event of that size.
   */
  private static final int MAX_KEPT_CAPACITY = 1024 * 1024;

  /**
   * How much of a value is written at a time. Room is asked for by the piece, so a string of 16 MB
   * neither needs its whole length at once nor escapes compression; and large enough that looking
   * for room costs nothing.
   */
  static final int PIECE = 64 * 1024;

  /** By how much room may be asked for beyond what is written in the end: a short name's. */
  private static final int MARGIN = 256;

  /** A whole array, and less than what every JVM can make. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - 8 - MARGIN;

  private static final byte[] HEX_DIGITS = ascii("0123456789abcdef");

  /** The two digits of 0 to 99, one after the other: halves the divisions of a number. */
  /** The next number above 2^37 / 100. */
  private static final long HUNDREDTH = (1L << 37) / 100 + 1;

  private static final byte[] DIGIT_PAIRS = digitPairs();

  private final long maxBytes;
  private final Compression compression;
  private final long compressAboveBytes;

  /** What the array may hold. */
  private final long mostInArray;

  private byte[] bytes = new byte[INITIAL_CAPACITY];
  private int size;

  /** What stood in the array before; null as long as all of the text is there. */
  private CompressedText compressed;

  /** For texts that are known to be short. */
  public Utf8Buffer() {
    this(MOST_BYTES);
  }

  /**
   * @param maxBytes how many bytes a text may have
   */
  public Utf8Buffer(long maxBytes) {
    this(maxBytes, Compression.NONE, Long.MAX_VALUE);
  }

  /**
   * @param maxBytes how many bytes {@link #toBody()} may have
   * @param compression how
   * @param compressAboveBytes larger texts are compressed, and so are those that are larger than
   *     {@code maxBytes}; {@code Long.MAX_VALUE} for none
   */
  public Utf8Buffer(long maxBytes, Compression compression, long compressAboveBytes) {
    this.compression = compression;
    this.maxBytes = Math.min(maxBytes, MOST_BYTES);
    boolean compresses = compressAboveBytes < Long.MAX_VALUE;
    this.compressAboveBytes =
        compresses ? Math.min(compressAboveBytes, this.maxBytes) : Long.MAX_VALUE;
    this.mostInArray =
        compresses ? Math.max(this.compressAboveBytes, MAX_KEPT_CAPACITY) : this.maxBytes;
  }

  /** Empties the buffer. */
  public void reset() {
    size = 0;
    compressed = null;
    if (bytes.length > MAX_KEPT_CAPACITY) {
      bytes = new byte[INITIAL_CAPACITY];
    }
  }

  /** The number of bytes in the array: all that were written, unless some are compressed. */
  int size() {
    return size;
  }

  /** A copy of what was written, as it is. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Whether {@link #toBody()} is compressed. */
  public boolean isCompressed() {
    return compressed != null || size > compressAboveBytes;
  }

  /**
   * What was written, compressed if it is larger than said; the same text always gives the same
   * bytes. Ends the text.
   *
   * @throws TextTooLargeException if it is too large
   */
  public byte[] toBody() {
    byte[] body;
    if (isCompressed()) {
      compress();
      body = compressed.finish();
    } else {
      body = toByteArray();
    }
    if (body.length > maxBytes) {
      throw new TextTooLargeException(maxBytes);
    }
    return body;
  }

  /** What was written, as a text. */
  @Override
  public String toString() {
    return new String(bytes, 0, size, StandardCharsets.UTF_8);
  }

  /** Appends one byte as it is. */
  public void append(byte value) {
    reserve(1);
    bytes[size++] = value;
  }

  /** Appends one ASCII character as it is. */
  public void append(char ascii) {
    append((byte) ascii);
  }

  /** Appends bytes as they are. */
  public void append(byte[] source) {
    append(source, 0, source.length);
  }

  /** Appends bytes as they are. */
  public void append(byte[] source, int offset, int length) {
    reserve(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  /** Appends bytes as they are, also more of them than the buffer holds where it compresses. */
  public void appendInPieces(byte[] source, int offset, int length) {
    for (int done = 0; done < length; done += PIECE) {
      append(source, offset + done, Math.min(PIECE, length - done));
    }
  }

  /** Appends a text that is known to be ASCII as it is; other characters lose their high bits. */
  @SuppressWarnings("deprecation") // Drops the high bits, which ASCII does not have; no array made.
  public void appendAscii(String text) {
    int length = text.length();
    reserve(length);
    text.getBytes(0, length, bytes, size);
    size += length;
  }

  /** Appends a number in decimal digits. */
  public void appendDecimal(int value) {
    appendDecimal((long) value);
  }

  /** Appends a number in decimal digits. */
  public void appendDecimal(long value) {
    if (value >= 0) {
      appendPadded(value, digitCount(value));
    } else if (value == Long.MIN_VALUE) {
      appendAscii("-9223372036854775808"); // Has no positive counterpart.
    } else {
      append('-');
      appendPadded(-value, digitCount(-value));
    }
  }

  /** Appends a text as a JSON string, quotes and escapes included. */
  public void appendJsonString(String text) {
    append('"');
    if (text.length() <= PIECE && JsonEscapes.isPlain(text)) {
      appendAscii(text);
    } else {
      JsonEscapes.append(text, this);
    }
    append('"');
  }

  /**
   * Appends UTF-8 bytes as a JSON string, quotes and escapes included. Bytes that are not valid
   * UTF-8 become U+FFFD, as many as {@code new String(bytes, UTF_8)} makes of them.
   */
  public void appendJsonString(byte[] utf8, int offset, int length) {
    int piece = Math.min(length, PIECE);
    reserve(piece + 2L + JsonEscapes.COPY_SLACK);
    bytes[size] = '"';
    int end = offset + length;
    int plainEnd = JsonEscapes.copyPlain(utf8, offset, offset + piece, bytes, size + 1);
    size += 1 + plainEnd - offset;
    if (plainEnd < end) {
      JsonEscapes.append(utf8, plainEnd, end, this);
      reserve(1);
    }
    bytes[size++] = '"';
  }

  /** Appends what another buffer holds, which must not compress, as a JSON string. */
  public void appendJsonString(Utf8Buffer text) {
    appendJsonString(text.bytes, 0, text.size);
  }

  /** Appends a number that is not negative in {@code width} digits, with zeros in front. */
  public void appendPadded(long value, int width) {
    reserve(width);
    byte[] target = bytes;
    int position = size + width;
    long rest = value;
    while (position - size >= 2) {
      // As for dates: a product instead of a division, exact below 2^31.
      long quotient = rest <= Integer.MAX_VALUE ? rest * HUNDREDTH >>> 37 : rest / 100;
      int pair = (int) (rest - quotient * 100) * 2;
      target[--position] = DIGIT_PAIRS[pair + 1];
      target[--position] = DIGIT_PAIRS[pair];
      rest = quotient;
    }
    if (position > size) {
      target[--position] = (byte) ('0' + rest % 10);
    }
    size += width;
  }

  /** Appends two lower-case hexadecimal digits for each byte. */
  public void appendHex(byte[] source, int offset, int length) {
    reserve(2L * length);
    byte[] target = bytes;
    int position = size;
    for (int i = offset; i < offset + length; i++) {
      target[position++] = HEX_DIGITS[(source[i] >> 4) & 0xf];
      target[position++] = HEX_DIGITS[source[i] & 0xf];
    }
    size = position;
  }

  /** Appends sixteen bytes as a UUID, its digits in the order of the bytes. */
  public void appendUuid(byte[] source, int offset) {
    appendHex(source, offset, 4);
    append('-');
    appendHex(source, offset + 4, 2);
    append('-');
    appendHex(source, offset + 6, 2);
    append('-');
    appendHex(source, offset + 8, 2);
    append('-');
    appendHex(source, offset + 10, 6);
  }

  /** Appends the four lower-case hexadecimal digits of a UTF-16 unit. */
  public void appendHex(char unit) {
    reserve(4);
    bytes[size++] = HEX_DIGITS[unit >> 12];
    bytes[size++] = HEX_DIGITS[(unit >> 8) & 0xf];
    bytes[size++] = HEX_DIGITS[(unit >> 4) & 0xf];
    bytes[size++] = HEX_DIGITS[unit & 0xf];
  }

  /** The number of decimal digits of a number that is not negative. */
  static int digitCount(long value) {
    int digits = 1;
    long rest = value;
    while (rest >= 10_000) {
      rest /= 10_000;
      digits += 4;
    }
    if (rest >= 1_000) {
      return digits + 3;
    }
    if (rest >= 100) {
      return digits + 2;
    }
    return rest >= 10 ? digits + 1 : digits;
  }

  /**
   * Makes room for more bytes; {@link #array()} may be another one afterwards. Takes a long because
   * what becomes of a large array may be more than an int can count.
   */
  void reserve(long additional) {
    if (bytes.length - size < additional) {
      grow(additional);
    }
  }

  /** The memory behind the buffer, for code that writes at {@link #size()} and then advances. */
  byte[] array() {
    return bytes;
  }

  /** Counts bytes as written that were put straight into {@link #array()}. */
  void advanceTo(int newSize) {
    size = newSize;
  }

  /**
   * Doubles while small. Once larger than what is kept, it grows by a quarter only, and never much
   * beyond what it may hold: the heap has to have room for the old and the new array at once.
   */
  private void grow(long additional) {
    if (compressAboveBytes < Long.MAX_VALUE && size + additional > mostInArray + MARGIN) {
      compress();
    }
    long needed = size + additional;
    if (needed > mostInArray + MARGIN) {
      throw new TextTooLargeException(maxBytes);
    }
    if (needed > bytes.length) {
      long step = bytes.length < MAX_KEPT_CAPACITY ? bytes.length : bytes.length / 4;
      long larger = Math.max(bytes.length + step, needed);
      bytes = Arrays.copyOf(bytes, (int) Math.min(mostInArray + MARGIN, larger));
    }
  }

  /** Empties the array into the compressed text. */
  private void compress() {
    if (compressed == null) {
      compressed = new CompressedText(compression, maxBytes);
    }
    compressed.write(bytes, size);
    size = 0;
  }

  private static byte[] digitPairs() {
    byte[] pairs = new byte[200];
    for (int i = 0; i < 100; i++) {
      pairs[2 * i] = (byte) ('0' + i / 10);
      pairs[2 * i + 1] = (byte) ('0' + i % 10);
    }
    return pairs;
  }

  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
