package dev.sluice.target.file;

import dev.sluice.consume.Event;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * An event in a few bytes: its message-id, which is 16 bytes in hexadecimal digits, and its
 * position, which is 12. The id alone says which event it is: a snapshot that goes on reads a
 * document again at a later position. So the order, which is by position, is not that of equality.
 */
record EventMark(long high, long low, int seconds, long rest) implements Comparable<EventMark> {
  static final int BYTES = 28;

  private static final int ID_DIGITS = 32;
  private static final int DIGITS_OF_INT = 8;
  private static final int HEXADECIMAL = 16;

  static EventMark of(Event event) {
    String position = event.position();
    int seconds = Integer.parseUnsignedInt(position, 0, DIGITS_OF_INT, HEXADECIMAL);
    long rest = Long.parseUnsignedLong(position, DIGITS_OF_INT, position.length(), HEXADECIMAL);
    String id = event.messageId();
    if (isOurs(id)) {
      return new EventMark(
          Long.parseUnsignedLong(id, 0, ID_DIGITS / 2, HEXADECIMAL),
          Long.parseUnsignedLong(id, ID_DIGITS / 2, ID_DIGITS, HEXADECIMAL),
          seconds,
          rest);
    }
    ByteBuffer digest = digest(id);
    return new EventMark(digest.getLong(), digest.getLong(), seconds, rest);
  }

  private static boolean isOurs(String id) {
    for (int i = 0; i < id.length(); i++) {
      if (!HexFormat.isHexDigit(id.charAt(i))) {
        return false;
      }
    }
    return id.length() == ID_DIGITS;
  }

  /** Of an id that has another form than Sluice's. */
  private static ByteBuffer digest(String id) {
    try {
      return ByteBuffer.wrap(
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  static EventMark read(ByteBuffer bytes) {
    return new EventMark(bytes.getLong(), bytes.getLong(), bytes.getInt(), bytes.getLong());
  }

  void write(ByteBuffer bytes) {
    bytes.putLong(high).putLong(low).putInt(seconds).putLong(rest);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EventMark mark && high == mark.high && low == mark.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high ^ low);
  }

  /** By position. */
  @Override
  public int compareTo(EventMark other) {
    int bySeconds = Integer.compareUnsigned(seconds, other.seconds);
    return bySeconds != 0 ? bySeconds : Long.compareUnsigned(rest, other.rest);
  }
}
