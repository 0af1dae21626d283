package dev.sluice.message;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Namespace;
import dev.sluice.message.Message.Destination;
import dev.sluice.route.Routes;
import dev.sluice.route.Way;

/**
 * Where the events of one collection and one operation go: found once for all that come behind one
 * another. Immutable.
 */
final class Address {
  private final Namespace namespace;
  private final Way way;
  private final String routingKey;
  private final Destination destination;

  private Address(Namespace namespace, String operation, Way way) {
    this.namespace = namespace;
    this.way = way;
    this.routingKey = way.routingKeys().of(namespace, operation);
    this.destination = way.exchange().map(Destination::to).orElse(Destination.EXCHANGE);
  }

  /**
   * @param namespace null for everything
   */
  static Address of(Namespace namespace, String operation, Routes routes) {
    return new Address(namespace, operation, routes.of(namespace, operation));
  }

  /** The key of what has no document. */
  String routingKey() {
    return routingKey;
  }

  /** The key of an event of a document. */
  String routingKey(ChangeEvent event, DocumentId id) {
    return way.routingKeys().isOfOrigin()
        ? routingKey
        : way.routingKeys().of(event, namespace, id.text());
  }

  Destination destination() {
    return destination;
  }
}
