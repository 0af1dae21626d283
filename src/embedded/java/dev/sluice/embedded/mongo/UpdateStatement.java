package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.aggregation.Aggregation;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** One statement of an {@code update}: by operators, by a whole document, or by a pipeline. */
final class UpdateStatement {

  private static final Set<String> PIPELINE_STAGES =
      Set.of("$addFields", "$set", "$project", "$unset", "$replaceRoot", "$replaceWith");

  private final Storage storage;

  UpdateStatement(Storage storage) {
    this.storage = storage;
  }

  /** Returns {@code n}, {@code nModified} and, if a document was inserted, {@code upserted}. */
  Document run(Namespace namespace, Document statement) {
    if (!(statement.get("q") instanceof Document query)) {
      throw ServerError.location(
          40414, "BSON field 'update.updates.q' is missing but a required field");
    }
    boolean multi = Boolean.TRUE.equals(statement.get("multi"));
    boolean upsert = Boolean.TRUE.equals(statement.get("upsert"));
    requireFit(query, upsert);
    if (storage.collection(namespace).isEmpty()) {
      if (!upsert) {
        return new Document("n", 0).append("nModified", 0);
      }
      storage.collectionOrNew(namespace);
    }
    Object update = statement.get("u");
    if (update instanceof List<?> stages) {
      return byPipeline(namespace, query, stages, multi, upsert);
    }
    if (!(update instanceof Document document)) {
      throw ServerError.failedToParse("Update argument must be either an object or an array");
    }
    UpdateIntent intent = UpdateIntent.of(document);
    if (multi && intent instanceof UpdateIntent.Replacement) {
      throw ServerError.failedToParse("multi update is not supported for replacement-style update");
    }
    return byEngine(namespace, statement, intent);
  }

  /** A server cannot tell what a document that it inserts gets from an expression. */
  static void requireFit(Document query, boolean upsert) {
    if (upsert && hasExpression(query)) {
      throw new ServerError(
          224,
          "QueryFeatureNotAllowed",
          "$expr is not allowed in the query predicate for an upsert");
    }
  }

  private static boolean hasExpression(Object query) {
    return query instanceof Document document
        ? document.containsKey("$expr")
            || document.values().stream().anyMatch(UpdateStatement::hasExpression)
        : query instanceof Collection<?> clauses
            && clauses.stream().anyMatch(UpdateStatement::hasExpression);
  }

  private Document byEngine(Namespace namespace, Document statement, UpdateIntent intent) {
    storage.recorder().expect(intent);
    Document command =
        new Document("update", namespace.collection()).append("updates", List.of(statement));
    Document result = storage.engine(namespace.database(), "update", command);
    if (result.get("writeErrors") instanceof List<?> errors && !errors.isEmpty()) {
      Document error = (Document) errors.get(0);
      throw new ServerError(
          error.get("code") instanceof Integer code ? code : 9,
          error.get("codeName") instanceof String name ? name : "FailedToParse",
          String.valueOf(error.get("errmsg")));
    }
    Document outcome =
        new Document("n", result.get("n")).append("nModified", result.get("nModified"));
    if (result.get("upserted") instanceof Collection<?> upserted && !upserted.isEmpty()) {
      outcome.put("upserted", ((Document) upserted.iterator().next()).get("_id"));
    }
    return outcome;
  }

  private Document byPipeline(
      Namespace namespace, Document query, List<?> stages, boolean multi, boolean upsert) {
    MongoCollection<?> collection = storage.collectionOrNew(namespace);
    List<Document> found = new ArrayList<>();
    collection.handleQuery(query, 0, multi ? 0 : 1).forEach(found::add);
    int modified = 0;
    for (Document before : found) {
      Document after = transformed(before, stages);
      modified += replace(namespace, before, after);
    }
    Document outcome = new Document("n", found.size()).append("nModified", modified);
    if (found.isEmpty() && upsert) {
      Document inserted = transformed(equalities(query), stages);
      inserted.computeIfAbsent("_id", key -> new ObjectId());
      Storage.translating(
          () -> {
            collection.addDocument(inserted);
            return inserted;
          });
      outcome.append("n", 1).append("upserted", inserted.get("_id"));
    }
    return outcome;
  }

  /** Puts the result of a pipeline in place of the document, through the engine's own replace. */
  private int replace(Namespace namespace, Document before, Document after) {
    if (after.equals(before)) {
      return 0;
    }
    Document statement =
        new Document("q", new Document("_id", before.get("_id"))).append("u", after);
    Document outcome = byEngine(namespace, statement, new UpdateIntent.Pipeline(after));
    return ((Number) outcome.get("nModified")).intValue();
  }

  Document transformed(Document before, List<?> stages) {
    List<Document> known = new ArrayList<>();
    for (Object stage : stages) {
      if (!(stage instanceof Document document) || document.size() != 1) {
        throw ServerError.failedToParse("Each element of the pipeline must be an object");
      }
      String name = document.keySet().iterator().next();
      if (!PIPELINE_STAGES.contains(name)) {
        throw new ServerError(
            72, "InvalidOptions", name + " is not allowed to be used within an update");
      }
      known.add(AggregationStages.withoutAlias(document));
    }
    Document copy = before.cloneDeeply();
    Document after =
        Storage.translating(
            () ->
                Aggregation.fromPipeline(known, null, null, null, null)
                    .runStages(Stream.of(copy))
                    .get(0));
    if (before.containsKey("_id")) {
      Document ordered = new Document("_id", before.get("_id"));
      after.forEach(ordered::putIfAbsent);
      return ordered;
    }
    return after;
  }

  private static Document equalities(Document query) {
    Document document = new Document();
    query.forEach(
        (name, value) -> {
          boolean operator =
              value instanceof Document d && d.keySet().stream().anyMatch(k -> k.startsWith("$"));
          if (!name.startsWith("$") && !operator) {
            document.put(name, value);
          }
        });
    return document;
  }

  /** The first document that a {@code findAndModify} would touch. */
  Optional<Document> first(Namespace namespace, Document query, Document sort) {
    Document find =
        new Document("find", namespace.collection())
            .append("filter", query)
            .append("sort", sort)
            .append("limit", 1);
    Document reply = storage.engine(namespace.database(), "find", find);
    List<?> batch = (List<?>) ((Document) reply.get("cursor")).get("firstBatch");
    return batch.isEmpty() ? Optional.empty() : Optional.of((Document) batch.get(0));
  }
}
