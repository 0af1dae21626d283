package dev.sluice.consume;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * Values of BSON in the JSON of any mode: plain, relaxed or canonical Extended JSON v2, and the
 * older strict form that Debezium writes.
 */
public final class ExtendedJson {
  /** Longer exponents than these no store takes, and the digits would fill the memory. */
  private static final int MAX_SCALE = 10_000;

  /** A date of BSON is a long of milliseconds: a text that says more is none. */
  private static final Instant FIRST_DATE = Instant.ofEpochMilli(Long.MIN_VALUE);

  private static final Instant LAST_DATE = Instant.ofEpochMilli(Long.MAX_VALUE);

  private ExtendedJson() {}

  /** A text, or what stands for a value that is none, without the wrapping of Extended JSON. */
  public static Optional<String> text(JsonNode value) {
    if (value.isTextual()) {
      return Optional.of(value.textValue());
    }
    if (value.isNumber() || value.isBoolean()) {
      return Optional.of(value.asText());
    }
    JsonNode wrapped = wrapped(value);
    return wrapped != null && wrapped.isValueNode()
        ? Optional.of(wrapped.asText())
        : Optional.of(value.toString());
  }

  /** A finite number; a decimal in the mode plain is a text there. */
  public static Optional<BigDecimal> number(JsonNode value) {
    JsonNode wrapped = value.isObject() ? wrapped(value) : value;
    if (wrapped == null || value.isObject() && !isNumeric(value)) {
      return Optional.empty();
    }
    try {
      BigDecimal number =
          wrapped.isNumber() ? wrapped.decimalValue() : decimal(wrapped.textValue());
      return Math.abs((long) number.scale()) > MAX_SCALE ? Optional.empty() : Optional.of(number);
    } catch (NumberFormatException | NullPointerException e) {
      return Optional.empty();
    }
  }

  /**
   * The number that a text is. It may have megabytes of digits, and the time grows with their
   * square.
   *
   * @throws NumberFormatException if it is none, or longer than any of MongoDB's
   */
  public static BigDecimal decimal(String text) {
    if (text.length() > JsonScan.LONGEST_NUMBER) {
      throw new NumberFormatException("longer than any number");
    }
    return new BigDecimal(text);
  }

  /** Any number, NaN and the infinities among them. */
  static Optional<Double> floating(JsonNode value) {
    JsonNode wrapped = value.isObject() ? wrapped(value) : value;
    if (wrapped != null && wrapped.isTextual()) {
      switch (wrapped.textValue()) {
        case "NaN":
          return Optional.of(Double.NaN);
        case "Infinity":
          return Optional.of(Double.POSITIVE_INFINITY);
        case "-Infinity":
          return Optional.of(Double.NEGATIVE_INFINITY);
        default:
          break;
      }
    }
    return number(value).map(BigDecimal::doubleValue);
  }

  /**
   * A date, which a long of milliseconds can hold; in the mode plain a text as ISO 8601 has it.
   *
   * @throws DateTimeException if it is a text that is none
   */
  public static Optional<Instant> date(JsonNode value) {
    JsonNode date = value.isObject() ? value.get("$date") : value;
    if (date == null) {
      return Optional.empty();
    }
    if (date.isTextual()) {
      Instant time = Instant.parse(date.textValue());
      if (time.isBefore(FIRST_DATE) || time.isAfter(LAST_DATE)) {
        throw new DateTimeException("a date of BSON is a long of milliseconds");
      }
      return Optional.of(time);
    }
    return value.isObject()
        ? number(date).map(BigDecimal::longValue).map(Instant::ofEpochMilli)
        : Optional.empty();
  }

  private static boolean isNumeric(JsonNode value) {
    return value.fieldNames().next().startsWith("$number");
  }

  /** Whether it is a value of BSON that JSON has no type for, rather than a document. */
  public static boolean isWrapped(JsonNode value) {
    return value.isObject() && !value.isEmpty() && value.fieldNames().next().startsWith("$");
  }

  /** What is in {@code {"$type": value}}; null if it is no such object. */
  private static JsonNode wrapped(JsonNode value) {
    if (!value.isObject() || value.size() != 1) {
      return null;
    }
    String name = value.fieldNames().next();
    return name.startsWith("$") ? value.get(name) : null;
  }
}
