package dev.sluice.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.config.KeyTemplate.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Makes the {@link RouteSettings}, and the outlets of the routes. */
final class RouteReader {
  private static final String EXAMPLE =
      "[{\"namespaces\": \"shop.orders\", \"exchange\": \"orders\", \"queue\": \"orders\"}]";

  private final SettingValues values;
  private final View view;
  private final OutletReader outlets;

  /**
   * @param view what of a document there is
   * @param rabbit where that goes which no route is for
   */
  RouteReader(SettingValues values, View view, RabbitSettings rabbit) {
    this.values = values;
    this.view = view;
    this.outlets = new OutletReader(rabbit);
  }

  RouteSettings route() {
    KeyTemplate routingKey =
        template(
            values.text(SettingKey.SLUICE_ROUTING_KEY),
            problem -> values.wrong(SettingKey.SLUICE_ROUTING_KEY, problem));
    return new RouteSettings(routingKey, routes(routingKey));
  }

  /** Of the routes that were read. */
  List<Outlet> outlets() {
    return outlets.outlets();
  }

  private List<Route> routes(KeyTemplate byDefault) {
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

  private void read(int number, JsonNode json, KeyTemplate byDefault, List<Route> routes) {
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
            .map(key -> template(key, rest -> fields.isWrong(RouteFields.ROUTING_KEY, rest)))
            .orElse(byDefault);
    Optional<String> exchange = outlets.read(fields, routingKey.constant());
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
                .orElse(routingKey));
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

  private KeyTemplate template(String text, Consumer<String> wrong) {
    KeyTemplate template;
    try {
      template = KeyTemplate.parse(text);
    } catch (IllegalArgumentException e) {
      wrong.accept("cannot be read: " + e.getMessage());
      return KeyTemplate.DEFAULT;
    }
    if (template.has(Kind.DOCUMENT) && !view.hasNewImage()) {
      wrong.accept(
          "has {document.…}, which there is with SLUICE_VIEW=NEW_IMAGE or NEW_AND_OLD_IMAGES only");
    }
    if (template.has(Kind.BEFORE) && !view.hasOldImage()) {
      wrong.accept(
          "has {before.…}, which there is with SLUICE_VIEW=OLD_IMAGE or NEW_AND_OLD_IMAGES only");
    }
    return template;
  }

  private void wrong(String problem) {
    values.wrong(SettingKey.SLUICE_ROUTES_FILE, problem);
  }
}
