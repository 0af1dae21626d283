package dev.sluice.change;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Where a change stands in the order of all changes. Of two changes of one document the later one
 * has the greater position, and a repeat has the same. It is no place to resume at: that is a
 * {@link Position}.
 *
 * @param clusterTime a BSON timestamp: seconds in the upper half, the increment in the lower
 * @param index of the operation in its transaction, from 0 on, unsigned; 0 outside of one
 */
public record ChangePosition(long clusterTime, int index) {
  /** Digits of the text: eight for each of the three numbers. */
  public static final int LENGTH = 24;

  private static final VarHandle TEXT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final long LOW_DIGITS = 0x0F0F_0F0F_0F0F_0F0FL;
  private static final long ONES = 0x0101_0101_0101_0101L;

  /** Behind all changes of one cluster time, before all of the next: where a snapshot's read is. */
  public static ChangePosition behindAllOf(long clusterTime) {
    return new ChangePosition(clusterTime, -1);
  }

  /**
   * Seconds, increment and index in lower-case hexadecimal digits, of one width, so that texts
   * compare as positions do.
   */
  public String text() {
    byte[] text = new byte[LENGTH];
    TEXT.set(text, 0, digits((int) (clusterTime >>> Integer.SIZE)));
    TEXT.set(text, Long.BYTES, digits((int) clusterTime));
    TEXT.set(text, 2 * Long.BYTES, digits(index));
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** Whether it is such a text, of whatever numbers. */
  public static boolean isText(String text) {
    if (text.length() != LENGTH) {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      char digit = text.charAt(i);
      if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
        return false;
      }
    }
    return true;
  }

  /**
   * The eight digits of a number as the bytes of a long: all at once, for every event has three.
   */
  private static long digits(int value) {
    long spread = value & 0xFFFF_FFFFL;
    spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFFL;
    spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FFL;
    spread = (spread | spread << 4) & LOW_DIGITS;
    // Adding 6 carries out of the low half of a byte where the digit is a letter.
    long letters = (spread + 6 * ONES) >>> 4 & ONES;
    return spread + '0' * ONES + letters * ('a' - '9' - 1);
  }

  @Override
  public String toString() {
    return text();
  }
}
