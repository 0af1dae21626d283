package dev.sluice.config;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What becomes of a field before a change leaves.
 *
 * @param where the collections that it holds for; empty for all
 * @param path the names from the top of the document down; arrays on the way are passed through
 * @param newName for {@link Action#RENAME} only, else null
 */
public record FieldRule(
    Optional<NamespacePattern> where, Action action, List<String> path, String newName) {
  /** What is done with the field and all that is in it. */
  public enum Action {
    /** It leaves; where anything is included, nothing else does. */
    INCLUDE,
    /** It does not leave. */
    EXCLUDE,
    /** Three stars leave in its place. */
    MASK,
    /** A keyed digest leaves in its place: equal values stay equal, and nothing else is told. */
    HASH,
    /** It leaves under another name. */
    RENAME
  }

  public FieldRule {
    Objects.requireNonNull(where, "where");
    Objects.requireNonNull(action, "action");
    path = List.copyOf(path);
    if (path.isEmpty() || (action == Action.RENAME) != (newName != null)) {
      throw new IllegalArgumentException("a rule for no field, or a name for no renaming");
    }
  }

  /**
   * The rule that is written as {@code card.number}, {@code shop.orders:card.number}, or, for a
   * renaming, with {@code =name} behind it.
   *
   * @throws IllegalArgumentException if the text is none; its message says what is wrong with it
   */
  static FieldRule parse(Action action, String text) {
    int colon = text.indexOf(':');
    Optional<NamespacePattern> where =
        colon < 0
            ? Optional.empty()
            : Optional.of(NamespacePattern.parse(text.substring(0, colon).strip()));
    String field = text.substring(colon + 1).strip();
    String newName = null;
    if (action == Action.RENAME) {
      int equals = field.indexOf('=');
      newName = equals < 0 ? "" : field.substring(equals + 1).strip();
      field = equals < 0 ? field : field.substring(0, equals).strip();
      if (newName.isEmpty() || newName.contains(".") || newName.startsWith("$")) {
        throw new IllegalArgumentException(
            "\"" + text + "\" needs a plain name behind it, as in card.number=digits");
      }
    }
    List<String> path = List.of(field.split("\\.", -1));
    if (path.contains("")) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no path of a field: write names with dots between");
    }
    if (path.get(0).equals("_id")) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is the _id, which every message needs: it cannot be changed or hidden");
    }
    return new FieldRule(where, action, path, newName);
  }
}
