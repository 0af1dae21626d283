package dev.sluice.change;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * BSON's layout: type bytes, little-endian numbers and the ends of values in a byte array.
 *
 * <p>Every method that takes a {@code limit} first checks that what it reads ends at or before it,
 * and throws {@link CorruptBsonException} otherwise. Stateless.
 */
public final class BsonBytes {
  public static final byte DOUBLE = 0x01;
  public static final byte STRING = 0x02;
  public static final byte DOCUMENT = 0x03;
  public static final byte ARRAY = 0x04;
  public static final byte BINARY = 0x05;
  public static final byte UNDEFINED = 0x06;
  public static final byte OBJECT_ID = 0x07;
  public static final byte BOOLEAN = 0x08;
  public static final byte DATE = 0x09;
  public static final byte NULL = 0x0a;
  public static final byte REGEX = 0x0b;
  public static final byte DB_POINTER = 0x0c;
  public static final byte CODE = 0x0d;
  public static final byte SYMBOL = 0x0e;
  public static final byte CODE_WITH_SCOPE = 0x0f;
  public static final byte INT32 = 0x10;
  public static final byte TIMESTAMP = 0x11;
  public static final byte INT64 = 0x12;
  public static final byte DECIMAL128 = 0x13;
  public static final byte MIN_KEY = (byte) 0xff;
  public static final byte MAX_KEY = 0x7f;

  public static final int OBJECT_ID_LENGTH = 12;

  /** The binary subtype whose data repeats its own length in front. */
  public static final byte OLD_BINARY = 0x02;

  /** Size field and closing zero: an empty document. */
  private static final int MIN_DOCUMENT_SIZE = 5;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EACH_BYTE_01 = 0x0101010101010101L;
  private static final long EACH_BYTE_80 = 0x8080808080808080L;

  private BsonBytes() {}

  public static int int32(byte[] bytes, int offset, int limit) {
    requireRoom(Integer.BYTES, offset, limit);
    return (int) INTS.get(bytes, offset);
  }

  public static long int64(byte[] bytes, int offset, int limit) {
    requireRoom(Long.BYTES, offset, limit);
    return (long) LONGS.get(bytes, offset);
  }

  /** Checks that {@code length} (not negative) bytes at {@code offset} end before the limit. */
  public static void requireRoom(int length, int offset, int limit) {
    // A difference, because offset + length may pass what an int can hold.
    if (limit - offset < length) {
      throw noRoom(length, offset, limit);
    }
  }

  /**
   * By itself, as what follows: the compiler only takes short methods into those that call them.
   */
  private static CorruptBsonException noRoom(int length, int offset, int limit) {
    return new CorruptBsonException(
        "a value of " + length + " bytes where " + (limit - offset) + " are left", offset);
  }

  private static CorruptBsonException tooShort(String what, int size, int offset) {
    return new CorruptBsonException(what + " of " + size + " bytes", offset);
  }

  /** The offset behind the document or array at {@code offset}; its last byte is a zero. */
  public static int documentEnd(byte[] bytes, int offset, int limit) {
    int size = int32(bytes, offset, limit);
    if (size < MIN_DOCUMENT_SIZE) {
      throw tooShort("a document", size, offset);
    }
    requireRoom(size, offset, limit);
    if (bytes[offset + size - 1] != 0) {
      throw new CorruptBsonException("a document without its closing zero", offset);
    }
    return offset + size;
  }

  /** The number of bytes of the text whose size field is at {@code offset}, without its zero. */
  public static int stringLength(byte[] bytes, int offset, int limit) {
    int size = int32(bytes, offset, limit);
    if (size < 1) {
      throw tooShort("a string", size, offset);
    }
    requireRoom(size, offset + Integer.BYTES, limit);
    if (bytes[offset + Integer.BYTES + size - 1] != 0) {
      throw new CorruptBsonException("a string without its closing zero", offset);
    }
    return size - 1;
  }

  /** The text whose size field is at {@code offset}; what is not UTF-8 becomes U+FFFD. */
  public static String text(byte[] bytes, int offset, int limit) {
    int length = stringLength(bytes, offset, limit);
    return new String(bytes, offset + Integer.BYTES, length, StandardCharsets.UTF_8);
  }

