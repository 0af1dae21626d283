package dev.sluice.snapshot;

import dev.sluice.change.Namespace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;

/**
 * What is still to be read of a collection, or of a part of it, in the order of its {@code _id}
 * index.
 *
 * @param start where it begins; null for the beginning of the collection
 * @param behind whether the document at the start is not part of it, as it was read already
 * @param end the first key that is not part of it; null for the end of the collection
 */
public record KeyRange(Namespace namespace, Key start, boolean behind, Key end) {
  public KeyRange {
    Objects.requireNonNull(namespace, "namespace");
    if (start == null && behind) {
      throw new IllegalArgumentException("behind nothing");
    }
  }

  /** A whole collection. */
  public static KeyRange of(Namespace namespace) {
    return new KeyRange(namespace, null, false, null);
  }

  /**
   * A whole collection in parts that meet at these keys.
   *
   * @param boundaries in the order of the index; one that comes twice, and the least of all, makes
   *     no part of its own
   */
  public static List<KeyRange> between(Namespace namespace, List<Key> boundaries) {
    List<KeyRange> ranges = new ArrayList<>();
    Set<DocumentKey> seen = new HashSet<>();
    Key start = null;
    for (Key boundary : boundaries) {
      if (!boundary.isMin() && seen.add(DocumentKey.of(namespace, boundary))) {
        ranges.add(new KeyRange(namespace, start, false, boundary));
        start = boundary;
      }
    }
    ranges.add(new KeyRange(namespace, start, false, null));
    return ranges;
  }

  /** One document alone. */
  public static KeyRange only(Namespace namespace, Key id) {
    return new KeyRange(namespace, id, false, id);
  }

  /**
   * Whether it is one key alone, which is no scan of an index: one that is asked for, or {@code
   * MaxKey}, which a scan with bounds never gives, as its end is exclusive.
   */
  public boolean isSingle() {
    return start != null && (start.isMax() || start.equals(end));
  }

  /** What is left behind a document of it. */
  Optional<KeyRange> behind(Key last) {
    return last.isMax() || isSingle()
        ? Optional.empty()
        : Optional.of(new KeyRange(namespace, last, true, end));
  }

  /**
   * What is left when nothing more was found in it. A scan with a beginning and no end ends before
   * {@code MaxKey}, which therefore has to be looked for on its own.
   */
  Optional<KeyRange> exhausted() {
    return end != null || start == null || isSingle()
        ? Optional.empty()
        : Optional.of(new KeyRange(namespace, Key.MAX, false, null));
  }

  BsonDocument toBson() {
    BsonDocument range =
        new BsonDocument("db", new BsonString(namespace.database()))
            .append("coll", new BsonString(namespace.collection()));
    if (start != null) {
      range.append("start", start.asId()).append("behind", BsonBoolean.valueOf(behind));
    }
    if (end != null) {
      range.append("end", end.asId());
    }
    return range;
  }

  /**
   * @throws org.bson.BsonInvalidOperationException if it is none
   */
  static KeyRange of(BsonDocument range) {
    return new KeyRange(
        new Namespace(range.getString("db").getValue(), range.getString("coll").getValue()),
        range.containsKey("start") ? Key.of(range.getDocument("start")) : null,
        range.containsKey("start") && range.getBoolean("behind").getValue(),
        range.containsKey("end") ? Key.of(range.getDocument("end")) : null);
  }
}
