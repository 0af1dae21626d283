package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.MaxKey;
import de.bwaldvogel.mongo.bson.MinKey;
import java.util.List;
import java.util.NavigableMap;

/**
 * A range of the index on {@code _id}.
 *
 * @param from the first id, which belongs to it
 * @param to the last id
 * @param closed whether the last id belongs to it
 */
record IdRange(Object from, Object to, boolean closed) {

  private static final IdRange ALL = new IdRange(MinKey.getInstance(), MaxKey.getInstance(), true);

  /**
   * The bounds that a {@code find} names with {@code min} and {@code max}, checked as {@code
   * query_planner.cpp} does: the start is in, the end is not. Without {@code max} the end is
   * MaxKey, so that a document with that id is never in the range.
   */
  static IdRange of(Invocation call, BsonOrder order, List<Document> indexes) {
    Document min = call.document("min", new Document());
    Document max = call.document("max", new Document());
    Document hinted = hinted(call, indexes);
    if (min.isEmpty() && max.isEmpty()) {
      return ALL;
    }
    if (hinted == null) {
      throw ServerError.location(
          51173, "When using min()/max() a hint of which index to use must be provided");
    }
    if (!fits(min, hinted) || !fits(max, hinted)) {
      throw ServerError.location(51174, "The index chosen is not compatible with min/max");
    }
    if (!isOnId(hinted)) {
      throw new ServerError(
          238, "NotImplemented", "the embedded set knows min and max of the index on _id only");
    }
    Object from = min.isEmpty() ? MinKey.getInstance() : min.get("_id");
    Object to = max.isEmpty() ? MaxKey.getInstance() : max.get("_id");
    if (order.compare(from, to) >= 0) {
      throw ServerError.location(
          51175,
          "The value provided for min() does not come before the value provided for max() in the"
              + " hinted index");
    }
    return new IdRange(from, to, false);
  }

  static IdRange ofOne(Object id) {
    return new IdRange(id, id, true);
  }

  /** The key of the index that is hinted at; null if none is. */
  private static Document hinted(Invocation call, List<Document> indexes) {
    Object hint = call.body().get("hint");
    boolean natural = hint instanceof Document document && document.containsKey("$natural");
    if (hint == null || natural || hint instanceof Document document && document.isEmpty()) {
      return null;
    }
    return indexes.stream()
        .filter(index -> hint.equals(index.get("name")) || sameKey(index.get("key"), hint))
        .map(index -> (Document) index.get("key"))
        .findFirst()
        .orElseThrow(
            () ->
                ServerError.badValue(
                    "error processing query: hint provided does not correspond to an existing"
                        + " index"));
  }

  private static boolean sameKey(Object key, Object hint) {
    return hint instanceof Document && BsonOrder.SIMPLE.compare(key, hint) == 0;
  }

  private static boolean fits(Document bound, Document key) {
    return bound.isEmpty() || List.copyOf(bound.keySet()).equals(List.copyOf(key.keySet()));
  }

  private static boolean isOnId(Document key) {
    return key.size() == 1 && key.containsKey("_id");
  }

  boolean contains(Object id, BsonOrder order) {
    int end = order.compare(id, to);
    return order.compare(from, id) <= 0 && (end < 0 || closed && end == 0);
  }

  NavigableMap<Object, Integer> of(NavigableMap<Object, Integer> places) {
    return places.subMap(from, true, to, closed);
  }
}
