package dev.sluice.envelope;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * A point in time, in milliseconds since 1970, as ISO-8601 text in UTC: {@code
 * 2026-11-20T01:02:03.12Z}. Fractions of a second stand there as far as they are not zero, as
 * java.time's {@link DateTimeFormatter#ISO_OFFSET_DATE_TIME} prints them. Stateless.
 */
final class IsoDate {
  private static final long LAST_MILLISECOND_OF_9999 = 253_402_300_799_999L;
  private static final long MILLISECONDS_PER_DAY = 86_400_000;

  /** Days from 1 March 0000, where the calendar's 400-year cycle begins, to 1970. */
  private static final int DAYS_BEFORE_1970 = 719_468;

  private static final int DAYS_PER_CYCLE = 146_097;

  private IsoDate() {}

  /** Whether the date has a year of four digits that is not before 1970: the relaxed format's. */
  static boolean isCommon(long millis) {
    return millis >= 0 && millis <= LAST_MILLISECOND_OF_9999;
  }

  /** Appends any date. Years beyond 9999 have a sign, as in {@code +10000-01-01T00:00:00Z}. */
  static void append(long millis, Utf8Buffer out) {
    if (isCommon(millis)) {
      int day = (int) (millis / MILLISECONDS_PER_DAY);
      appendDay(day, out);
      out.append('T');
      appendTime((int) (millis - day * MILLISECONDS_PER_DAY), out);
      out.append('Z');
    } else {
      // Every long is a date that java.time can print: the last is in the year 292278994.
      out.appendAscii(
          DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
              Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC)));
    }
  }

  /**
   * The usual arithmetic of the Gregorian calendar with years that begin in March, so that the leap
   * day is the last of its year (Howard Hinnant, "chrono-compatible low-level date algorithms").
   */
  private static void appendDay(int dayOf1970, Utf8Buffer out) {
    int day = dayOf1970 + DAYS_BEFORE_1970;
    int cycle = day / DAYS_PER_CYCLE;
    int dayOfCycle = day - cycle * DAYS_PER_CYCLE;
    int yearOfCycle =
        (dayOfCycle - dayOfCycle / 1_460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365;
    int dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100);
    int monthFromMarch = (5 * dayOfYear + 2) / 153;
    int dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
    int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    int year = cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0);
    out.appendPadded(year, 4);
    out.append('-');
    out.appendPadded(month, 2);
    out.append('-');
    out.appendPadded(dayOfMonth, 2);
  }

  private static void appendTime(int millisOfDay, Utf8Buffer out) {
    int seconds = millisOfDay / 1_000;
    int fraction = millisOfDay - seconds * 1_000;
    out.appendPadded(seconds / 3_600, 2);
    out.append(':');
    out.appendPadded(seconds / 60 % 60, 2);
    out.append(':');
    out.appendPadded(seconds % 60, 2);
    if (fraction != 0) {
      int width = 3;
      while (fraction % 10 == 0) {
        fraction /= 10;
        width--;
      }
      out.append('.');
      out.appendPadded(fraction, width);
    }
  }
}
