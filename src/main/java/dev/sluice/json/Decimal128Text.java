package dev.sluice.json;

import org.bson.types.Decimal128;

/**
 * A Decimal128 as {@link Decimal128#toString()} prints it. Coefficients that fit a long (any of
 * eighteen digits: every price and quantity) are written from their bits, the others by the
 * library. Stateless.
 */
final class Decimal128Text {
  private static final int EXPONENT_SHIFT = 49;
  private static final int EXPONENT_BITS = 0x3fff;
  private static final int EXPONENT_BIAS = 6176;
  private static final long HIGH_COEFFICIENT_BITS = 0x0001_ffff_ffff_ffffL;

  /** Set in NaN, the infinities, and a second encoding whose coefficients are all too large. */
  private static final long SPECIAL_BITS = 3L << 61;

  /** The smallest exponent of the first digit that is written without an exponent. */
  private static final int MIN_PLAIN_EXPONENT = -6;

  private static final long[] POWERS_OF_TEN = powersOfTen();

  private Decimal128Text() {}

  static void append(long high, long low, Utf8Buffer out) {
    if ((high & SPECIAL_BITS) == SPECIAL_BITS || (high & HIGH_COEFFICIENT_BITS) != 0 || low < 0) {
      out.appendAscii(Decimal128.fromIEEE754BIDEncoding(high, low).toString());
      return;
    }
    if (high < 0) {
      out.append('-');
    }
    int exponent = (int) (high >>> EXPONENT_SHIFT & EXPONENT_BITS) - EXPONENT_BIAS;
    int digits = Utf8Buffer.digitCount(low);
    int firstExponent = exponent + digits - 1;
    if (exponent == 0) {
      out.appendDecimal(low);
    } else if (exponent < 0 && firstExponent >= MIN_PLAIN_EXPONENT) {
      appendWithPoint(low, digits, -exponent, out);
    } else {
      appendWithPoint(low, digits, digits - 1, out);
      out.append('E');
      if (firstExponent > 0) {
        out.append('+');
      }
      out.appendDecimal(firstExponent);
    }
  }

  /** Appends the coefficient with its last {@code decimals} digits behind a point. */
  private static void appendWithPoint(long coefficient, int digits, int decimals, Utf8Buffer out) {
    if (decimals == 0) {
      out.appendDecimal(coefficient);
    } else if (decimals >= digits) {
      out.appendAscii("0.");
      out.appendPadded(coefficient, decimals);
    } else {
      long power = POWERS_OF_TEN[decimals];
      long whole = coefficient / power;
      out.appendDecimal(whole);
      out.append('.');
      out.appendPadded(coefficient - whole * power, decimals);
    }
  }

  private static long[] powersOfTen() {
    // A long has up to nineteen digits, of which at most eighteen stand behind the point.
    long[] powers = new long[19];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = powers[i - 1] * 10;
    }
    return powers;
  }
}