  /** The number of bytes of a binary value, whose size field is at {@code offset}. */
  public static int binaryLength(byte[] bytes, int offset, int limit) {
    int length = int32(bytes, offset, limit);
    if (length < 0) {
      throw new CorruptBsonException("a binary value of " + length + " bytes", offset);
    }
    requireRoom(1, offset + Integer.BYTES, limit);
    requireRoom(length, offset + Integer.BYTES + 1, limit);
    return length;
  }

  /** The offset of the zero that ends the name (or other C string) which starts at offset. */
  public static int cStringEnd(byte[] bytes, int offset, int limit) {
    int position = offset;
    while (limit - position >= Long.BYTES) {
      long word = (long) LONGS.get(bytes, position);
      // The lowest set bit is in the first byte that is zero: subtracting one from it borrows.
      long zeros = (word - EACH_BYTE_01) & ~word & EACH_BYTE_80;
      if (zeros != 0) {
        return position + (Long.numberOfTrailingZeros(zeros) >>> 3);
      }
      position += Long.BYTES;
    }
    while (position < limit) {
      if (bytes[position] == 0) {
        return position;
      }
      position++;
    }
    throw new CorruptBsonException("a name without its closing zero", offset);
  }

  /** The offset behind the value of the given type. What is inside a document is not looked at. */
  public static int skipValue(byte type, byte[] bytes, int offset, int limit) {
    switch (type) {
      case DOUBLE, DATE, TIMESTAMP, INT64:
        return skip(Long.BYTES, offset, limit);
      case INT32:
        return skip(Integer.BYTES, offset, limit);
      case STRING, CODE, SYMBOL:
        return offset + Integer.BYTES + stringLength(bytes, offset, limit) + 1;
      case DOCUMENT, ARRAY:
        return documentEnd(bytes, offset, limit);
      case BINARY:
        return offset + Integer.BYTES + 1 + binaryLength(bytes, offset, limit);
      case OBJECT_ID:
        return skip(OBJECT_ID_LENGTH, offset, limit);
      case BOOLEAN:
        return skip(1, offset, limit);
      case UNDEFINED, NULL, MIN_KEY, MAX_KEY:
        return skip(0, offset, limit);
      case REGEX:
        return cStringEnd(bytes, cStringEnd(bytes, offset, limit) + 1, limit) + 1;
      case DB_POINTER:
        int idOffset = offset + Integer.BYTES + stringLength(bytes, offset, limit) + 1;
        return skip(OBJECT_ID_LENGTH, idOffset, limit);
      case CODE_WITH_SCOPE:
        // Shaped like a document: its own size first, and its scope's closing zero last.
        return documentEnd(bytes, offset, limit);
      case DECIMAL128:
        return skip(2 * Long.BYTES, offset, limit);
      default:
        throw unknownType(type, offset);
    }
  }

  /**
   * Where the value of the first field of that name begins in the document at {@code document}, or
   * -1. What is in other fields is not looked at.
   */
  public static int find(byte[] bytes, int document, int limit, String key) {
    int end = documentEnd(bytes, document, limit) - 1;
    int at = document + Integer.BYTES;
    while (at < end) {
      int nameEnd = cStringEnd(bytes, at + 1, end);
      if (isText(bytes, at + 1, nameEnd, key)) {
        return nameEnd + 1;
      }
      at = skipValue(bytes[at], bytes, nameEnd + 1, end);
    }
    return -1;
  }

  /** Whether the bytes from one offset up to another are this ASCII text. */
  public static boolean isText(byte[] bytes, int from, int to, String ascii) {
    if (to - from != ascii.length()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (bytes[i] != ascii.charAt(i - from)) {
        return false;
      }
    }
    return true;
  }

  /** As the other one, for texts that are looked for in every event. */
  static boolean isText(byte[] bytes, int from, int to, byte[] ascii) {
    if (to - from != ascii.length) {
      return false;
    }
    for (int i = 0; i < ascii.length; i++) {
      if (bytes[from + i] != ascii[i]) {
        return false;
      }
    }
    return true;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  public static CorruptBsonException unknownType(byte type, int offset) {
    return new CorruptBsonException("unknown type " + (type & 0xff), offset);
  }

  private static int skip(int length, int offset, int limit) {
    requireRoom(length, offset, limit);
    return offset + length;
  }
}
