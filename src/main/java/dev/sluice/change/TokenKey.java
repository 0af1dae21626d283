package dev.sluice.change;

import java.util.Optional;
import org.bson.BsonTimestamp;

/**
 * Reads the beginning of a resume token's {@code _data}: a sortable key in hexadecimal digits with
 * the cluster time, the version of the token, from version 1 on its type, and the index of the
 * operation in its transaction (mongo/src/mongo/db/pipeline/resume_token.cpp; the encoding is that
 * of mongo/src/mongo/db/storage/key_string). Recorded tokens of a server are in its test.
 */
final class TokenKey {
  static final int UNKNOWN = -1;

  private static final int TIMESTAMP = 0x82;
  private static final int ZERO = 0x29;

  /** The type byte of a number of one byte; one more for each further byte. */
  private static final int ONE_BYTE = 0x2B;

  /** A number of 31 bits, which is shifted left by one, takes at most four bytes. */
  private static final int MOST_BYTES = Integer.BYTES;

  private static final int NEWEST_VERSION = 2;

  /** The type of a token that is an event's, and not that of a moment. */
  private static final int EVENT = 128;

  /** Of an event's token: that it stands behind the invalidation that the event led to. */
  private static final int TRUE = 0x6F;

  /** What a token stands behind. */
  enum Kind {
    /** An event; the events of the same moment that come before it are behind the token too. */
    EVENT,
    /** The end of a stream. */
    INVALIDATION,
    /** All events before a moment, or of a form that is not known. */
    OTHER
  }

  private final byte[] digits;
  private int at;
  private final int end;

  private TokenKey(byte[] digits, int from, int end) {
    this.digits = digits;
    this.at = from;
    this.end = end;
  }

  /**
   * The index of the operation in its transaction.
   *
   * @param digits holds the key from {@code from} up to {@code end}
   * @param clusterTime as the event has it beside its token; another one in the token means that
   *     this is no token as we know them
   * @return {@link #UNKNOWN} for a token of another form
   */
  static int transactionIndex(byte[] digits, int from, int end, long clusterTime) {
    TokenKey key = new TokenKey(digits, from, end);
    if (key.octet() != TIMESTAMP || key.number(Long.BYTES) != clusterTime) {
      return UNKNOWN;
    }
    int version = key.integer();
    if (version < 0 || version > NEWEST_VERSION || version > 0 && key.integer() != EVENT) {
      return UNKNOWN;
    }
    return key.integer();
  }

  /**
   * The cluster time with which a key of any version begins.
   *
   * @param digits holds the key from {@code from} up to {@code end}
   */
  static Optional<BsonTimestamp> clusterTime(byte[] digits, int from, int end) {
    TokenKey key = new TokenKey(digits, from, end);
    if (key.octet() != TIMESTAMP) {
      return Optional.empty();
    }
    long time = key.number(Long.BYTES);
    return key.at <= end ? Optional.of(new BsonTimestamp(time)) : Optional.empty();
  }

  /**
   * The version of the token; {@link #UNKNOWN} for one of another form.
   *
   * @param digits holds the key from {@code from} up to {@code end}
   */
  static int version(byte[] digits, int from, int end) {
    return new TokenKey(digits, from, end).version();
  }

  /** What a token stands behind, in the same digits. */
  static Kind kind(byte[] digits, int from, int end) {
    TokenKey key = new TokenKey(digits, from, end);
    int version = key.version();
    if (version == UNKNOWN || version > 0 && key.integer() != EVENT || key.integer() == UNKNOWN) {
      return Kind.OTHER;
    }
    return key.octet() == TRUE ? Kind.INVALIDATION : Kind.EVENT;
  }

  private int version() {
    if (octet() != TIMESTAMP) {
      return UNKNOWN;
    }
    number(Long.BYTES);
    int version = integer();
    return version > NEWEST_VERSION ? UNKNOWN : version;
  }

  private int integer() {
    int type = octet();
    if (type == ZERO) {
      return 0;
    }
    int bytes = type - ONE_BYTE + 1;
    if (bytes < 1 || bytes > MOST_BYTES) {
      return UNKNOWN;
    }
    // The lowest bit says that no fraction follows; the others are the number.
    long value = number(bytes);
    return at <= end && (value & 1) == 0 ? (int) (value >>> 1) : UNKNOWN;
  }

  private long number(int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << Byte.SIZE | octet() & 0xFF;
    }
    return value;
  }

  /** Behind the end, and where there are no digits, -1: no type byte, and no end of a number. */
  private int octet() {
    if (end - at < 2) {
      at = end + 1;
      return UNKNOWN;
    }
    int high = digit(digits[at]);
    int low = digit(digits[at + 1]);
    at += 2;
    return high < 0 || low < 0 ? invalid() : high << 4 | low;
  }

  /** Faster than the library's, which knows the digits of all scripts: each event has dozens. */
  private static int digit(byte letter) {
    if (letter >= '0' && letter <= '9') {
      return letter - '0';
    }
    int lower = letter | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  private int invalid() {
    at = end + 1;
    return UNKNOWN;
  }
}
