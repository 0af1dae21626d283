package dev.sluice.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which collections are watched. MongoDB's own and Sluice's own databases, and collections that
 * begin with {@code system.}, never are.
 *
 * @param included at least one
 * @param excluded none of these, although included
 */
public record Scope(List<NamespacePattern> included, List<NamespacePattern> excluded) {
  /** The databases that are never captured: MongoDB's own, and where Sluice keeps positions. */
  public static final Set<String> NEVER = Set.of("admin", "config", "local", "sluice");

  /** The collections that are never captured begin so: they are MongoDB's own. */
  public static final String SYSTEM = "system.";

  /** Between two entries; a backslash makes it a part of a name. */
  private static final String SEPARATOR = "(?<!\\\\),";

  public Scope {
    included = List.copyOf(included);
    excluded = List.copyOf(excluded);
    if (included.isEmpty()) {
      throw new IllegalArgumentException("nothing to watch");
    }
  }

  /** A single collection. */
  public static Scope of(String database, String collection) {
    return new Scope(List.of(NamespacePattern.of(database, collection)), List.of());
  }

  /**
   * The entries of a list with commas between.
   *
   * @throws IllegalArgumentException if one is none; its message says what is wrong with it
   */
  static List<NamespacePattern> parse(String list) {
    List<NamespacePattern> entries = new ArrayList<>();
    for (String entry : split(list)) {
      entries.add(NamespacePattern.parse(entry));
    }
    return entries;
  }

  /** A comma between slashes belongs to the expression. */
  private static List<String> split(String list) {
    List<String> entries = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    for (String piece : list.split(SEPARATOR, -1)) {
      open.append(open.isEmpty() ? piece.stripLeading() : "," + piece);
      String entry = open.toString().strip();
      boolean isOpen = entry.startsWith("/") && (entry.length() == 1 || !entry.endsWith("/"));
      if (!isOpen) {
        entries.add(entry);
        open.setLength(0);
      }
    }
    if (!open.isEmpty()) {
      entries.add(open.toString().strip());
    }
    return entries;
  }

  /** Whether it can mean any collection that may be watched at all. */
  static boolean mayContain(NamespacePattern pattern) {
    return pattern.databaseName().filter(NEVER::contains).isEmpty()
        && pattern.collectionName().filter(name -> name.startsWith(SYSTEM)).isEmpty();
  }

  /** The one collection that is watched, if no other can be. */
  public Optional<NamespacePattern> only() {
    return included.size() == 1 && excluded.isEmpty() && included.get(0).isExact()
        ? Optional.of(included.get(0))
        : Optional.empty();
  }

  /** The one database that all watched collections are in, if that can be told. */
  public Optional<String> database() {
    Set<Optional<String>> databases =
        included.stream().map(NamespacePattern::databaseName).collect(Collectors.toSet());
    return databases.size() == 1 ? databases.iterator().next() : Optional.empty();
  }

  /** Whether the collection is watched. */
  public boolean contains(String database, String collection) {
    return !NEVER.contains(database)
        && !collection.startsWith(SYSTEM)
        && included.stream().anyMatch(pattern -> pattern.matches(database, collection))
        && excluded.stream().noneMatch(pattern -> pattern.matches(database, collection));
  }

  /** For people, and to tell one scope from another. */
  @Override
  public String toString() {
    String all = text(included);
    return excluded.isEmpty() ? all : all + " without " + text(excluded);
  }

  private static String text(List<NamespacePattern> patterns) {
    return Arrays.stream(patterns.stream().map(NamespacePattern::text).sorted().toArray())
        .map(Object::toString)
        .collect(Collectors.joining(", "));
  }
}
