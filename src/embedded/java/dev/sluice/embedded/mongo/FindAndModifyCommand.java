package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.bson.Document;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code findAndModify}: finds one document, changes or removes it, and returns it. */
final class FindAndModifyCommand {

  private static final String ID = "_id";

  private final Storage storage;
  private final WriteContext context;
  private final UpdateStatement updates;

  FindAndModifyCommand(Storage storage, WriteContext context, UpdateStatement updates) {
    this.storage = storage;
    this.context = context;
    this.updates = updates;
  }

  void register(Map<String, Command> commands) {
    Command command = Command.locked(storage, call -> context.write(call, this::run));
    commands.put("findAndModify", command);
    commands.put("findandmodify", command);
  }

  private Document run(Invocation call) {
    Optional<Session> session = context.sessions().retryable(call);
    int statement = call.integer("stmtId", 0);
    Optional<Document> done = session.flatMap(found -> found.done(statement));
    if (done.isPresent()) {
      return done.get();
    }
    Document reply = modify(call);
    // The engine's documents live on; what is kept for a repetition must not change with them.
    session.ifPresent(found -> found.remember(statement, RawDocument.of(reply).decode()));
    return reply;
  }

  private Document modify(Invocation call) {
    Namespace namespace = context.writable(call);
    boolean remove = call.flag("remove", false);
    boolean upsert = call.flag("upsert", false);
    Object update = call.body().get("update");
    if (remove == (update != null)) {
      throw ServerError.failedToParse("Either an update or remove=true must be specified");
    }
    Document query = call.document("query", new Document());
    UpdateStatement.requireFit(query, upsert);
    if (storage.collection(namespace).isEmpty() && !upsert) {
      return reply(null, 0, remove ? null : false, null);
    }
    MongoCollection<?> collection = storage.collectionOrNew(namespace);
    Optional<Document> found = updates.first(namespace, query, call.document("sort", null));
    if (remove) {
      found.ifPresent(collection::removeDocument);
      return reply(projected(call, found.orElse(null)), found.isPresent() ? 1 : 0, null, null);
    }
    return found.isPresent()
        ? change(call, namespace, found.get(), update)
        : insert(call, namespace, query, update, upsert);
  }

  private Document change(Invocation call, Namespace namespace, Document found, Object update) {
    Document before = found.cloneDeeply();
    Document query = new Document(call.document("query", new Document()));
    // With the id in it the query matches this very document; the rest places positional paths.
    query.put(ID, before.get(ID));
    updates.run(namespace, statement(call, query, update, false));
    Document after = updates.first(namespace, new Document(ID, before.get(ID)), null).orElse(null);
    Document shown = call.flag("new", false) ? after : before;
    return reply(projected(call, shown), 1, true, null);
  }

  private Document insert(
      Invocation call, Namespace namespace, Document query, Object update, boolean upsert) {
    if (!upsert) {
      return reply(null, 0, false, null);
    }
    Object id = updates.run(namespace, statement(call, query, update, true)).get("upserted");
    Document inserted = updates.first(namespace, new Document(ID, id), null).orElse(null);
    Document shown = call.flag("new", false) ? inserted : null;
    return reply(projected(call, shown), 1, false, inserted);
  }

  private static Document statement(
      Invocation call, Document query, Object update, boolean upsert) {
    Document statement = new Document("q", query).append("u", update).append("upsert", upsert);
    if (call.body().get("arrayFilters") instanceof List<?> filters) {
      statement.put("arrayFilters", filters);
    }
    return statement;
  }

  /** The document through the engine's projection, by way of a collection of one. */
  private static Document projected(Invocation call, Document document) {
    Document fields = call.document("fields", null);
    if (document == null || fields == null || fields.isEmpty()) {
      return document;
    }
    return new Projection(fields).apply(document);
  }

  private static Document reply(Document value, int n, Boolean updatedExisting, Document upserted) {
    Document last = new Document("n", n);
    if (updatedExisting != null) {
      last.put("updatedExisting", updatedExisting);
    }
    if (upserted != null) {
      last.put("upserted", upserted.get(ID));
    }
    return new Document("lastErrorObject", last).append("value", value).append("ok", 1.0);
  }
}
