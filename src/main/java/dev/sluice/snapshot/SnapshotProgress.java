package dev.sluice.snapshot;

import dev.sluice.change.ChangePosition;
import dev.sluice.change.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;

/**
 * How far a snapshot is. Kept beside the position of the stream, in the same write.
 *
 * @param id its name
 * @param from a cluster time: whatever it reads, it reads as it was then or later
 * @param match a condition in JSON that documents must meet; empty for all
 * @param isFiltered whether it reads only a part of each collection
 * @param announced whether its beginning has been told
 * @param namespaces the collections of it that are still there
 * @param left what is still to be read
 * @param documents how many were read and published
 * @param leftOut how many were read and not published, because a newer change of them was
 */
public record SnapshotProgress(
    String id,
    long from,
    String match,
    boolean isFiltered,
    boolean announced,
    List<Namespace> namespaces,
    List<KeyRange> left,
    long documents,
    long leftOut) {
  private static final int SCHEMA = 1;

  public SnapshotProgress {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(match, "match");
    namespaces = List.copyOf(namespaces);
    left = List.copyOf(left);
  }

  /**
   * One that is about to begin.
   *
   * @param partial whether some of the documents are left to others
   */
  public static SnapshotProgress begin(
      String id, BsonTimestamp from, String match, boolean partial, List<KeyRange> ranges) {
    return new SnapshotProgress(
        id,
        from.getValue(),
        match,
        partial || !match.isEmpty() || ranges.stream().anyMatch(KeyRange::isSingle),
        false,
        ranges.stream().map(KeyRange::namespace).distinct().toList(),
        ranges,
        0,
        0);
  }

  /** Where it began, in the order of all changes. */
  ChangePosition beginning() {
    return new ChangePosition(from, 0);
  }

  SnapshotProgress told() {
    return new SnapshotProgress(
        id, from, match, isFiltered, true, namespaces, left, documents, leftOut);
  }

  /**
   * Some of a range is through.
   *
   * @param rest what is left of that range
   */
  SnapshotProgress passed(
      KeyRange range, Optional<KeyRange> rest, long published, long notPublished) {
    List<KeyRange> ranges = new ArrayList<>(left);
    int at = ranges.indexOf(range);
    if (rest.isPresent()) {
      ranges.set(at, rest.get());
    } else {
      ranges.remove(at);
    }
    return new SnapshotProgress(
        id,
        from,
        match,
        isFiltered,
        announced,
        namespaces,
        ranges,
        documents + published,
        leftOut + notPublished);
  }

  /** Collections are gone. */
  SnapshotProgress without(Predicate<Namespace> gone) {
    return new SnapshotProgress(
        id,
        from,
        match,
        isFiltered,
        announced,
        namespaces.stream().filter(gone.negate()).toList(),
        left.stream().filter(range -> !gone.test(range.namespace())).toList(),
        documents,
        leftOut);
  }

  boolean isWhole() {
    return left.isEmpty();
  }

  /** As it is kept. */
  public BsonDocument toBson() {
    return new BsonDocument("schema", new BsonInt64(SCHEMA))
        .append("id", new BsonString(id))
        .append("from", new BsonTimestamp(from))
        .append("match", new BsonString(match))
        .append("filtered", BsonBoolean.valueOf(isFiltered))
        .append("announced", BsonBoolean.valueOf(announced))
        .append("namespaces", array(namespaces.stream().map(each -> text(each)).toList()))
        .append("left", array(left.stream().map(KeyRange::toBson).toList()))
        .append("documents", new BsonInt64(documents))
        .append("leftOut", new BsonInt64(leftOut));
  }

  private static BsonArray array(List<? extends BsonValue> values) {
    return new BsonArray(new ArrayList<>(values));
  }

  private static BsonString text(Namespace namespace) {
    return new BsonString(namespace.toString());
  }

  /**
   * @throws IllegalArgumentException if it was kept by a newer version
   * @throws org.bson.BsonInvalidOperationException if it is none
   */
  public static SnapshotProgress of(BsonDocument kept) {
    if (kept.getNumber("schema").longValue() > SCHEMA) {
      throw new IllegalArgumentException("the snapshot was begun by a newer Sluice: use that one");
    }
    return new SnapshotProgress(
        kept.getString("id").getValue(),
        kept.getTimestamp("from").getValue(),
        kept.getString("match").getValue(),
        kept.getBoolean("filtered").getValue(),
        kept.getBoolean("announced").getValue(),
        kept.getArray("namespaces").stream().map(SnapshotProgress::namespace).toList(),
        kept.getArray("left").stream().map(range -> KeyRange.of(range.asDocument())).toList(),
        kept.getNumber("documents").longValue(),
        kept.getNumber("leftOut").longValue());
  }

  /** The name of a database has no dot. */
  private static Namespace namespace(BsonValue text) {
    String name = text.asString().getValue();
    int dot = name.indexOf('.');
    return new Namespace(name.substring(0, dot), name.substring(dot + 1));
  }
}
