package dev.sluice.target.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.consume.ExtendedJson;
import dev.sluice.consume.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A document as people search it: plain values in the place of Extended JSON, of any mode. What no
 * index can hold is left out, for the document's own text is kept beside it.
 */
final class SearchableFields {
  /** Names that are the server's own at the top of a document, or ours. */
  private static final Set<String> RESERVED =
      Set.of(
          State.OURS,
          "_id",
          "_index",
          "_type",
          "_source",
          "_routing",
          "_ignored",
          "_field_names",
          "_seq_no",
          "_primary_term",
          "_version",
          "_nested_path",
          "_doc_count",
          "_tier",
          "_size",
          "_data_stream_timestamp");

  /** The one form by which the server takes a text for a date: see {@link IndexShape}. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final Instant FIRST_DATE = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LAST_DATE = Instant.parse("9999-12-31T23:59:59.999Z");

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private SearchableFields() {}

  static ObjectNode of(Json document) {
    ObjectNode fields = NODES.objectNode();
    for (Map.Entry<String, JsonNode> field : tree(document).properties()) {
      if (!RESERVED.contains(field.getKey())) {
        add(fields, field.getKey(), field.getValue());
      }
    }
    return fields;
  }

  private static JsonNode tree(Json document) {
    try {
      return Trees.read(document.bytes());
    } catch (IOException e) {
      throw new UncheckedIOException("it was JSON when the message was read", e);
    }
  }

  private static void add(ObjectNode fields, String name, JsonNode value) {
    if (isPath(name)) {
      fields.set(name, plain(value));
    }
  }

  /** A dot in a name is taken for one between two names, of which neither may be empty. */
  private static boolean isPath(String name) {
    for (String part : name.split("\\.", -1)) {
      if (part.isBlank()) {
        return false;
      }
    }
    return true;
  }

  private static JsonNode plain(JsonNode value) {
    if (value.isArray()) {
      ArrayNode all = NODES.arrayNode();
      value.forEach(each -> all.add(plain(each)));
      return all;
    }
    if (value.isNumber()) {
      return number(value.decimalValue(), value);
    }
    if (!value.isObject() || value.isEmpty()) {
      return value;
    }
    String name = value.fieldNames().next();
    JsonNode wrapped = name.startsWith("$") ? unwrapped(name, value.get(name)) : null;
    return wrapped == null ? object(value) : wrapped;
  }

  private static ObjectNode object(JsonNode value) {
    ObjectNode fields = NODES.objectNode();
    value.properties().forEach(each -> add(fields, each.getKey(), each.getValue()));
    return fields;
  }

  /** Null if the name is no wrapping of Extended JSON. */
  private static JsonNode unwrapped(String name, JsonNode inner) {
    return switch (name) {
      case "$oid", "$symbol", "$uuid", "$code", "$regex" -> inner.isTextual() ? inner : null;
      case "$numberInt", "$numberLong", "$numberDouble", "$numberDecimal" ->
          inner.isValueNode() ? parsed(inner.asText()) : null;
      case "$date" -> date(inner);
      case "$timestamp" -> inner.path("t").isNumber() ? timestamp(inner.get("t").asLong()) : null;
      case "$binary" -> inner.isTextual() ? inner : inner.get("base64");
      case "$regularExpression" -> inner.get("pattern");
      case "$minKey", "$maxKey", "$undefined" -> NODES.nullNode();
      default -> null;
    };
  }

  private static JsonNode parsed(String number) {
    try {
      BigDecimal value = ExtendedJson.decimal(number);
      return number(value, DecimalNode.valueOf(value));
    } catch (NumberFormatException e) {
      // NaN, the infinities and what is longer than any number, which no index holds.
      return NODES.nullNode();
    }
  }

  /** Numbers of an index are longs and doubles. */
  private static JsonNode number(BigDecimal value, JsonNode itself) {
    double nearest = value.doubleValue();
    if (Double.isInfinite(nearest)) {
      return NODES.nullNode();
    }
    return value.scale() <= 0 && !isLong(value) ? NODES.numberNode(nearest) : itself;
  }

  private static boolean isLong(BigDecimal value) {
    return value.compareTo(BigDecimal.valueOf(Long.MIN_VALUE)) >= 0
        && value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0;
  }

  private static JsonNode date(JsonNode inner) {
    try {
      if (inner.isTextual()) {
        return date(Instant.parse(inner.textValue()));
      }
      JsonNode milliseconds = inner.isObject() ? inner.path("$numberLong") : inner;
      return milliseconds.isValueNode()
          ? date(Instant.ofEpochMilli(Long.parseLong(milliseconds.asText())))
          : null;
    } catch (DateTimeException | NumberFormatException e) {
      return null;
    }
  }

  /** A field of anybody's may be called so and have any number. */
  private static JsonNode timestamp(long seconds) {
    try {
      return date(Instant.ofEpochSecond(seconds));
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static JsonNode date(Instant instant) {
    return instant.isBefore(FIRST_DATE) || instant.isAfter(LAST_DATE)
        ? NODES.nullNode()
        : NODES.textNode(DATE.format(instant));
  }
}
