package dev.sluice.target.lucene;

import dev.sluice.change.Namespace;
import dev.sluice.consume.NewestStates;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is known of the collections, as user data of a commit: {@code kept:scrabble.plays} is there
 * if the index may have something of it, and {@code floor:scrabble.plays} has its floor. A database
 * has no point in its name.
 */
final class CommitData {
  private static final String KEPT = "kept:";
  private static final String FLOOR = "floor:";
  private static final String REBUILT = "rebuilt";

  private final Map<String, String> entries = new TreeMap<>();

  private CommitData() {}

  /**
   * @param committed null for none
   */
  static CommitData of(Iterable<Map.Entry<String, String>> committed) {
    CommitData data = new CommitData();
    if (committed != null) {
      committed.forEach(entry -> data.entries.put(entry.getKey(), entry.getValue()));
    }
    return data;
  }

  /** Of this moment. */
  Iterable<Map.Entry<String, String>> entries() {
    return Map.copyOf(entries).entrySet();
  }

  private static String name(Namespace namespace) {
    return namespace.collection() == null ? namespace.database() : namespace.toString();
  }

  void keep(Namespace collection) {
    entries.put(KEPT + name(collection), "");
  }

  boolean isKept(Namespace collection) {
    return entries.containsKey(KEPT + name(collection));
  }

  List<Namespace> kept() {
    return entries.keySet().stream()
        .filter(name -> name.startsWith(KEPT))
        .map(name -> name.substring(KEPT.length()))
        .map(
            name ->
                new Namespace(
                    name.substring(0, name.indexOf('.')), name.substring(name.indexOf('.') + 1)))
        .toList();
  }

  List<Namespace> kept(String database) {
    String prefix = KEPT + database + ".";
    return entries.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> new Namespace(database, name.substring(prefix.length())))
        .toList();
  }

  /** Empty if there is none. */
  String floor(Namespace namespace) {
    return entries.getOrDefault(FLOOR + name(namespace), "");
  }

  /** With that of its database. */
  String effectiveFloor(Namespace collection) {
    return NewestStates.effectiveFloor(collection, this::floor);
  }

  /** The snapshot by which the index was last rebuilt; empty if it never was. */
  String rebuiltBy() {
    return entries.getOrDefault(REBUILT, "");
  }

  void rebuiltBy(String snapshot) {
    entries.put(REBUILT, snapshot);
  }

  void setFloor(Namespace namespace, String position) {
    entries.put(FLOOR + name(namespace), position);
  }
}
