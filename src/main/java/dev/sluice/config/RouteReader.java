package dev.sluice.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Makes the {@link RouteSettings}, and the outlets of the routes. */
final class RouteReader {
  private static final String EXAMPLE =
      "[{\"namespaces\": \"shop.orders\", \"exchange\": \"orders\", \"queue\": \"orders\"}]";

  private final SettingValues values;
  private final RabbitSettings rabbit;
  private final TemplateReader templates;
  private final PropertiesReader properties;
  private final OutletReader outlets;

  /**
   * @param view what of a document there is
   * @param rabbit where that goes which no route is for
   */
  RouteReader(SettingValues values, View view, RabbitSettings rabbit) {
    this.values = values;
    this.rabbit = rabbit;
    this.templates = new TemplateReader(view);
    this.properties = new PropertiesReader(templates);
    this.outlets = new OutletReader(rabbit);
  }

  RouteSettings route() {
    KeyTemplate routingKey =
        templates
            .read(values.text(SettingKey.SLUICE_ROUTING_KEY), wrong(SettingKey.SLUICE_ROUTING_KEY))
            .orElse(KeyTemplate.DEFAULT);
    RouteSettings one = new RouteSettings(routingKey, properties(), List.of());
    return new RouteSettings(routingKey, one.properties(), routes(one), traceparentField());
  }

  private Optional<String> traceparentField() {
    Optional<String> path = given(SettingKey.SLUICE_TRACEPARENT_FIELD);
    path.flatMap(templates::problemOfPath).ifPresent(wrong(SettingKey.SLUICE_TRACEPARENT_FIELD));
    return path;
  }

  /** Of the routes that were read. */
  List<Outlet> outlets() {
    return outlets.outlets();
  }

  private List<Route> routes(RouteSettings byDefault) {
    String text = values.contentOf(SettingKey.SLUICE_ROUTES_FILE).orElse("");
    List<Route> routes = new ArrayList<>();
    if (text.isEmpty()) {
      return routes;
    }
    try {
      JsonNode json = JsonText.parse(text);
      if (!json.isArray()) {
        wrong("must hold a JSON array of routes, such as " + EXAMPLE);
      }
      int number = 1;
      for (JsonNode each : json.isArray() ? json : List.<JsonNode>of()) {
        read(number++, each, byDefault, routes);
      }
    } catch (IllegalArgumentException e) {
      wrong("must hold a JSON array of routes, such as " + EXAMPLE + ", and " + e.getMessage());
    }
    return routes;
  }

  private void read(int number, JsonNode json, RouteSettings byDefault, List<Route> routes) {
    if (!json.isObject()) {
      wrong("has a route " + number + " that is no JSON object, such as one of " + EXAMPLE);
      return;
    }
    RouteFields fields = new RouteFields(number, json, values);
    List<NamespacePattern> namespaces = fields.namespaces();
    Set<String> operations = fields.operations();
    KeyTemplate routingKey =
        fields
            .text(RouteFields.ROUTING_KEY)
            .flatMap(
                key -> templates.read(key, rest -> fields.isWrong(RouteFields.ROUTING_KEY, rest)))
            .orElse(byDefault.routingKey());
    MessageProperties properties = properties(fields, byDefault.properties());
    Optional<String> exchange = outlets.read(fields, routingKey.constant(), properties);
    if (namespaces.isEmpty()) {
      return;
    }
    Route route =
        new Route(
            namespaces,
            operations,
            exchange,
            // The default exchange has no other key than the name of the queue.
            exchange
                .filter(String::isEmpty)
                .flatMap(none -> fields.text(RouteFields.QUEUE))
                .map(KeyTemplate::of)
                .orElse(routingKey),
            properties);
    refuseUnreachable(route, fields, routes);
    routes.add(route);
  }

  private static void refuseUnreachable(Route route, RouteFields fields, List<Route> before) {
    before.stream()
        .filter(each -> each.covers(route))
        .findFirst()
        .ifPresent(
            each ->
                fields.wrong(
                    "that no event comes to: one before it is for "
                        + String.join(", ", each.texts())
                        + " too, and the first has them: move it up, or remove it"));
  }

  /** What a route says of them; what it leaves out is that of the settings. */
  private MessageProperties properties(RouteFields route, MessageProperties byDefault) {
    return new MessageProperties(
        route
            .json(RouteFields.HEADERS)
            .map(json -> properties.headers(json, rest -> route.isWrong(RouteFields.HEADERS, rest)))
            .orElse(byDefault.headers()),
        route
            .textOrNumber(RouteFields.PRIORITY)
            .flatMap(
                text ->
                    properties.priority(text, rest -> route.isWrong(RouteFields.PRIORITY, rest)))
            .or(byDefault::priority),
        route
            .text(RouteFields.TTL)
            .flatMap(text -> properties.ttl(text, rest -> route.isWrong(RouteFields.TTL, rest)))
            .or(byDefault::ttl));
  }

  private MessageProperties properties() {
    MessageProperties read =
        new MessageProperties(
            given(SettingKey.SLUICE_HEADERS_FROM).map(this::headers).orElse(Map.of()),
            given(SettingKey.SLUICE_PRIORITY)
                .flatMap(text -> properties.priority(text, wrong(SettingKey.SLUICE_PRIORITY))),
            given(SettingKey.SLUICE_TTL)
                .flatMap(text -> properties.ttl(text, wrong(SettingKey.SLUICE_TTL))));
    if (rabbit.topology().mode() == TopologyMode.DECLARE) {
      PropertiesReader.problemWith(
              read,
              rabbit.outlet().queue().orElseThrow(),
              SettingKey.SLUICE_QUEUE_TYPE.name(),
              SettingKey.SLUICE_QUEUE_ARGUMENTS.name())
          .ifPresent(
              wrong(
                  read.priority().isPresent()
                      ? SettingKey.SLUICE_PRIORITY
                      : SettingKey.SLUICE_TTL));
    }
    return read;
  }

  private Map<String, KeyTemplate> headers(String text) {
    try {
      return properties.headers(JsonText.parse(text), wrong(SettingKey.SLUICE_HEADERS_FROM));
    } catch (IllegalArgumentException e) {
      values.wrong(SettingKey.SLUICE_HEADERS_FROM, "cannot be read as JSON: " + e.getMessage());
      return Map.of();
    }
  }

  private Optional<String> given(SettingKey key) {
    return Optional.of(values.text(key)).filter(text -> !text.isEmpty());
  }

  private Consumer<String> wrong(SettingKey key) {
    return problem -> values.wrong(key, problem);
  }

  private void wrong(String problem) {
    values.wrong(SettingKey.SLUICE_ROUTES_FILE, problem);
  }
}
