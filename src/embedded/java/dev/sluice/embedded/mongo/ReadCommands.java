package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.aggregation.Aggregation;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code find}, {@code aggregate}, {@code count} and {@code distinct}, answered by the engine. */
final class ReadCommands {

  private final Storage storage;
  private final ChangeStreamCommand changeStreams;
  private final WriteContext context;
  private final ServerVersion version;
  private final FindCommand find;

  /** Of how many {@code $out} the temporary collections have been named; under the storage lock. */
  private long outs;

  ReadCommands(
      Storage storage,
      ChangeStreamCommand changeStreams,
      WriteContext context,
      ServerVersion version) {
    this.version = version;
    this.find = new FindCommand(storage, version);
    this.storage = storage;
    this.changeStreams = changeStreams;
    this.context = context;
  }

  void register(Map<String, Command> commands) {
    commands.put("find", call -> done(storage.exclusively(() -> find.run(call))));
    commands.put("aggregate", call -> done(aggregate(call)));
    commands.put("count", Command.locked(storage, this::count));
    commands.put("distinct", Command.locked(storage, this::distinct));
  }

  private static CompletableFuture<Reply> done(Reply reply) {
    return CompletableFuture.completedFuture(reply);
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
        options.get("batchSize") instanceof Number number
            ? number.intValue()
            : FindCommand.DEFAULT_FIRST_BATCH;
    if (!(call.body().get("aggregate") instanceof String)) {
      throw new ServerError(
          238,
          "NotImplemented",
          "of aggregates on a whole database the embedded set knows $changeStream only");
    }
    Namespace namespace = call.namespace();
    ReadConcern concern = ReadConcern.of(call, version, storage.lastApplied());
    requireNow(namespace, concern);
    List<Document> stages = new ArrayList<>();
    for (Document stage : pipeline) {
      stages.add(stage.size() == 1 ? AggregationStages.withoutAlias(stage) : stage);
    }
    Optional<Namespace> replaced = takeOut(call, stages);
    prepareMerge(call, stages);
    try {
      List<Document> found = aggregated(namespace, stages);
      if (replaced.isPresent()) {
        replace(replaced.get(), found);
        found = List.of();
      }
      QueryCursor cursor =
          new QueryCursor(storage, namespace.toString(), found.iterator(), concern.at());
      return FindCommand.open(call, cursor, batchSize, false);
    } finally {
      context.flush();
    }
  }

  private List<Document> aggregated(Namespace namespace, List<Document> stages) {
    int own = OrderedStages.first(stages);
    Document query =
        new Document("aggregate", namespace.collection())
            .append("pipeline", own < 0 ? stages : stages.subList(0, own))
            .append("cursor", new Document());
    List<Document> found =
        FindCommand.firstBatch(storage.engine(namespace.database(), "aggregate", query));
    if (own < 0) {
      return found;
    }
    BsonOrder order =
        storage.collection(namespace).map(known -> known.ids().order()).orElse(BsonOrder.SIMPLE);
    return new OrderedStages(order).run(found, stages.subList(own, stages.size()));
  }

  /** Finds read in the past; for the others the past must be as the present is. */
  private void requireNow(Namespace namespace, ReadConcern concern) {
    if (concern.at().isEmpty()) {
      return;
    }
    OpTime at = concern.at().get();
    storage.history().requireReadable(at, storage.lastApplied());
    boolean same =
        storage
            .catalog()
            .find(namespace)
            .map(info -> storage.history().isUnchangedSince(info.uuid(), at))
            .orElse(true);
    if (!same) {
      throw new ServerError(
          238, "NotImplemented", "of reads in the past the embedded set knows find only");
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
    ReadConcern.of(call, version, storage.lastApplied());
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
    ReadConcern concern = ReadConcern.of(call, version, storage.lastApplied());
    requireNow(namespace, concern);
    call.text("key");
    Document query =
        new Document("distinct", namespace.collection())
            .append("key", call.text("key"))
            .append("query", call.document("query", new Document()));
    Object values =
        storage.collection(namespace).isEmpty()
            ? List.of()
            : storage.engine(namespace.database(), "distinct", query).get("values");
    Document reply = new Document("values", values);
    concern.at().ifPresent(at -> reply.append("atClusterTime", at.timestamp()));
    return reply.append("ok", 1.0);
  }
}
