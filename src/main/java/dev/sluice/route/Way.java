package dev.sluice.route;

import java.util.Objects;
import java.util.Optional;

/**
 * What a route, or the settings, say of an event that takes it.
 *
 * @param exchange the name of the exchange, empty for the default one; nothing for that of the
 *     settings
 */
public record Way(RoutingKeys routingKeys, Optional<String> exchange, PropertyValues properties) {
  public Way {
    Objects.requireNonNull(routingKeys, "routingKeys");
    Objects.requireNonNull(exchange, "exchange");
    Objects.requireNonNull(properties, "properties");
  }
}
