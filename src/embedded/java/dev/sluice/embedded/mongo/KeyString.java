package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.BsonRegularExpression;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Decimal128;
import de.bwaldvogel.mongo.bson.LegacyUUID;
import de.bwaldvogel.mongo.bson.MaxKey;
import de.bwaldvogel.mongo.bson.MinKey;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/**
 * A server's memcmp-comparable encoding of values, in which resume tokens are written.
 *
 * <p>Type bytes and integers are as in the server's {@code key_string.cpp} (version V1), checked
 * against recorded tokens. What the encoding loses (int or long, 1.5 or 1.50) goes into the type
 * bits. Fractions between -1 and 1 are written by their bits only: they are never decoded here.
 */
final class KeyString {

  private static final int MIN_KEY = 10;
  private static final int UNDEFINED = 15;
  private static final int NULLISH = 20;
  private static final int NUMERIC = 30;
  private static final int NEGATIVE_LARGE = 31;
  private static final int NEGATIVE_1_BYTE = 39;
  private static final int NEGATIVE_SMALL = 40;
  private static final int ZERO = 41;
  private static final int POSITIVE_SMALL = 42;
  private static final int POSITIVE_1_BYTE = 43;
  private static final int POSITIVE_LARGE = 51;
  private static final int STRING = 60;
  private static final int OBJECT = 70;
  private static final int ARRAY = 80;
  private static final int BINARY = 90;
  private static final int OBJECT_ID = 100;
  private static final int FALSE = 110;
  private static final int TRUE = 111;
  private static final int DATE = 120;
  private static final int TIMESTAMP = 130;
  private static final int REGEX = 140;
  private static final int CODE = 160;
  private static final int MAX_KEY = 240;
  private static final int END = 4;

  private static final int INT_BITS = 0;
  private static final int DOUBLE_BITS = 1;
  private static final int LONG_BITS = 2;
  private static final int DECIMAL_BITS = 3;

  private static final byte[] HEX_DIGITS = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[128];
  private int size;
  private final ByteArrayOutputStream typeBits = new ByteArrayOutputStream(4);
  private int bitCount;
  private int openBits;

  KeyString append(Object value) {
    if (value == null) {
      write(NULLISH);
    } else if (value instanceof Number number) {
      appendNumber(number);
    } else if (value instanceof String text) {
      write(STRING);
      appendEscaped(text);
      appendBit(0);
    } else if (value instanceof Map<?, ?> map) {
      appendObject(map);
    } else if (value instanceof Collection<?> values) {
      write(ARRAY);
      values.forEach(this::append);
      write(0);
    } else if (value instanceof Boolean bool) {
      write(bool ? TRUE : FALSE);
    } else {
      appendScalar(value);
    }
    return this;
  }

  /** Ends the key and returns it in hexadecimal. */
  String end() {
    write(END);
    byte[] hex = new byte[size * 2];
    for (int i = 0; i < size; i++) {
      hex[2 * i] = HEX_DIGITS[(bytes[i] >> 4) & 0xF];
      hex[2 * i + 1] = HEX_DIGITS[bytes[i] & 0xF];
    }
    return new String(hex, StandardCharsets.ISO_8859_1);
  }

