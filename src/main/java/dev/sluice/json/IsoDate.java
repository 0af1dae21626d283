package dev.sluice.json;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * A point in time, in milliseconds since 1970, as ISO-8601 text in UTC: {@code
 * 2026-11-20T01:02:03.12Z}. Fractions of a second stand there as far as they are not zero, as
 * java.time's {@link DateTimeFormatter#ISO_OFFSET_DATE_TIME} prints them. Stateless.
 */
public final class IsoDate {
  private static final long LAST_MILLISECOND_OF_9999 = 253_402_300_799_999L;
  private static final long MILLISECONDS_PER_DAY = 86_400_000;
  private static final int MILLISECONDS_PER_SECOND = 1_000;

  /** Days from 1 March 0000, where the calendar's 400-year cycle begins, to 1970. */
  private static final int DAYS_BEFORE_1970 = 719_468;

  private static final int DAYS_PER_CYCLE = 146_097;

  // The compiler that is shipped divides by the processor's division, twenty times for a date; a
  // product that is shifted is a tenth of it. With the next number above 2^42 / d the quotient of
  // any
  // number below 2^22 is exact for d up to 2^20, and below 2^27 for d up to 2^15 (Granlund and
  // Montgomery, "Division by invariant integers using multiplication", theorem 4.2).
  private static final int SHIFT = 42;
  private static final long PER_CYCLE = reciprocal(DAYS_PER_CYCLE);
  private static final long PER_CYCLE_LESS_A_DAY = reciprocal(DAYS_PER_CYCLE - 1);
  private static final long PER_CENTURY = reciprocal(36_524);
  private static final long PER_FOUR_YEARS = reciprocal(1_460);
  private static final long PER_YEAR = reciprocal(365);
  private static final long PER_FIVE_MONTHS = reciprocal(153);
  private static final long PER_5 = reciprocal(5);
  private static final long PER_10 = reciprocal(10);
  private static final long PER_60 = reciprocal(60);
  private static final long PER_100 = reciprocal(100);
  private static final long PER_1_000 = reciprocal(1_000);

  private static final int MAX_LENGTH = "9999-12-31T23:59:59.999Z".length();

  private IsoDate() {}

  private static long reciprocal(int divisor) {
    return (1L << SHIFT) / divisor + 1;
  }

  private static int times(int number, long reciprocal) {
    return (int) (number * reciprocal >>> SHIFT);
  }

  /** Whether the date has a year of four digits that is not before 1970: the relaxed format's. */
  static boolean isCommon(long millis) {
    return millis >= 0 && millis <= LAST_MILLISECOND_OF_9999;
  }

  /** Appends any date. Years beyond 9999 have a sign, as in {@code +10000-01-01T00:00:00Z}. */
  public static void append(long millis, Utf8Buffer out) {
    if (isCommon(millis)) {
      out.reserve(MAX_LENGTH);
      int day = (int) (millis / MILLISECONDS_PER_DAY);
      int end = putDay(day, out.array(), out.size());
      end = putTime((int) (millis - day * MILLISECONDS_PER_DAY), out.array(), end);
      out.advanceTo(end);
    } else {
      // Every long is a date that java.time can print: the last is in the year 292278994.
      out.appendAscii(
          DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
              Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC)));
    }
  }

  /** Always with milliseconds, so that the texts of one field have one length and sort as times. */
  public static void appendWithMillis(long millis, Utf8Buffer out) {
    append(Math.floorDiv(millis, MILLISECONDS_PER_SECOND) * MILLISECONDS_PER_SECOND, out);
    // Goes back over the Z.
    out.advanceTo(out.size() - 1);
    out.append('.');
    out.appendPadded(Math.floorMod(millis, MILLISECONDS_PER_SECOND), 3);
    out.append('Z');
  }

  /**
   * The usual arithmetic of the Gregorian calendar with years that begin in March, so that the leap
   * day is the last of its year (Howard Hinnant, "chrono-compatible low-level date algorithms").
   */
  private static int putDay(int dayOf1970, byte[] target, int offset) {
    int day = dayOf1970 + DAYS_BEFORE_1970;
    int cycle = times(day, PER_CYCLE);
    int dayOfCycle = day - cycle * DAYS_PER_CYCLE;
    int daysOfWholeYears =
        dayOfCycle
            - times(dayOfCycle, PER_FOUR_YEARS)
            + times(dayOfCycle, PER_CENTURY)
            - times(dayOfCycle, PER_CYCLE_LESS_A_DAY);
    int yearOfCycle = times(daysOfWholeYears, PER_YEAR);
    int dayOfYear =
        dayOfCycle - (365 * yearOfCycle + (yearOfCycle >> 2) - times(yearOfCycle, PER_100));
    int monthFromMarch = times(5 * dayOfYear + 2, PER_FIVE_MONTHS);
    int dayOfMonth = dayOfYear - times(153 * monthFromMarch + 2, PER_5) + 1;
    int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    int year = cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0);
    int century = times(year, PER_100);
    putTwoDigits(century, target, offset);
    putTwoDigits(year - century * 100, target, offset + 2);
    target[offset + 4] = '-';
    putTwoDigits(month, target, offset + 5);
    target[offset + 7] = '-';
    putTwoDigits(dayOfMonth, target, offset + 8);
    return offset + 10;
  }

  private static int putTime(int millisOfDay, byte[] target, int offset) {
    int secondOfDay = times(millisOfDay, PER_1_000);
    int minuteOfDay = times(secondOfDay, PER_60);
    int hour = times(minuteOfDay, PER_60);
    target[offset] = 'T';
    putTwoDigits(hour, target, offset + 1);
    target[offset + 3] = ':';
    putTwoDigits(minuteOfDay - hour * 60, target, offset + 4);
    target[offset + 6] = ':';
    putTwoDigits(secondOfDay - minuteOfDay * 60, target, offset + 7);
    int end = offset + 9;
    int fraction = millisOfDay - secondOfDay * 1_000;
    if (fraction != 0) {
      target[end] = '.';
      target[end + 1] = (byte) ('0' + times(fraction, PER_100));
      putTwoDigits(fraction - times(fraction, PER_100) * 100, target, end + 2);
      end += 4;
      while (target[end - 1] == '0') {
        end--;
      }
    }
    target[end] = 'Z';
    return end + 1;
  }

  private static void putTwoDigits(int value, byte[] target, int offset) {
    int tens = times(value, PER_10);
    target[offset] = (byte) ('0' + tens);
    target[offset + 1] = (byte) ('0' + value - tens * 10);
  }
}
