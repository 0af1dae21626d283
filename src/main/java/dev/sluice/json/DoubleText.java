package dev.sluice.json;

/**
 * A finite double in decimal as {@link Double#toString(double)} prints it, with the plus sign that
 * org.bson puts before a positive exponent ({@code 1.0E+10}). Stateless.
 */
final class DoubleText {
  /**
   * Decimals of up to fifteen digits survive the way to a double and back, so the shortest one that
   * gives the same double is the text that {@code Double.toString} finds. Beyond, it is asked.
   */
  private static final double MAX_DIGITS_VALUE = 1e15;

  /** Below this and from the other on {@code Double.toString} changes to an exponent. */
  private static final double MIN_WITHOUT_EXPONENT = 1e-3;

  private static final long MIN_WITH_EXPONENT = 10_000_000;

  /** All exact, which the division below needs; as doubles, because that is what it divides. */
  private static final double[] POWERS_OF_TEN = powersOfTen();

  private DoubleText() {}

  static void append(double value, Utf8Buffer out) {
    double magnitude = Math.abs(value);
    if (magnitude == 0) {
      out.appendAscii(Double.doubleToRawLongBits(value) < 0 ? "-0.0" : "0.0");
    } else if (magnitude < MIN_WITHOUT_EXPONENT || magnitude >= MAX_DIGITS_VALUE) {
      appendByLibrary(value, out);
    } else {
      appendShort(value, magnitude, out);
    }
  }

  private static void appendShort(double value, double magnitude, Utf8Buffer out) {
    for (int decimals = 0; decimals < POWERS_OF_TEN.length; decimals++) {
      double power = POWERS_OF_TEN[decimals];
      double scaled = magnitude * power;
      if (scaled >= MAX_DIGITS_VALUE) {
        break;
      }
      long digits = (long) (scaled + 0.5);
      // Both sides are exact, so the quotient is the double nearest to this decimal.
      if (digits / power == magnitude) {
        if (value < 0) {
          out.append('-');
        }
        if (magnitude < MIN_WITH_EXPONENT) {
          appendPlain((long) magnitude, digits, decimals, out);
        } else {
          appendWithExponent(digits, decimals, out);
        }
        return;
      }
    }
    appendByLibrary(value, out);
  }

  private static void appendPlain(long whole, long digits, int decimals, Utf8Buffer out) {
    out.appendDecimal(whole);
    out.append('.');
    out.appendPadded(digits - whole * (long) POWERS_OF_TEN[decimals], Math.max(decimals, 1));
  }

  private static void appendWithExponent(long allDigits, int decimals, Utf8Buffer out) {
    int exponent = Utf8Buffer.digitCount(allDigits) - 1 - decimals;
    long digits = allDigits;
    while (digits % 10 == 0) {
      digits /= 10;
    }
    int fractionDigits = Utf8Buffer.digitCount(digits) - 1;
    long power = (long) POWERS_OF_TEN[fractionDigits];
    long first = digits / power;
    out.appendDecimal(first);
    out.append('.');
    out.appendPadded(digits - first * power, Math.max(fractionDigits, 1));
    out.appendAscii("E+");
    out.appendDecimal(exponent);
  }

  private static void appendByLibrary(double value, Utf8Buffer out) {
    String text = Double.toString(value);
    int exponent = text.indexOf('E') + 1;
    if (exponent > 0 && text.charAt(exponent) != '-') {
      out.appendAscii(text.substring(0, exponent));
      out.append('+');
      out.appendAscii(text.substring(exponent));
    } else {
      out.appendAscii(text);
    }
  }

  private static double[] powersOfTen() {
    double[] powers = new double[16];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = powers[i - 1] * 10;
    }
    return powers;
  }
}
