package dev.sluice.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.bson.types.Decimal128;
import org.junit.jupiter.api.Test;

/** The writers of numbers and dates against the JDK and the library, on many values. */
class NumberAndDateTextTest {
  private static final long SEED = Long.getLong("sluice.fuzz.seed", System.nanoTime());

  private final Random random = new Random(SEED);
  private final Utf8Buffer buffer = new Utf8Buffer();

  @Test
  void printsDoublesAsTheJdkDoes() {
    for (int i = 0; i < 100_000; i++) {
      checkDouble(i / 1000.0);
      checkDouble(i * 1000.0);
      // Decimals of every length on both sides of where the exponent begins, and their neighbours.
      double decimal = (random.nextLong() >>> 14 + random.nextInt(50)) / power(random.nextInt(18));
      checkDouble(decimal);
      checkDouble(-Math.nextUp(decimal));
      checkDouble(Math.nextDown(decimal));
      checkDouble(Double.longBitsToDouble(random.nextLong()));
    }
  }

  private static double power(int exponent) {
    return Math.pow(10, exponent);
  }

  private void checkDouble(double value) {
    if (Double.isFinite(value)) {
      buffer.reset();
      DoubleText.append(value, buffer);
      check(Double.toString(value).replaceFirst("E(?=\\d)", "E+"));
    }
  }

  @Test
  void printsDecimalsAsTheLibraryDoes() {
    for (int i = 0; i < 200_000; i++) {
      long low = random.nextLong() >>> random.nextInt(64);
      // Exponents around zero, where the forms change, and coefficients beyond a long.
      long exponent = 6176 + random.nextInt(60) - 40;
      long high = exponent << 49 | random.nextLong() & 1L << 63 | random.nextInt(50) / 49;

      buffer.reset();
      Decimal128Text.append(high, low, buffer);

      check(Decimal128.fromIEEE754BIDEncoding(high, low).toString());
    }
  }

  @Test
  void printsDatesAsJavaTimeDoes() {
    long lastDay = Instant.parse("9999-12-31T00:00:00Z").toEpochMilli() / 86_400_000;
    for (long day = 0; day <= lastDay; day += 1 + random.nextInt(20)) {
      checkDate(day * 86_400_000);
      checkDate(day * 86_400_000 - 1);
      checkDate(day * 86_400_000 + random.nextInt(86_400) * 1000L + 100);
    }
    for (int i = 0; i < 10_000; i++) {
      checkDate(random.nextLong());
    }
  }

  private void checkDate(long millis) {
    buffer.reset();
    IsoDate.append(millis, buffer);
    check(
        DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
            Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC)));
  }

  private void check(String expected) {
    String text = new String(buffer.array(), 0, buffer.size(), StandardCharsets.US_ASCII);
    if (!text.equals(expected)) {
      assertThat(text).as("seed %d", SEED).isEqualTo(expected);
    }
  }
}
