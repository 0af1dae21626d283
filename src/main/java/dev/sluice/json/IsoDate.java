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

  private static final int MAX_LENGTH = "9999-12-31T23:59:59.999Z".length();

  private IsoDate() {}

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
    int cycle = day / DAYS_PER_CYCLE;
    int dayOfCycle = day - cycle * DAYS_PER_CYCLE;
    int yearOfCycle =
        (dayOfCycle - dayOfCycle / 1_460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365;
    int dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100);
    int monthFromMarch = (5 * dayOfYear + 2) / 153;
    int dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
    int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    int year = cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0);
    int century = year / 100;
    putTwoDigits(century, target, offset);
    putTwoDigits(year - century * 100, target, offset + 2);
    target[offset + 4] = '-';
    putTwoDigits(month, target, offset + 5);
    target[offset + 7] = '-';
    putTwoDigits(dayOfMonth, target, offset + 8);
    return offset + 10;
  }

  private static int putTime(int millisOfDay, byte[] target, int offset) {
    int secondOfDay = millisOfDay / 1_000;
    int minuteOfDay = secondOfDay / 60;
    int hour = minuteOfDay / 60;
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
      target[end + 1] = (byte) ('0' + fraction / 100);
      putTwoDigits(fraction % 100, target, end + 2);
      end += 4;
      while (target[end - 1] == '0') {
        end--;
      }
    }
    target[end] = 'Z';
    return end + 1;
  }

  private static void putTwoDigits(int value, byte[] target, int offset) {
    int tens = value / 10;
    target[offset] = (byte) ('0' + tens);
    target[offset + 1] = (byte) ('0' + value - tens * 10);
  }
}
