package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.bson.BsonRegularExpression;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code insert}, {@code update} and {@code delete}: each statement once, even if the client sends
 * it twice under one transaction number, and each change with an entry in the log.
 */
final class WriteCommands {

  private final Storage storage;
  private final Topology topology;
  private final WriteContext context;
  private final UpdateStatement updates;

  WriteCommands(Storage storage, Topology topology, WriteContext context, UpdateStatement updates) {
    this.storage = storage;
    this.topology = topology;
    this.context = context;
    this.updates = updates;
  }

  void register(Map<String, Command> commands) {
    commands.put("insert", Command.locked(storage, call -> context.write(call, this::insert)));
    commands.put("update", Command.locked(storage, call -> context.write(call, this::update)));
    commands.put("delete", Command.locked(storage, call -> context.write(call, this::delete)));
  }

  /** Carries out one statement of a command; what it returns is remembered for a repetition. */
  private interface Statement {
    Document run(int index);
  }

  /** The outcomes of the statements of one command. */
  private static final class Outcome {
    private final List<Document> errors = new ArrayList<>();
    private final List<Document> upserted = new ArrayList<>();
    private int n;
    private int modified;

    void add(int index, Document result) {
      n += ((Number) result.get("n")).intValue();
      modified += ((Number) result.getOrDefault("nModified", 0)).intValue();
      if (result.containsKey("upserted")) {
        upserted.add(new Document("index", index).append("_id", result.get("upserted")));
      }
    }
  }

  private Outcome runAll(Invocation call, int count, Statement statement) {
    Optional<Session> session = context.sessions().retryable(call);
    boolean ordered = call.flag("ordered", true);
    Outcome outcome = new Outcome();
    for (int i = 0; i < count; i++) {
      int id = statementId(call, i);
      Optional<Document> done = session.flatMap(found -> found.done(id));
      if (done.isPresent()) {
        outcome.add(i, done.get());
        continue;
      }
      try {
        int index = i;
        Document result = Storage.translating(() -> statement.run(index));
        session.ifPresent(found -> found.remember(id, result));
        outcome.add(i, result);
      } catch (ServerError e) {
        context.rethrowInTransaction(call, e);
        outcome.errors.add(e.asWriteError(i));
        if (ordered) {
          break;
        }
      }
    }
    return outcome;
  }

  private static int statementId(Invocation call, int index) {
    Object ids = call.body().get("stmtIds");
    if (ids instanceof List<?> list
        && index < list.size()
        && list.get(index) instanceof Integer id) {
      return id;
    }
    return call.integer("stmtId", 0) + index;
  }

  private Document insert(Invocation call) {
    List<RawDocument> documents = call.request().documents("documents");
    if (documents.isEmpty() || documents.size() > 100_000) {
      throw new ServerError(
          16,
          "InvalidLength",
          "Write batch sizes must be between 1 and 100000. Got "
              + documents.size()
              + " operations.");
    }
    MongoCollection<?> collection = storage.collectionOrNew(context.writable(call));
    Outcome outcome =
        runAll(
            call,
            documents.size(),
            index -> {
              insertOne(collection, documents.get(index));
              return new Document("n", 1);
            });
    return reply(outcome, false);
  }

  private void insertOne(MongoCollection<?> collection, RawDocument raw) {
    if (raw.size() > BsonType.MAX_DOCUMENT_BYTES) {
      throw new ServerError(
          10334,
          "BSONObjectTooLarge",
          "object to insert too large. size in bytes: "
              + raw.size()
              + ", max size: "
              + BsonType.MAX_DOCUMENT_BYTES);
    }
    Document document = raw.decode();
    boolean asIs = !document.isEmpty() && document.keySet().iterator().next().equals("_id");
    if (!asIs) {
      document = withIdFirst(document);
    }
    for (Map.Entry<String, Object> field : document.entrySet()) {
      if (field.getValue() instanceof BsonTimestamp stamp && stamp.getValue() == 0) {
        // A server fills in an empty timestamp at the top level.
        field.setValue(storage.lastApplied().next().timestamp());
        asIs = false;
      }
    }
    checkId(document.get("_id"));
    storage.recorder().expectInsert(asIs ? raw : null);
    collection.addDocument(document);
  }

  private static Document withIdFirst(Document document) {
    Document ordered = new Document();
    ordered.put("_id", document.containsKey("_id") ? document.get("_id") : new ObjectId());
    document.forEach(ordered::putIfAbsent);
    return ordered;
  }

  private static void checkId(Object id) {
    if (id instanceof Collection
        || id instanceof BsonRegularExpression
        || id instanceof OpaqueValue opaque && opaque.type() == BsonType.UNDEFINED) {
      throw new ServerError(
          53, "InvalidIdField", "The '_id' value cannot be of type " + typeName(id));
    }
  }

  private static String typeName(Object id) {
    return id instanceof Collection ? "array" : id instanceof OpaqueValue ? "undefined" : "regex";
  }

  private Document update(Invocation call) {
    List<RawDocument> statements = call.request().documents("updates");
    Namespace namespace = context.writable(call);
    Outcome outcome =
        runAll(
            call,
            statements.size(),
            index -> updates.run(namespace, statements.get(index).decode()));
    return reply(outcome, true);
  }

  private Document delete(Invocation call) {
    List<RawDocument> statements = call.request().documents("deletes");
    Namespace namespace = context.writable(call);
    Outcome outcome =
        runAll(
            call,
            statements.size(),
            index -> new Document("n", deleteSome(namespace, statements.get(index).decode())));
    return reply(outcome, false);
  }

  private int deleteSome(Namespace namespace, Document statement) {
    if (!(statement.get("q") instanceof Document query)
        || !(statement.get("limit") instanceof Number limit)) {
      throw ServerError.location(
          40414, "BSON field 'delete.deletes.q' is missing but a required field");
    }
    return storage
        .collection(namespace)
        .map(collection -> collection.deleteDocuments(query, limit.intValue()))
        .orElse(0);
  }

  private Document reply(Outcome outcome, boolean update) {
    Document reply = new Document("n", outcome.n);
    if (update) {
      if (!outcome.upserted.isEmpty()) {
        reply.put("upserted", outcome.upserted);
      }
      reply.put("nModified", outcome.modified);
    }
    if (!outcome.errors.isEmpty()) {
      reply.put("writeErrors", outcome.errors);
    }
    Topology.View view = topology.view();
    // The time is that of the command's last change, which is logged only after it.
    context.flush();
    Document opTime =
        new Document("ts", storage.lastApplied().timestamp()).append("t", view.term());
    return reply.append("electionId", view.electionId()).append("opTime", opTime).append("ok", 1.0);
  }
}
