package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** The collections of the set, in the order of their creation. Used under the storage lock. */
final class Catalog {

  private final Map<Namespace, CollectionInfo> collections = new LinkedHashMap<>();

  CollectionInfo add(Namespace namespace, Document options) {
    CollectionInfo info = new CollectionInfo(UUID.randomUUID(), options);
    collections.put(namespace, info);
    return info;
  }

  void put(Namespace namespace, CollectionInfo info) {
    collections.put(namespace, info);
  }

  Optional<CollectionInfo> find(Namespace namespace) {
    return Optional.ofNullable(collections.get(namespace));
  }

  void remove(Namespace namespace) {
    collections.remove(namespace);
  }

  List<Namespace> inDatabase(String database) {
    return collections.keySet().stream().filter(ns -> ns.database().equals(database)).toList();
  }

  List<String> databases() {
    return collections.keySet().stream()
        .map(Namespace::database)
        .distinct()
        .sorted()
        .collect(Collectors.toList());
  }

  List<Namespace> all() {
    return List.copyOf(collections.keySet());
  }
}
