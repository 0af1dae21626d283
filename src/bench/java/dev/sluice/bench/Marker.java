package dev.sluice.bench;

import java.nio.charset.StandardCharsets;

/**
 * The number that each document of the benchmark carries as text: the same bytes in BSON, in any
 * JSON, and in JSON inside JSON, so that the messages of every contender can be counted alike.
 */
public final class Marker {
  /** Enough for the longest backlog, and of one length, so that documents do not differ in it. */
  public static final int DIGITS = 8;

  private static final byte[] PREFIX = "ref#".getBytes(StandardCharsets.US_ASCII);

  private Marker() {}

  public static String of(int number) {
    return "ref#%08d".formatted(number);
  }

  /** The number of the first marker in these bytes; -1 if there is none. */
  public static int in(byte[] bytes) {
    int at = digits(bytes);
    if (at < 0) {
      return -1;
    }
    int number = 0;
    for (int i = at; i < at + DIGITS; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = 10 * number + digit;
    }
    return number;
  }

  /** Puts another number where the first marker is. */
  public static void put(byte[] bytes, int number) {
    int rest = number;
    int at = digits(bytes);
    for (int i = at + DIGITS - 1; i >= at; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private static int digits(byte[] bytes) {
    for (int i = 0; i <= bytes.length - PREFIX.length - DIGITS; i++) {
      if (bytes[i] == PREFIX[0]
          && bytes[i + 1] == PREFIX[1]
          && bytes[i + 2] == PREFIX[2]
          && bytes[i + 3] == PREFIX[3]) {
        return i + PREFIX.length;
      }
    }
    return -1;
  }
}
