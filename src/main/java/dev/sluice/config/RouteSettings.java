package dev.sluice.config;

import java.util.List;
import java.util.Objects;

/**
 * Where messages go.
 *
 * @param routingKey of what no route is for
 * @param properties of what no route is for
 * @param routes the first one that is for an event has it
 */
public record RouteSettings(
    KeyTemplate routingKey, MessageProperties properties, List<Route> routes) {
  public RouteSettings {
    Objects.requireNonNull(routingKey, "routingKey");
    Objects.requireNonNull(properties, "properties");
    routes = List.copyOf(routes);
  }

  /** One way for all. */
  public RouteSettings(KeyTemplate routingKey) {
    this(routingKey, MessageProperties.NONE, List.of());
  }

  /** The same messages, all to the exchange of the settings. */
  RouteSettings withoutExchanges() {
    return new RouteSettings(
        routingKey, properties, routes.stream().map(Route::withoutExchange).toList());
  }
}
