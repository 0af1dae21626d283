package dev.sluice.config;

import java.util.Objects;

/** Where a message goes. */
public record RouteSettings(KeyTemplate routingKey) {
  public RouteSettings {
    Objects.requireNonNull(routingKey, "routingKey");
  }
}
