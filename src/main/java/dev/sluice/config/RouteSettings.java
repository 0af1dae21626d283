package dev.sluice.config;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Where messages go.
 *
 * @param routingKey of what no route is for
 * @param properties of what no route is for
 * @param routes the first one that is for an event has it
 * @param traceparentField the path of the field that holds the traceparent of a change, names with
 *     dots between; nothing for none
 */
public record RouteSettings(
    KeyTemplate routingKey,
    MessageProperties properties,
    List<Route> routes,
    Optional<String> traceparentField) {
  public RouteSettings {
    Objects.requireNonNull(routingKey, "routingKey");
    Objects.requireNonNull(properties, "properties");
    routes = List.copyOf(routes);
    Objects.requireNonNull(traceparentField, "traceparentField");
  }

  /** Without a field for the traceparent. */
  public RouteSettings(KeyTemplate routingKey, MessageProperties properties, List<Route> routes) {
    this(routingKey, properties, routes, Optional.empty());
  }

  /** One way for all. */
  public RouteSettings(KeyTemplate routingKey) {
    this(routingKey, MessageProperties.NONE, List.of());
  }

  /** The same messages, all to the exchange of the settings. */
  RouteSettings withoutExchanges() {
    return new RouteSettings(
        routingKey,
        properties,
        routes.stream().map(Route::withoutExchange).toList(),
        traceparentField);
  }
}
