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

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(96);
  private final ByteArrayOutputStream typeBits = new ByteArrayOutputStream();
  private int bitCount;
  private int openBits;

  KeyString append(Object value) {
    if (value == null) {
      out.write(NULLISH);
    } else if (value instanceof Number number) {
      appendNumber(number);
    } else if (value instanceof String text) {
      out.write(STRING);
      appendEscaped(text);
      appendBit(0);
    } else if (value instanceof Map<?, ?> map) {
      appendObject(map);
    } else if (value instanceof Collection<?> values) {
      out.write(ARRAY);
      values.forEach(this::append);
      out.write(0);
    } else if (value instanceof Boolean bool) {
      out.write(bool ? TRUE : FALSE);
    } else {
      appendScalar(value);
    }
    return this;
  }

  byte[] end() {
    out.write(END);
    return out.toByteArray();
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
    out.write(OBJECT);
    for (Map.Entry<?, ?> field : map.entrySet()) {
      out.write(genericType(field.getValue()));
      out.writeBytes(((String) field.getKey()).getBytes(StandardCharsets.UTF_8));
      out.write(0);
      append(field.getValue());
    }
    out.write(0);
  }

  private void appendScalar(Object value) {
    out.write(genericType(value));
    if (value instanceof ObjectId id) {
      out.writeBytes(id.toByteArray());
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
      out.write(BsonType.SUBTYPE_GENERIC);
      out.writeBytes(data.getData());
    } else if (value instanceof BsonRegularExpression regex) {
      appendEscaped(regex.getPattern());
      appendEscaped(regex.getOptions() == null ? "" : regex.getOptions());
    } else if (value instanceof OpaqueValue opaque) {
      out.writeBytes(opaque.payload());
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
      appendInteger(BigInteger.valueOf(value), null);
    } else if (number instanceof Double value) {
      appendTypeBits(DOUBLE_BITS);
      appendDouble(value);
    } else if (number instanceof Decimal128 value) {
      appendTypeBits(DECIMAL_BITS);
      appendDecimal(value);
    } else {
      appendTypeBits(INT_BITS);
      appendInteger(BigInteger.valueOf(number.longValue()), null);
    }
  }

  private void appendDouble(double value) {
    if (Double.isNaN(value)) {
      out.write(NUMERIC);
    } else if (Double.isInfinite(value)) {
      appendLarge(value > 0, Double.doubleToRawLongBits(Math.abs(value)));
    } else {
      appendDecimalValue(new BigDecimal(value));
    }
  }

  private void appendDecimal(Decimal128 value) {
    if (value.equals(Decimal128.NaN)) {
      out.write(NUMERIC);
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
      out.write(positive ? POSITIVE_SMALL : NEGATIVE_SMALL);
      long bits = Double.doubleToRawLongBits(fraction.doubleValue());
      appendLong(positive ? bits : ~bits);
    } else {
      appendInteger(whole, fraction.signum() == 0 ? null : fraction);
    }
  }

  private void appendLarge(boolean positive, long bits) {
    out.write(positive ? POSITIVE_LARGE : NEGATIVE_LARGE);
    appendLong(positive ? bits : ~bits);
  }

  /** Whole part shifted by one bit that says whether a fraction follows, in as few bytes as fit. */
  private void appendInteger(BigInteger whole, BigDecimal fraction) {
    if (whole.signum() == 0) {
      out.write(ZERO);
      return;
    }
    boolean negative = whole.signum() < 0;
    BigInteger magnitude = whole.abs().shiftLeft(1);
    if (magnitude.bitLength() > 64) {
      appendLarge(!negative, Double.doubleToRawLongBits(whole.abs().doubleValue()));
      return;
    }
    long shifted = magnitude.longValue() | (fraction == null ? 0 : 1);
    int count = (64 - Long.numberOfLeadingZeros(shifted) + 7) / 8;
    out.write(negative ? NEGATIVE_1_BYTE - (count - 1) : POSITIVE_1_BYTE + (count - 1));
    appendBytes(shifted, count, negative);
    if (fraction != null && count < 8) {
      int bytes = 8 - count;
      BigDecimal scale = new BigDecimal(BigInteger.ONE.shiftLeft(8 * bytes));
      appendBytes(fraction.multiply(scale).longValue() & ~3L, bytes, negative);
    }
  }

  private void appendBytes(long value, int count, boolean invert) {
    for (int i = count - 1; i >= 0; i--) {
      int b = (int) (value >>> (8 * i)) & 0xFF;
      out.write(invert ? ~b & 0xFF : b);
    }
  }

  private void appendUuid(UUID uuid, int subtype, boolean littleEndian) {
    out.write(16);
    out.write(subtype);
    long high = uuid.getMostSignificantBits();
    long low = uuid.getLeastSignificantBits();
    appendLong(littleEndian ? Long.reverseBytes(high) : high);
    appendLong(littleEndian ? Long.reverseBytes(low) : low);
  }

  private void appendLength(int length) {
    if (length < 0xFF) {
      out.write(length);
    } else {
      out.write(0xFF);
      appendBytes(length, 4, false);
    }
  }

  private void appendLong(long value) {
    appendBytes(value, 8, false);
  }

  private void appendEscaped(String text) {
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      out.write(b);
      if (b == 0) {
        out.write(0xFF);
      }
    }
    out.write(0);
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
