package dev.sluice.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Reads the optional arguments of a queue: a JSON object of texts, whole numbers and booleans. */
final class QueueArguments {
  private static final String EXAMPLE = "must be a JSON object such as {\"x-max-length\": 1000000}";
  private static final String QUEUE_TYPE = "x-queue-type";

  private final String typeKey;
  private final Consumer<String> wrong;

  /**
   * @param typeKey what the type of the queue is set by
   * @param wrong hears the rest of a sentence for each problem
   */
  QueueArguments(String typeKey, Consumer<String> wrong) {
    this.typeKey = typeKey;
    this.wrong = wrong;
  }

  /** Of the text of an object; an empty text is none. */
  Map<String, Object> parse(String text) {
    if (text.isEmpty()) {
      return Map.of();
    }
    try {
      return of(JsonText.parse(text));
    } catch (IllegalArgumentException e) {
      wrong.accept(EXAMPLE + ", and cannot be read: " + e.getMessage());
      return Map.of();
    }
  }

  Map<String, Object> of(JsonNode json) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    if (json.isObject()) {
      json.properties().forEach(field -> add(field.getKey(), field.getValue(), arguments));
    } else {
      wrong.accept(EXAMPLE);
    }
    return arguments;
  }

  private void add(String name, JsonNode value, Map<String, Object> arguments) {
    if (name.equals(QUEUE_TYPE)) {
      wrong.accept("has " + QUEUE_TYPE + ": set " + typeKey + " instead");
    } else if (!name.startsWith("x-") || Names.problemOfShortString(name).isPresent()) {
      // RabbitMQ passes over whatever it does not know, as the key of a policy, without a word.
      wrong.accept(
          "has \"" + name + "\", and arguments of a queue begin with x-, such as x-max-length");
    } else if (value.isTextual()) {
      arguments.put(name, value.textValue());
    } else if (value.isBoolean()) {
      arguments.put(name, value.booleanValue());
    } else if (value.isInt()) {
      arguments.put(name, value.intValue());
    } else if (value.isLong()) {
      arguments.put(name, value.longValue());
    } else {
      wrong.accept("has " + name + " with a value that is no text, whole number, true or false");
    }
  }
}
