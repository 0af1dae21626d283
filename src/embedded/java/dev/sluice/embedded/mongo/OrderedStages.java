package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.backend.aggregation.Aggregation;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * The aggregation stages that cut a collection into ranges of ids: {@code $sort} by {@code _id} in
 * a server's order of all types, {@code $bucketAuto}, which the engine does not have, and {@code
 * $sample}, whose comparator of the engine fails with more than a few documents.
 *
 * @param order of the collection's ids
 */
record OrderedStages(BsonOrder order) {

  /** Stages that look at nothing but the documents before them, so that they can stand apart. */
  private static final Set<String> SIMPLE =
      Set.of(
          "$addFields",
          "$bucketAuto",
          "$count",
          "$group",
          "$limit",
          "$match",
          "$project",
          "$replaceRoot",
          "$sample",
          "$skip",
          "$sort",
          "$unset");

  /** Where the first of them is; -1 if the engine can have the whole pipeline. */
  static int first(List<Document> stages) {
    boolean bucket = stages.stream().anyMatch(stage -> stage.containsKey("$bucketAuto"));
    boolean simple = stages.stream().allMatch(stage -> SIMPLE.containsAll(stage.keySet()));
    if (!simple) {
      if (bucket) {
        throw new ServerError(
            238, "NotImplemented", "the embedded set knows $bucketAuto beside simple stages only");
      }
      return -1;
    }
    for (int i = 0; i < stages.size(); i++) {
      if (isOwn(stages.get(i))) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isOwn(Document stage) {
    return stage.containsKey("$bucketAuto")
        || stage.get("$sample") instanceof Document
        || stage.get("$sort") instanceof Document sort
            && sort.size() == 1
            && sort.get("_id") instanceof Number;
  }

  List<Document> run(List<Document> found, List<Document> stages) {
    List<Document> documents = found;
    for (Document stage : stages) {
      documents = run(documents, stage);
    }
    return documents;
  }

  private List<Document> run(List<Document> documents, Document stage) {
    if (!isOwn(stage)) {
      return Storage.translating(
          () ->
              Aggregation.fromPipeline(List.of(stage), null, null, null, null)
                  .runStages(documents.stream()));
    }
    if (stage.get("$sort") instanceof Document sort) {
      Comparator<Document> byId = (a, b) -> order.compare(a.get("_id"), b.get("_id"));
      boolean ascending = ((Number) sort.get("_id")).intValue() > 0;
      return documents.stream().sorted(ascending ? byId : byId.reversed()).toList();
    }
    return stage.get("$sample") instanceof Document sample
        ? sampled(documents, sample)
        : buckets(documents, stage.get("$bucketAuto"));
  }

  private static List<Document> sampled(List<Document> documents, Document sample) {
    if (!(sample.get("size") instanceof Number size) || size.longValue() < 1) {
      throw ServerError.location(28747, "size argument to $sample must be a positive number");
    }
    List<Document> shuffled = new ArrayList<>(documents);
    Collections.shuffle(shuffled);
    return shuffled.subList(0, (int) Math.min(size.longValue(), shuffled.size()));
  }

  private List<Document> buckets(List<Document> documents, Object spec) {
    if (!(spec instanceof Document options)
        || !(options.get("buckets") instanceof Number wanted)
        || !(options.get("groupBy") instanceof String path)
        || !path.startsWith("$")
        || path.indexOf('.') >= 0
        || options.size() != 2) {
      throw new ServerError(
          238, "NotImplemented", "of $bucketAuto the embedded set knows a field and a number only");
    }
    List<Object> values = new ArrayList<>();
    documents.forEach(document -> values.add(document.get(path.substring(1))));
    values.sort(order);
    int size = (int) Math.max(1, Math.round((double) values.size() / wanted.intValue()));
    List<Document> buckets = new ArrayList<>();
    int start = 0;
    while (start < values.size()) {
      boolean last = buckets.size() == wanted.intValue() - 1;
      int end = last ? values.size() : Math.min(values.size(), start + size);
      // Equal values are never parted.
      while (end < values.size() && order.compare(values.get(end - 1), values.get(end)) == 0) {
        end++;
      }
      Object max = values.get(end < values.size() ? end : end - 1);
      buckets.add(
          new Document("_id", new Document("min", values.get(start)).append("max", max))
              .append("count", end - start));
      start = end;
    }
    return buckets;
  }
}
