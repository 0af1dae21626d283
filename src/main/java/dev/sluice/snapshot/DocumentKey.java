package dev.sluice.snapshot;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.Namespace;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bson.types.Decimal128;

/**
 * Which document of all, by the value of its {@code _id}: {@code 5}, {@code 5L}, {@code 5.0} and
 * {@code NumberDecimal("5.00")} are one key of a unique index, also deep inside of an embedded
 * document, and an event may name the document by another of these than a read.
 */
final class DocumentKey {
  /** Whole numbers of fewer digits have a short form. */
  private static final int SHORT_DIGITS = 18;

  private static final long SHORT_END = 1_000_000_000_000_000_000L;

  private final Namespace namespace;
  private final byte[] value;
  private final int hash;

  private DocumentKey(Namespace namespace, byte[] value) {
    this.namespace = namespace;
    this.value = value;
    this.hash = 31 * Arrays.hashCode(value) + namespace.hashCode();
  }

  static DocumentKey of(Namespace namespace, Key id) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(id.sizeBytes() + Long.BYTES);
    write(id.type(), id.value(), 0, id.value().length, out);
    return new DocumentKey(namespace, out.toByteArray());
  }

  private static void write(byte type, byte[] bytes, int at, int end, ByteArrayOutputStream out) {
    switch (type) {
      case BsonBytes.INT32 -> number(BsonBytes.int32(bytes, at, end), out);
      case BsonBytes.INT64 -> number(BsonBytes.int64(bytes, at, end), out);
      case BsonBytes.DOUBLE ->
          number(Double.longBitsToDouble(BsonBytes.int64(bytes, at, end)), out);
      case BsonBytes.DECIMAL128 ->
          number(
              Decimal128.fromIEEE754BIDEncoding(
                  BsonBytes.int64(bytes, at + Long.BYTES, end), BsonBytes.int64(bytes, at, end)),
              out);
      case BsonBytes.DOCUMENT, BsonBytes.ARRAY -> {
        out.write(type);
        fields(bytes, at, end, out);
        out.write(0);
      }
      default -> {
        // A symbol compares as a string does.
        out.write(type == BsonBytes.SYMBOL ? BsonBytes.STRING : type);
        out.write(bytes, at, end - at);
      }
    }
  }

  private static void fields(byte[] bytes, int document, int limit, ByteArrayOutputStream out) {
    int end = BsonBytes.documentEnd(bytes, document, limit) - 1;
    int at = document + Integer.BYTES;
    while (at < end) {
      int value = BsonBytes.cStringEnd(bytes, at + 1, end) + 1;
      int next = BsonBytes.skipValue(bytes[at], bytes, value, end);
      out.write(1);
      out.write(bytes, at + 1, value - at - 1);
      write(bytes[at], bytes, value, next, out);
      at = next;
    }
  }

  private static void number(long whole, ByteArrayOutputStream out) {
    if (whole > -SHORT_END && whole < SHORT_END) {
      out.write(BsonBytes.INT64);
      out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(whole).array());
    } else {
      number(BigDecimal.valueOf(whole), out);
    }
  }

  private static void number(double value, ByteArrayOutputStream out) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      text(Double.toString(value), out);
    } else {
      number(new BigDecimal(value), out);
    }
  }

  private static void number(Decimal128 value, ByteArrayOutputStream out) {
    if (value.isNaN() || value.isInfinite()) {
      text(Double.toString(value.doubleValue()), out);
      return;
    }
    try {
      number(value.bigDecimalValue(), out);
    } catch (ArithmeticException negativeZero) {
      number(0L, out);
    }
  }

  /** Exactly: two numbers that differ at all must not become one. */
  private static void number(BigDecimal value, ByteArrayOutputStream out) {
    BigDecimal shortest = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    boolean isShort =
        shortest.scale() <= 0 && shortest.precision() - (long) shortest.scale() <= SHORT_DIGITS;
    if (isShort) {
      number(shortest.longValueExact(), out);
    } else {
      text(shortest.toString(), out);
    }
  }

  private static void text(String number, ByteArrayOutputStream out) {
    out.write(BsonBytes.DECIMAL128);
    out.writeBytes(number.getBytes(StandardCharsets.US_ASCII));
    out.write(0);
  }

  Namespace namespace() {
    return namespace;
  }

  int sizeBytes() {
    return value.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DocumentKey key
        && hash == key.hash
        && Arrays.equals(value, key.value)
        && namespace.equals(key.namespace);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
