package dev.sluice.config;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Where the events of some collections go.
 *
 * @param namespaces the collections, any of them
 * @param operations of these only; empty for all
 * @param exchange its name, empty for the default exchange; nothing for that of the settings
 */
public record Route(
    List<NamespacePattern> namespaces,
    Set<String> operations,
    Optional<String> exchange,
    KeyTemplate routingKey,
    MessageProperties properties) {
  /** Whatever an event of a collection can be; the end of a database is of none. */
  public static final Set<String> EVERY_OPERATION =
      Set.of(
          "insert",
          "update",
          "replace",
          "delete",
          "read",
          "drop",
          "rename",
          "create",
          "createIndexes",
          "dropIndexes",
          "modify",
          "shardCollection",
          "reshardCollection",
          "refineCollectionShardKey",
          "invalidate");

  public Route {
    namespaces = List.copyOf(namespaces);
    operations = Set.copyOf(operations);
    Objects.requireNonNull(exchange, "exchange");
    Objects.requireNonNull(routingKey, "routingKey");
    Objects.requireNonNull(properties, "properties");
    if (namespaces.isEmpty()) {
      throw new IllegalArgumentException("a route for no collection");
    }
  }

  /** Whether such an event of the collection of these names takes it. */
  public boolean isFor(String database, String collection, String operation) {
    return (operations.isEmpty() || operations.contains(operation))
        && namespaces.stream().anyMatch(each -> each.matches(database, collection));
  }

  /** Whether it has every event that the other one is for, as far as their texts tell. */
  boolean covers(Route other) {
    boolean allOperations =
        operations.isEmpty()
            || !other.operations.isEmpty() && operations.containsAll(other.operations);
    return allOperations && texts().containsAll(other.texts());
  }

  /** The collections, as they were written. */
  List<String> texts() {
    return namespaces.stream().map(NamespacePattern::text).toList();
  }

  /** The same to the exchange of the settings. */
  Route withoutExchange() {
    return new Route(namespaces, operations, Optional.empty(), routingKey, properties);
  }
}
