package dev.sluice.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.bson.types.Decimal128;

/**
 * Random but well-formed BSON documents, written byte by byte so that they hold what no driver
 * would write: broken UTF-8 in names and texts, repeated names, unsorted regex options, odd binary
 * subtypes, every bit pattern of a double and a decimal. The same seed gives the same documents.
 */
public final class RandomBson {
  private static final int MAX_DEPTH = 6;
  private static final byte[] TYPES = {
    1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 19, -1,
    127
  };
  private static final String[] DECIMALS = {
    "0",
    "-0",
    "0E+3",
    "-0E-7",
    "1",
    "-1.50",
    "1E+3",
    "12345678901234567890.123456789",
    "1E-6176",
    "9.999999999999999999999999999999999E+6144",
    "0.000001",
    "0.0000001",
    "922337203685477580.7",
    "9223372036854775807",
    "9223372036854775808",
    "NaN",
    "Infinity",
    "-Infinity"
  };
  private static final double[] DOUBLES = {
    0.0,
    -0.0,
    1,
    -1,
    0.1,
    1e7,
    9999999.999,
    1e-3,
    9.99e-4,
    1e15,
    1e16,
    1e21,
    1.0E23,
    2e-3,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    123456789012345678d,
    0.3 - 0.1
  };

  private final Random random;

  public RandomBson(long seed) {
    this.random = new Random(seed);
  }

  public byte[] document() {
    return container(0, false);
  }

  private byte[] container(int depth, boolean array) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    int fields = random.nextInt(depth == 0 ? 7 : 4);
    for (int i = 0; i < fields; i++) {
      byte type = TYPES[random.nextInt(TYPES.length)];
      if (depth >= MAX_DEPTH && (type == 3 || type == 4 || type == 15)) {
        type = 10;
      }
      content.write(type);
      writeCString(array ? ascii(i) : text(8), content);
      writeValue(type, depth, content);
    }
    return sized(content.toByteArray(), true);
  }

  private void writeValue(byte type, int depth, ByteArrayOutputStream out) {
    switch (type) {
      case 1 -> writeInt64(Double.doubleToRawLongBits(float64()), out);
      case 2, 13, 14 -> writeString(text(40), out);
      case 3 -> out.writeBytes(container(depth + 1, false));
      case 4 -> out.writeBytes(container(depth + 1, true));
      case 5 -> writeBinary(out);
      case 7 -> out.writeBytes(bytes(12));
      case 8 -> out.write(random.nextInt(2));
      case 9 -> writeInt64(date(), out);
      case 11 -> {
        writeCString(text(12), out);
        writeCString(random.nextBoolean() ? ascii("imsx") : text(5), out);
      }
      case 12 -> {
        // No zero in the name: a real server does not give such a one back.
        writeString(withoutZero(text(12)), out);
        out.writeBytes(bytes(12));
      }
      case 15 -> {
        ByteArrayOutputStream pair = new ByteArrayOutputStream();
        writeString(text(20), pair);
        pair.writeBytes(container(depth + 1, false));
        out.writeBytes(sized(pair.toByteArray(), false));
      }
      case 16 -> writeInt32(random.nextInt() >> random.nextInt(32), out);
      case 17, 18 -> writeInt64(random.nextLong() >> random.nextInt(64), out);
      case 19 -> writeDecimal(out);
      default -> {} // Null, undefined, min key and max key are nothing but their type.
    }
  }

  private double float64() {
    return switch (random.nextInt(4)) {
      case 0 -> DOUBLES[random.nextInt(DOUBLES.length)];
      case 1 -> Double.longBitsToDouble(random.nextLong());
      case 2 -> random.nextInt(2_000_000_000) / 100.0;
      default -> random.nextInt() / Math.pow(10, random.nextInt(12));
    };
  }

  private long date() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong();
      case 1 -> random.nextLong() >> 20;
      case 2 -> (random.nextLong() >>> 17) / 1000 * 1000;
      default -> random.nextLong() >>> 16;
    };
  }

  private void writeDecimal(ByteArrayOutputStream out) {
    long low = random.nextLong() >>> random.nextInt(64);
    long high = random.nextLong();
    int kind = random.nextInt(3);
    if (kind == 0) {
      Decimal128 decimal = Decimal128.parse(DECIMALS[random.nextInt(DECIMALS.length)]);
      low = decimal.getLow();
      high = decimal.getHigh();
    } else if (kind == 1) {
      // A short coefficient with an exponent near zero: the usual kind.
      high = (long) (6176 + random.nextInt(60) - 40) << 49 | (random.nextLong() & 1L << 63);
    }
    writeInt64(low, out);
    writeInt64(high, out);
  }

  private void writeBinary(ByteArrayOutputStream out) {
    byte subtype = (byte) (random.nextBoolean() ? random.nextInt(10) : random.nextInt());
    byte[] data = bytes(random.nextBoolean() ? 16 : random.nextInt(20));
    boolean old = subtype == 2; // Says its length twice.
    writeInt32(data.length + (old ? 4 : 0), out);
    out.write(subtype);
    if (old) {
      writeInt32(data.length, out);
    }
    out.writeBytes(data);
  }

  /** Text of one of several kinds, not always valid UTF-8; a zero may be in it. */
  private byte[] text(int maxLength) {
    int length = random.nextInt(maxLength + 1);
    return switch (random.nextInt(6)) {
      case 0 -> bytes(length);
      case 1 -> unicode(length, 0x10000);
      case 2 -> unicode(length, 0x110000);
      case 3 -> unicode(length, 0x80);
      case 4 -> cutUnicode(length);
      default -> letters(length);
    };
  }

  private static byte[] withoutZero(byte[] text) {
    for (int i = 0; i < text.length; i++) {
      text[i] = text[i] == 0 ? (byte) '0' : text[i];
    }
    return text;
  }

  private byte[] letters(int length) {
    byte[] text = new byte[length];
    for (int i = 0; i < length; i++) {
      text[i] = (byte) ('a' + random.nextInt(26));
    }
    return text;
  }

  /** Code points below the limit; surrogates become '?', as getBytes has it. */
  private byte[] unicode(int length, int limit) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(random.nextInt(limit));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private byte[] cutUnicode(int length) {
    byte[] whole = unicode(length, 0x110000);
    for (int i = 0; i < whole.length / 8; i++) {
      whole[random.nextInt(whole.length)] = (byte) random.nextInt();
    }
    return Arrays.copyOf(whole, random.nextInt(whole.length + 1));
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] ascii(Object text) {
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static void writeCString(byte[] text, ByteArrayOutputStream out) {
    for (byte value : text) {
      if (value != 0) {
        out.write(value);
      }
    }
    out.write(0);
  }

  private static void writeString(byte[] text, ByteArrayOutputStream out) {
    writeInt32(text.length + 1, out);
    out.writeBytes(text);
    out.write(0);
  }

  private static byte[] sized(byte[] content, boolean closed) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeInt32(content.length + (closed ? 5 : 4), out);
    out.writeBytes(content);
    if (closed) {
      out.write(0);
    }
    return out.toByteArray();
  }

  private static void writeInt32(int value, ByteArrayOutputStream out) {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(value >> shift);
    }
  }

  private static void writeInt64(long value, ByteArrayOutputStream out) {
    writeInt32((int) value, out);
    writeInt32((int) (value >> 32), out);
  }
}