  private void write(int value) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, size * 2);
    }
    bytes[size++] = (byte) value;
  }

  private void writeAll(byte[] values) {
    for (byte value : values) {
      write(value);
    }
  }

  /** The type bits in the server's framing, or an empty array when all of them are zero. */
  byte[] typeBits() {
    if (bitCount % 8 != 0) {
      typeBits.write(openBits);
      openBits = 0;
      bitCount = 0;
    }
    byte[] bits = typeBits.toByteArray();
    int used = bits.length;
    boolean zero = true;
    for (byte b : bits) {
      zero &= b == 0;
    }
    if (zero) {
      return new byte[0];
    }
    if (used == 1 && bits[0] > 0) {
      return bits;
    }
    byte[] framed = new byte[used + 1];
    framed[0] = (byte) (0x80 | used);
    System.arraycopy(bits, 0, framed, 1, used);
    return framed;
  }

  private void appendObject(Map<?, ?> map) {
    write(OBJECT);
    for (Map.Entry<?, ?> field : map.entrySet()) {
      write(genericType(field.getValue()));
      writeAll(((String) field.getKey()).getBytes(StandardCharsets.UTF_8));
      write(0);
      append(field.getValue());
    }
    write(0);
  }

  private void appendScalar(Object value) {
    write(genericType(value));
    if (value instanceof ObjectId id) {
      writeAll(id.toByteArray());
    } else if (value instanceof Instant instant) {
      appendLong(instant.toEpochMilli() ^ Long.MIN_VALUE);
    } else if (value instanceof BsonTimestamp timestamp) {
      appendLong(timestamp.getValue());
    } else if (value instanceof UUID uuid) {
      appendUuid(uuid, BsonType.SUBTYPE_UUID, false);
    } else if (value instanceof LegacyUUID legacy) {
      appendUuid(legacy.getUuid(), BsonType.SUBTYPE_OLD_UUID, true);
    } else if (value instanceof BinData data) {
      appendLength(data.getData().length);
      write(BsonType.SUBTYPE_GENERIC);
      writeAll(data.getData());
    } else if (value instanceof BsonRegularExpression regex) {
      appendEscaped(regex.getPattern());
      appendEscaped(regex.getOptions() == null ? "" : regex.getOptions());
    } else if (value instanceof OpaqueValue opaque) {
      writeAll(opaque.payload());
    }
  }

  private static int genericType(Object value) {
    if (value == null) {
      return NULLISH;
    } else if (value instanceof Number) {
      return NUMERIC;
    } else if (value instanceof String) {
      return STRING;
    } else if (value instanceof Map) {
      return OBJECT;
    } else if (value instanceof Collection) {
      return ARRAY;
    } else if (value instanceof Boolean) {
      return FALSE;
    } else if (value instanceof ObjectId) {
      return OBJECT_ID;
    } else if (value instanceof Instant) {
      return DATE;
    } else if (value instanceof BsonTimestamp) {
      return TIMESTAMP;
    } else if (value instanceof BsonRegularExpression) {
      return REGEX;
    } else if (value instanceof MinKey) {
      return MIN_KEY;
    } else if (value instanceof MaxKey) {
      return MAX_KEY;
    } else if (value instanceof OpaqueValue opaque) {
      return opaque.type() == BsonType.UNDEFINED ? UNDEFINED : BINARY;
    }
    return value instanceof UUID || value instanceof LegacyUUID || value instanceof BinData
        ? BINARY
        : CODE;
  }

  private void appendNumber(Number number) {
    if (number instanceof Long value) {
      appendTypeBits(LONG_BITS);
      appendLongValue(value);
    } else if (number instanceof Double value) {
      appendTypeBits(DOUBLE_BITS);
      appendDouble(value);
    } else if (number instanceof Decimal128 value) {
      appendTypeBits(DECIMAL_BITS);
      appendDecimal(value);
    } else {
      appendTypeBits(INT_BITS);
      appendLongValue(number.longValue());
    }
  }

  /** Most numbers in tokens are small and whole; this spares them the way through decimals. */
  private void appendLongValue(long value) {
    long magnitude = Math.abs(value);
    if (value == 0) {
      write(ZERO);
    } else if (magnitude < 0 || magnitude >= 1L << 62) {
      appendInteger(BigInteger.valueOf(value), null);
    } else {
      appendShifted(magnitude << 1, value < 0);
    }
  }

  private int appendShifted(long shifted, boolean negative) {
    int count = (64 - Long.numberOfLeadingZeros(shifted) + 7) / 8;
    write(negative ? NEGATIVE_1_BYTE - (count - 1) : POSITIVE_1_BYTE + (count - 1));
    appendBytes(shifted, count, negative);
    return count;
  }

  private void appendDouble(double value) {
    if (Double.isNaN(value)) {
      write(NUMERIC);
    } else if (Double.isInfinite(value)) {
      appendLarge(value > 0, Double.doubleToRawLongBits(Math.abs(value)));
    } else {
      appendDecimalValue(new BigDecimal(value));
    }
  }

  private void appendDecimal(Decimal128 value) {
    if (value.equals(Decimal128.NaN)) {
      write(NUMERIC);
    } else if (value.equals(Decimal128.POSITIVE_INFINITY)
        || value.equals(Decimal128.NEGATIVE_INFINITY)) {
      appendDouble(value.doubleValue());
    } else {
      appendDecimalValue(value.toBigDecimal());
    }
    // The low six bits of the biased exponent tell 1.5 from 1.50.
    int exponent = (int) ((value.getHigh() >>> 49) & 0x3F);
    for (int bit = 5; bit >= 0; bit--) {
      appendBit((exponent >> bit) & 1);
    }
  }

  private void appendDecimalValue(BigDecimal value) {
    BigInteger whole = value.toBigInteger();
    BigDecimal fraction = value.subtract(new BigDecimal(whole)).abs();
    if (whole.bitLength() > 63) {
      appendLarge(value.signum() > 0, Double.doubleToRawLongBits(value.abs().doubleValue()));
    } else if (whole.signum() == 0 && fraction.signum() != 0) {
      boolean positive = value.signum() > 0;
      write(positive ? POSITIVE_SMALL : NEGATIVE_SMALL);
      long bits = Double.doubleToRawLongBits(fraction.doubleValue());
      appendLong(positive ? bits : ~bits);
    } else {
      appendInteger(whole, fraction.signum() == 0 ? null : fraction);
    }
  }

  private void appendLarge(boolean positive, long bits) {
    write(positive ? POSITIVE_LARGE : NEGATIVE_LARGE);
    appendLong(positive ? bits : ~bits);
  }

  /** Whole part shifted by one bit that says whether a fraction follows, in as few bytes as fit. */
  private void appendInteger(BigInteger whole, BigDecimal fraction) {
    if (whole.signum() == 0) {
      write(ZERO);
      return;
    }
    boolean negative = whole.signum() < 0;
    BigInteger magnitude = whole.abs().shiftLeft(1);
    if (magnitude.bitLength() > 64) {
      appendLarge(!negative, Double.doubleToRawLongBits(whole.abs().doubleValue()));
      return;
    }
    long shifted = magnitude.longValue() | (fraction == null ? 0 : 1);
    int count = appendShifted(shifted, negative);
    if (fraction != null && count < 8) {
      int bytes = 8 - count;
      BigDecimal scale = new BigDecimal(BigInteger.ONE.shiftLeft(8 * bytes));
      appendBytes(fraction.multiply(scale).longValue() & ~3L, bytes, negative);
    }
  }

  private void appendBytes(long value, int count, boolean invert) {
    for (int i = count - 1; i >= 0; i--) {
      int b = (int) (value >>> (8 * i)) & 0xFF;
      write(invert ? ~b & 0xFF : b);
    }
  }

  private void appendUuid(UUID uuid, int subtype, boolean littleEndian) {
    write(16);
    write(subtype);
    long high = uuid.getMostSignificantBits();
    long low = uuid.getLeastSignificantBits();
    appendLong(littleEndian ? Long.reverseBytes(high) : high);
    appendLong(littleEndian ? Long.reverseBytes(low) : low);
  }

  private void appendLength(int length) {
    if (length < 0xFF) {
      write(length);
    } else {
      write(0xFF);
      appendBytes(length, 4, false);
    }
  }

  private void appendLong(long value) {
    appendBytes(value, 8, false);
  }

  private void appendEscaped(String text) {
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      write(b);
      if (b == 0) {
        write(0xFF);
      }
    }
    write(0);
  }

  private void appendTypeBits(int type) {
    appendBit(type & 1);
    appendBit(type >> 1);
  }

  private void appendBit(int bit) {
    openBits |= bit << (bitCount % 8);
    bitCount++;
    if (bitCount % 8 == 0) {
      typeBits.write(openBits);
      openBits = 0;
    }
  }
}
