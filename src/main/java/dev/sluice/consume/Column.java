package dev.sluice.consume;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A column that somebody has declared: where in the document its value is, and what it has to be.
 * The whole document is kept beside it, so a value that does not fit is null here and lost nowhere.
 *
 * @param name in the target
 * @param path the names of the fields on the way to the value; a number is the place in an array
 */
public record Column(String name, List<String> path, Type type) {
  /** What a column holds, and the Java type of its values. */
  public enum Type {
    /** {@link String}: a text as it is; of an ObjectId and the like what stands in for it. */
    TEXT,
    /** {@link Integer}. */
    INT,
    /** {@link Long}. */
    LONG,
    /** {@link Double}. */
    DOUBLE,
    /** {@link BigDecimal}. */
    DECIMAL,
    /** {@link Boolean}. */
    BOOL,
    /** {@link Instant}, of a date of BSON. */
    DATE,
    /** {@link String}: any value as JSON. */
    JSON;

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A value in a document. */
  public sealed interface Value {
    /** There is none, or it is null. */
    record Missing() implements Value {}

    /** There is one of another type. */
    record Misfit() implements Value {}

    /** One of the column's Java type. */
    record Fitting(Object value) implements Value {}
  }

  private static final Value MISSING = new Value.Missing();
  private static final Value MISFIT = new Value.Misfit();

  public Column {
    Objects.requireNonNull(type, "type");
    path = List.copyOf(path);
    if (name.isBlank() || path.isEmpty() || path.contains("")) {
      throw new IllegalArgumentException("a column needs a name and a path");
    }
  }

  /**
   * Reads {@code name=path:type}; without a path it is the name, without a type {@code text}:
   * {@code score=game.score:int}, {@code score:int}, {@code word}.
   *
   * @throws IllegalArgumentException if it is none; its message is a sentence
   */
  public static Column parse(String text) {
    int equals = text.indexOf('=');
    int colon = text.lastIndexOf(':');
    Type type = colon < 0 ? Type.TEXT : type(text.substring(colon + 1), text);
    String path = text.substring(equals + 1, colon < 0 ? text.length() : colon);
    String name = equals < 0 ? path : text.substring(0, equals);
    if (name.isBlank() || Arrays.asList(path.split("\\.", -1)).contains("")) {
      throw new IllegalArgumentException(
          "the column \"" + text + "\" is not written as name=path:type, such as score=score:int");
    }
    return new Column(name, List.of(path.split("\\.")), type);
  }

  private static Type type(String name, String column) {
    return Arrays.stream(Type.values())
        .filter(type -> type.text().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the column \""
                        + column
                        + "\" has the type \""
                        + name
                        + "\"; there are "
                        + Arrays.stream(Type.values())
                            .map(Type::text)
                            .collect(Collectors.joining(", "))));
  }

  /** The value in a document, of any of the JSON modes. */
  public Value in(JsonNode document) {
    JsonNode value = document;
    for (String name : path) {
      value = value.isArray() ? element(value, name) : value.path(name);
    }
    if (value.isMissingNode() || value.isNull()) {
      return MISSING;
    }
    return converted(value).<Value>map(Value.Fitting::new).orElse(MISFIT);
  }

  private static JsonNode element(JsonNode array, String index) {
    return index.length() <= 9 && index.chars().allMatch(c -> c >= '0' && c <= '9')
        ? array.path(Integer.parseInt(index))
        : array.path("none");
  }

  private Optional<?> converted(JsonNode value) {
    return switch (type) {
      case JSON -> Optional.of(value.toString());
      case TEXT -> ExtendedJson.text(value);
      case BOOL -> value.isBoolean() ? Optional.of(value.booleanValue()) : Optional.empty();
      case INT -> ExtendedJson.number(value).flatMap(Column::toInt);
      case LONG -> ExtendedJson.number(value).flatMap(Column::toLong);
      case DOUBLE -> ExtendedJson.floating(value);
      case DECIMAL -> ExtendedJson.number(value);
      case DATE -> date(value);
    };
  }

  private static Optional<Integer> toInt(BigDecimal number) {
    return toLong(number).filter(whole -> whole == whole.intValue()).map(Long::intValue);
  }

  private static Optional<Long> toLong(BigDecimal number) {
    try {
      return Optional.of(number.longValueExact());
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> date(JsonNode value) {
    try {
      return ExtendedJson.date(value);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
