package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/** {@code find}: by the engine, or along the index on {@code _id} if it asks for that. */
final class FindCommand {

  /** A reply holds so many unless {@code batchSize} says more; {@code limit} does not. */
  static final int DEFAULT_FIRST_BATCH = 101;

  private static final Namespace OPLOG = new Namespace("local", "oplog.rs");

  private final Storage storage;
  private final ServerVersion version;

  FindCommand(Storage storage, ServerVersion version) {
    this.storage = storage;
    this.version = version;
  }

  Reply run(Invocation call) {
    ReadConcern concern = ReadConcern.of(call, version, storage.lastApplied());
    boolean single = call.flag("singleBatch", false) || call.integer("limit", 0) < 0;
    Iterator<Document> found = found(call, concern);
    if (!single && IdScan.suits(call, concern)) {
      // The engine goes on changing its documents while the client reads on.
      List<Document> copies = new ArrayList<>();
      found.forEachRemaining(document -> copies.add(document.cloneDeeply()));
      found = copies.iterator();
    }
    QueryCursor cursor = new QueryCursor(storage, call.namespace().toString(), found, concern.at());
    return open(call, cursor, call.integer("batchSize", DEFAULT_FIRST_BATCH), single);
  }

  static Reply open(Invocation call, QueryCursor cursor, int batchSize, boolean single) {
    ServerCursor.Batch first =
        batchSize == 0
            ? new ServerCursor.Batch(List.of(), null)
            : cursor.next(batchSize, Duration.ZERO).toCompletableFuture().join();
    return CursorCommands.open(call, cursor, first, single);
  }

  private Iterator<Document> found(Invocation call, ReadConcern concern) {
    Namespace namespace = call.namespace();
    if (namespace.equals(OPLOG)) {
      return new OplogView(storage.oplog()).find(call).iterator();
    }
    RecordedCollection collection = storage.collection(namespace).orElse(null);
    if (collection == null) {
      concern.at().ifPresent(at -> storage.catalog().requireNeverThere(namespace, at));
      return List.<Document>of().iterator();
    }
    if (IdScan.suits(call, concern)) {
      return new IdScan(storage).run(call, collection, concern);
    }
    Document query =
        new Document("find", namespace.collection())
            .append("filter", call.document("filter", new Document()))
            .append("sort", call.document("sort", null))
            .append("skip", call.integer("skip", 0))
            .append("limit", Math.abs(call.integer("limit", 0)));
    if (call.body().get("projection") instanceof Document projection) {
      query.put("projection", projection);
    }
    return firstBatch(storage.engine(namespace.database(), "find", query)).iterator();
  }

  @SuppressWarnings("unchecked")
  static List<Document> firstBatch(Document reply) {
    return new ArrayList<>(
        (Collection<Document>) ((Document) reply.get("cursor")).get("firstBatch"));
  }
}
