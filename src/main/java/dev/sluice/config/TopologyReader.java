package dev.sluice.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes the {@link TopologySettings}. */
final class TopologyReader {
  private static final String QUEUE_TYPE_ARGUMENT = "x-queue-type";

  private final SettingValues values;

  TopologyReader(SettingValues values) {
    this.values = values;
  }

  /**
   * @param exchange the name of the exchange, which may be empty
   */
  TopologySettings topology(String exchange, boolean parking) {
    return new TopologySettings(
        values.oneOf(SettingKey.SLUICE_TOPOLOGY, TopologyMode.class),
        exchangeType(exchange),
        values.oneOf(SettingKey.SLUICE_QUEUE_TYPE, QueueType.class),
        queueArguments(),
        parking);
  }

  private ExchangeType exchangeType(String exchange) {
    ExchangeType type = values.oneOf(SettingKey.SLUICE_EXCHANGE_TYPE, ExchangeType.class);
    if (exchange.isEmpty() && type != ExchangeType.TOPIC) {
      values.wrong(
          SettingKey.SLUICE_EXCHANGE_TYPE,
          "is for an exchange that has a name, and SLUICE_EXCHANGE is empty: remove one of them");
    }
    if (type == ExchangeType.DIRECT) {
      Names.problemOfShortString(exchange + RabbitSettings.ALTERNATE)
          .ifPresent(
              problem ->
                  values.wrong(
                      SettingKey.SLUICE_EXCHANGE,
                      "with \""
                          + RabbitSettings.ALTERNATE
                          + "\" behind it, which a direct exchange needs, "
                          + problem));
    }
    return type;
  }

  private Map<String, Object> queueArguments() {
    String text = values.text(SettingKey.SLUICE_QUEUE_ARGUMENTS);
    Map<String, Object> arguments = new LinkedHashMap<>();
    if (text.isEmpty()) {
      return arguments;
    }
    try {
      JsonNode json =
          new ObjectMapper()
              .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
              .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readTree(text);
      if (!json.isObject()) {
        wrong("must be a JSON object such as {\"x-max-length\": 1000000}");
      } else {
        json.properties().forEach(field -> add(field.getKey(), field.getValue(), arguments));
      }
    } catch (JsonProcessingException e) {
      wrong(
          "must be a JSON object such as {\"x-max-length\": 1000000}, and cannot be read: "
              + e.getOriginalMessage().replaceFirst("(?s)\\R.*", ""));
    }
    return arguments;
  }

  private void add(String name, JsonNode value, Map<String, Object> arguments) {
    if (name.equals(QUEUE_TYPE_ARGUMENT)) {
      wrong("has " + QUEUE_TYPE_ARGUMENT + ": set SLUICE_QUEUE_TYPE instead");
    } else if (!name.startsWith("x-") || Names.problemOfShortString(name).isPresent()) {
      // RabbitMQ passes over whatever it does not know, as the key of a policy, without a word.
      wrong("has \"" + name + "\", and arguments of a queue begin with x-, such as x-max-length");
    } else if (value.isTextual()) {
      arguments.put(name, value.textValue());
    } else if (value.isBoolean()) {
      arguments.put(name, value.booleanValue());
    } else if (value.isInt()) {
      arguments.put(name, value.intValue());
    } else if (value.isLong()) {
      arguments.put(name, value.longValue());
    } else {
      wrong("has " + name + " with a value that is no text, whole number, true or false");
    }
  }

  private void wrong(String problem) {
    values.wrong(SettingKey.SLUICE_QUEUE_ARGUMENTS, problem);
  }
}
