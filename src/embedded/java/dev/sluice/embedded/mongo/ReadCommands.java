package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.aggregation.Aggregation;
import de.bwaldvogel.mongo.bson.Document;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code find}, {@code aggregate}, {@code count} and {@code distinct}, answered by the engine. */
final class ReadCommands {

  private static final int DEFAULT_FIRST_BATCH = 101;
  private static final String OPLOG = "oplog.rs";

  private final Storage storage;
  private final ChangeStreamCommand changeStreams;
  private final WriteContext context;

  /** Of how many {@code $out} the temporary collections have been named; under the storage lock. */
  private long outs;

  ReadCommands(Storage storage, ChangeStreamCommand changeStreams, WriteContext context) {
    this.storage = storage;
    this.changeStreams = changeStreams;
    this.context = context;
  }

  void register(Map<String, Command> commands) {
    commands.put("find", call -> done(storage.exclusively(() -> find(call))));
    commands.put("aggregate", call -> done(aggregate(call)));
    commands.put("count", Command.locked(storage, this::count));
    commands.put("distinct", Command.locked(storage, this::distinct));
  }

  private static CompletableFuture<Reply> done(Reply reply) {
    return CompletableFuture.completedFuture(reply);
  }

  private Reply find(Invocation call) {
    Namespace namespace = call.namespace();
    int limit = call.integer("limit", 0);
    boolean single = call.flag("singleBatch", false) || limit < 0;
    List<Document> found;
    if (namespace.equals(new Namespace("local", OPLOG))) {
      found = new OplogView(storage.oplog()).find(call);
    } else if (storage.collection(namespace).isEmpty()) {
      found = List.of();
    } else {
      Document query =
          new Document("find", namespace.collection())
              .append("filter", call.document("filter", new Document()))
              .append("sort", call.document("sort", null))
              .append("skip", call.integer("skip", 0))
              .append("limit", Math.abs(limit));
      if (call.body().get("projection") instanceof Document projection) {
        query.put("projection", projection);
      }
      found = firstBatch(storage.engine(namespace.database(), "find", query));
    }
    int batchSize = call.integer("batchSize", DEFAULT_FIRST_BATCH);
    return open(call, namespace.toString(), found, batchSize, single);
  }

  @SuppressWarnings("unchecked")
  private static List<Document> firstBatch(Document reply) {
    return new ArrayList<>(
        (Collection<Document>) ((Document) reply.get("cursor")).get("firstBatch"));
  }

  private Reply open(
      Invocation call, String namespace, List<Document> found, int batchSize, boolean single) {
    QueryCursor cursor = new QueryCursor(storage, namespace, found);
    ServerCursor.Batch first =
        batchSize == 0
            ? new ServerCursor.Batch(List.of(), null)
            : cursor.next(batchSize, Duration.ZERO).toCompletableFuture().join();
    return CursorCommands.open(call, cursor, first, single);
  }

  private Reply aggregate(Invocation call) {
    List<Document> pipeline =
        Storage.translating(() -> Aggregation.parse(call.body().get("pipeline")));
    if (ChangeStreamCommand.opensStream(pipeline)) {
      return changeStreams.open(call, pipeline);
    }
    return storage.exclusively(() -> aggregate(call, pipeline));
  }

  private Reply aggregate(Invocation call, List<Document> pipeline) {
    Document options = call.document("cursor", new Document());
    int batchSize =
        options.get("batchSize") instanceof Number number ? number.intValue() : DEFAULT_FIRST_BATCH;
    if (!(call.body().get("aggregate") instanceof String)) {
      throw new ServerError(
          238,
          "NotImplemented",
          "of aggregates on a whole database the embedded set knows $changeStream only");
    }
    Namespace namespace = call.namespace();
    List<Document> stages = new ArrayList<>();
    for (Document stage : pipeline) {
      stages.add(stage.size() == 1 ? AggregationStages.withoutAlias(stage) : stage);
    }
    Optional<Namespace> replaced = takeOut(call, stages);
    prepareMerge(call, stages);
    Document query =
        new Document("aggregate", namespace.collection())
            .append("pipeline", stages)
            .append("cursor", new Document());
    try {
      List<Document> found = firstBatch(storage.engine(namespace.database(), "aggregate", query));
      if (replaced.isPresent()) {
        replace(replaced.get(), found);
        found = List.of();
      }
      return open(call, namespace.toString(), found, batchSize, false);
    } finally {
      context.flush();
    }
  }

  /** Takes a closing {@code $out} out of the stages, and gives what it is to replace. */
  private static Optional<Namespace> takeOut(Invocation call, List<Document> stages) {
    int last = stages.size() - 1;
    if (last < 0 || !stages.get(last).containsKey("$out")) {
      return Optional.empty();
    }
    Optional<Namespace> target = target(call, stages.get(last).get("$out"));
    target.ifPresent(taken -> stages.remove(last));
    return target;
  }

  /** As a server does it: into a temporary collection, which is then renamed onto the target. */
  private void replace(Namespace target, List<Document> documents) {
    Namespace written = new Namespace(target.database(), "tmp.agg_out." + ++outs);
    MongoCollection<?> collection = storage.create(written, new Document("temp", true));
    Storage.translating(
        () -> {
          documents.forEach(found -> collection.addDocument(RawDocument.of(found).decode()));
          return null;
        });
    context.flush();
    storage.rename(written, target);
  }

  /** {@code $merge} writes; its collection must be known before it does. */
  private void prepareMerge(Invocation call, List<Document> stages) {
    if (stages.isEmpty()) {
      return;
    }
    Object into = stages.get(stages.size() - 1).get("$merge");
    if (into instanceof Document options && options.get("into") != null) {
      into = options.get("into");
    }
    target(call, into).ifPresent(storage::collectionOrNew);
  }

  private static Optional<Namespace> target(Invocation call, Object named) {
    if (named instanceof String name) {
      return Optional.of(new Namespace(call.database(), name));
    }
    if (named instanceof Document document && document.get("coll") instanceof String name) {
      String database = document.get("db") instanceof String db ? db : call.database();
      return Optional.of(new Namespace(database, name));
    }
    return Optional.empty();
  }

  private Document count(Invocation call) {
    Namespace namespace = call.namespace();
    int n =
        storage
            .collection(namespace)
            .map(
                collection ->
                    Storage.translating(
                        () ->
                            collection.count(
                                call.document("query", new Document()),
                                call.integer("skip", 0),
                                Math.abs(call.integer("limit", 0)))))
            .orElse(0);
    return new Document("n", n).append("ok", 1.0);
  }

  private Document distinct(Invocation call) {
    Namespace namespace = call.namespace();
    call.text("key");
    Document query =
        new Document("distinct", namespace.collection())
            .append("key", call.text("key"))
            .append("query", call.document("query", new Document()));
    Object values =
        storage.collection(namespace).isEmpty()
            ? List.of()
            : storage.engine(namespace.database(), "distinct", query).get("values");
    return new Document("values", values).append("ok", 1.0);
  }
}
