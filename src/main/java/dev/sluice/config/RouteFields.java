package dev.sluice.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The fields of one route in the file of {@code SLUICE_ROUTES_FILE}. What is wrong with one adds a
 * sentence to the problems, and it counts as not there.
 */
final class RouteFields {
  static final String NAMESPACES = "namespaces";
  static final String OPERATIONS = "operations";
  static final String EXCHANGE = "exchange";
  static final String EXCHANGE_TYPE = "exchangeType";
  static final String ROUTING_KEY = "routingKey";
  static final String QUEUE = "queue";
  static final String QUEUE_TYPE = "queueType";
  static final String QUEUE_ARGUMENTS = "queueArguments";
  static final String BINDING_KEY = "bindingKey";
  static final String HEADERS = "headers";
  static final String PRIORITY = "priority";
  static final String TTL = "ttl";

  private static final List<String> ALL =
      List.of(
          NAMESPACES,
          OPERATIONS,
          EXCHANGE,
          EXCHANGE_TYPE,
          ROUTING_KEY,
          QUEUE,
          QUEUE_TYPE,
          QUEUE_ARGUMENTS,
          BINDING_KEY,
          HEADERS,
          PRIORITY,
          TTL);

  /** Fewer letters than most of the names have. */
  private static final int MOST_ERRORS = 4;

  private final int number;
  private final JsonNode object;
  private final SettingValues values;

  /**
   * @param number of the route, from 1 on
   * @param object a JSON object
   */
  RouteFields(int number, JsonNode object, SettingValues values) {
    this.number = number;
    this.object = object;
    this.values = values;
    object.fieldNames().forEachRemaining(this::refuseUnknown);
  }

  private void refuseUnknown(String name) {
    if (!ALL.contains(name)) {
      wrong(
          "with \""
              + name
              + "\", which is none of its keys: "
              + Nearest.to(name, ALL, MOST_ERRORS)
                  .map(nearest -> "write \"" + nearest + "\"")
                  .orElse("there are " + String.join(", ", ALL)));
    }
  }

  int number() {
    return number;
  }

  boolean has(String key) {
    return object.has(key);
  }

  /** A text that is not empty. */
  Optional<String> text(String key) {
    return textOrEmpty(key)
        .filter(text -> !text.isBlank() || isWrong(key, "is empty: remove it, or fill it in"));
  }

  /** A text, which may be empty. */
  Optional<String> textOrEmpty(String key) {
    JsonNode value = object.get(key);
    return value == null || !value.isTextual() && isWrong(key, "must be a text in quotes")
        ? Optional.empty()
        : Optional.of(value).filter(JsonNode::isTextual).map(JsonNode::textValue);
  }

  /** A text, or a number as one. */
  Optional<String> textOrNumber(String key) {
    return has(key) && object.get(key).isNumber()
        ? Optional.of(object.get(key).asText())
        : text(key);
  }

  Optional<JsonNode> json(String key) {
    return Optional.ofNullable(object.get(key));
  }

  /**
   * A text that names something.
   *
   * @param problem what is wrong with it, as the rest of a sentence
   */
  Optional<String> name(String key, Function<String, Optional<String>> problem) {
    return text(key).filter(text -> !isWrong(key, problem.apply(text)));
  }

  <E extends Enum<E>> Optional<E> oneOf(String key, Class<E> type) {
    Map<String, E> choices =
        Arrays.stream(type.getEnumConstants())
            .collect(Collectors.toMap(RouteFields::written, constant -> constant));
    Optional<String> text = text(key);
    text.filter(each -> !choices.containsKey(each))
        .ifPresent(
            each ->
                isWrong(
                    key,
                    "must be one of "
                        + choices.keySet().stream().sorted().collect(Collectors.joining(", "))
                        + ", not \""
                        + each
                        + "\""));
    return text.map(choices::get);
  }

  private static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The collections that it is for; none only if that is wrong. */
  List<NamespacePattern> namespaces() {
    Optional<String> text = text(NAMESPACES);
    if (text.isEmpty()) {
      if (!has(NAMESPACES)) {
        wrong("without namespaces: say which collections it is for, such as \"shop.orders\"");
      }
      return List.of();
    }
    try {
      List<NamespacePattern> patterns = Scope.parse(text.get());
      for (NamespacePattern pattern : patterns) {
        if (!Scope.mayContain(pattern)) {
          isWrong(NAMESPACES, "have " + pattern + ", which is never captured: remove it");
        }
      }
      return patterns;
    } catch (IllegalArgumentException e) {
      isWrong(NAMESPACES, "cannot be read: " + e.getMessage());
      return List.of();
    }
  }

  /** The operations that it is for; none for all. */
  Set<String> operations() {
    Set<String> chosen = new LinkedHashSet<>();
    for (String each : text(OPERATIONS).map(text -> text.split(",", -1)).orElse(new String[0])) {
      if (Route.EVERY_OPERATION.contains(each.strip())) {
        chosen.add(each.strip());
      } else {
        isWrong(
            OPERATIONS,
            "must list some of "
                + Route.EVERY_OPERATION.stream().sorted().collect(Collectors.joining(", "))
                + ", not \""
                + each.strip()
                + "\"");
      }
    }
    return chosen;
  }

  Optional<Map<String, Object>> queueArguments() {
    return json(QUEUE_ARGUMENTS)
        .map(
            json ->
                new QueueArguments(QUEUE_TYPE, problem -> isWrong(QUEUE_ARGUMENTS, problem))
                    .of(json));
  }

  /** Tells what is wrong with the route as a whole. */
  void wrong(String problem) {
    values.wrong(SettingKey.SLUICE_ROUTES_FILE, "has a route " + number + " " + problem);
  }

  private boolean isWrong(String key, Optional<String> problem) {
    problem.ifPresent(rest -> isWrong(key, rest));
    return problem.isPresent();
  }

  /** Tells what is wrong with one field; false, so that a filter can do so. */
  boolean isWrong(String key, String problem) {
    wrong("whose " + key + " " + problem);
    return false;
  }
}
