package dev.sluice.message;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Namespace;
import dev.sluice.message.Message.Destination;
import dev.sluice.route.Routes;
import dev.sluice.route.Way;
import java.util.Map;

/**
 * Where the events of one collection and one operation go: found once for all that come behind one
 * another. Immutable.
 */
final class Address {
  private final Namespace namespace;
  private final String operation;
  private final Way way;
  private final String routingKey;
  private final Destination destination;

  private Address(Namespace namespace, String operation, Way way) {
    this.namespace = namespace;
    this.operation = operation;
    this.way = way;
    this.routingKey = way.routingKeys().of(namespace, operation);
    this.destination = destination(null, "");
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

  /** Where what has no document goes. */
  Destination destination() {
    return destination;
  }

  /** Where an event of a document goes. */
  Destination destination(ChangeEvent event, DocumentId id) {
    return way.properties().isConstant() ? destination : destination(event, id.text());
  }

  private Destination destination(ChangeEvent event, String id) {
    Destination found =
        new Destination(
            false,
            way.exchange(),
            way.properties().priority(event, namespace, operation, id),
            way.properties().expiration());
    return found.equals(Destination.EXCHANGE) ? Destination.EXCHANGE : found;
  }

  /** The headers that somebody wants on what has no document. */
  Map<String, Object> headers() {
    return way.properties().headers(null, namespace, operation, "");
  }

  /** The headers that somebody wants on an event of a document; most want none. */
  Map<String, Object> headers(ChangeEvent event, DocumentId id) {
    return way.properties().headers(event, namespace, operation, id.text());
  }
}
