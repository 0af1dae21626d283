package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.Set;

/** Names of aggregation stages, where the engine knows fewer of them than a server. */
final class AggregationStages {

  private static final Set<String> KNOWN =
      Set.of(
          "$addFields",
          "$bucket",
          "$bucketAuto",
          "$changeStream",
          "$collStats",
          "$count",
          "$facet",
          "$geoNear",
          "$graphLookup",
          "$group",
          "$indexStats",
          "$limit",
          "$lookup",
          "$match",
          "$merge",
          "$out",
          "$project",
          "$redact",
          "$replaceRoot",
          "$replaceWith",
          "$sample",
          "$set",
          "$skip",
          "$sort",
          "$sortByCount",
          "$unionWith",
          "$unset",
          "$unwind");

  private AggregationStages() {}

  static boolean isKnown(String name) {
    return KNOWN.contains(name);
  }

  /** {@code $set} and {@code $replaceWith} under the names that the engine knows. */
  static Document withoutAlias(Document stage) {
    String name = stage.keySet().iterator().next();
    Object value = stage.get(name);
    return switch (name) {
      case "$set" -> new Document("$addFields", value);
      case "$replaceWith" -> new Document("$replaceRoot", new Document("newRoot", value));
      default -> stage;
    };
  }
}
