package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** The collections of the set, in the order of their creation. Used under the storage lock. */
final class Catalog {

  private final Map<Namespace, CollectionInfo> collections = new LinkedHashMap<>();

  /** When a collection became what it is; what was there before a restart is not in it. */
  private final Map<UUID, OpTime> since = new HashMap<>();

  /** When a name lost its collection last. */
  private final Map<Namespace, OpTime> gone = new HashMap<>();

  private final ServerVersion version;

  Catalog(ServerVersion version) {
    this.version = version;
  }

  /** Notes that a command changed the collection. */
  void changed(EventType how, UUID collection, OpTime time) {
    if (how == EventType.DROP) {
      since.remove(collection);
    } else if (!version.remembersCollections()
        || how == EventType.CREATE
        || how == EventType.RENAME) {
      since.put(collection, time);
    }
  }

  /**
   * Whether the collection was there, under its name, at the time.
   *
   * @throws ServerError 246 on releases that cannot say, which is how 5.0 and 6.0 answer
   */
  boolean wasThere(CollectionInfo info, OpTime at) {
    OpTime changed = since.get(info.uuid());
    if (changed == null || !changed.isAfter(at)) {
      return true;
    }
    if (version.remembersCollections()) {
      return false;
    }
    throw unavailable(at, changed);
  }

  /** Notes that there is no collection of this name any more. */
  void left(Namespace namespace, OpTime time) {
    gone.put(namespace, time);
  }

  /**
   * Of a name that has no collection: refuses a time at which it had one. A real server of 7.0 on
   * would read that one; here its documents are gone, and to read none would be a lie.
   *
   * @throws ServerError 246
   */
  void requireNeverThere(Namespace namespace, OpTime at) {
    OpTime left = gone.get(namespace);
    if (left != null && left.isAfter(at)) {
      throw unavailable(at, left);
    }
  }

  private static ServerError unavailable(OpTime at, OpTime changed) {
    return new ServerError(
        246,
        "SnapshotUnavailable",
        "Unable to read from a snapshot due to pending collection catalog changes; please retry the"
            + " operation. Snapshot timestamp is "
            + at.text()
            + ". Collection minimum is "
            + changed.text());
  }

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
