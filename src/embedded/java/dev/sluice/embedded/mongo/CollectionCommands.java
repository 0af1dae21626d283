package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.backend.DefaultQueryMatcher;
import de.bwaldvogel.mongo.bson.Document;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Creating, listing, altering and dropping collections, indexes and databases. */
final class CollectionCommands {

  /** Arguments every command may carry; they are no options of a collection. */
  private static final Set<String> GENERIC =
      Set.of("create", "collMod", "$db", "lsid", "txnNumber", "writeConcern", "comment");

  private final Storage storage;
  private final ServerVersion version;

  CollectionCommands(Storage storage, ServerVersion version) {
    this.storage = storage;
    this.version = version;
  }

  void register(Map<String, Command> commands) {
    locked(commands, "create", this::create);
    locked(commands, "collMod", this::modify);
    locked(commands, "drop", this::drop);
    locked(commands, "dropDatabase", this::dropDatabase);
    locked(commands, "renameCollection", this::rename);
    locked(commands, "createIndexes", this::createIndexes);
    locked(commands, "dropIndexes", this::dropIndexes);
    locked(commands, "deleteIndexes", this::dropIndexes);
    commands.put("listCollections", call -> listed(call, this::listCollections));
    commands.put("listIndexes", call -> listed(call, this::listIndexes));
  }

  private void locked(
      Map<String, Command> commands, String name, Function<Invocation, Document> action) {
    commands.put(name, Command.locked(storage, action));
  }

  private static Document ok() {
    return new Document("ok", 1.0);
  }

  private Document create(Invocation call) {
    Namespace namespace = call.namespace();
    if (storage.collection(namespace).isPresent()) {
      throw new ServerError(48, "NamespaceExists", "Collection already exists. NS: " + namespace);
    }
    Document options = options(call);
    if (options.containsKey("viewOn") || options.containsKey("timeseries")) {
      throw new ServerError(
          238, "NotImplemented", "views and time series are not part of the embedded set");
    }
    storage.create(namespace, options);
    return ok();
  }

  private Document options(Invocation call) {
    Document options = new Document(call.body());
    GENERIC.forEach(options::remove);
    options.keySet().removeIf(name -> name.startsWith("$"));
    if (options.containsKey("changeStreamPreAndPostImages")
        && !version.hasImagesAndExpandedEvents()) {
      throw ServerError.unknownField(call.command() + ".changeStreamPreAndPostImages");
    }
    return options;
  }

  private CollectionInfo existing(Namespace namespace) {
    return storage
        .catalog()
        .find(namespace)
        .orElseThrow(
            () -> new ServerError(26, "NamespaceNotFound", "ns does not exist: " + namespace));
  }

  private Document modify(Invocation call) {
    Namespace namespace = call.namespace();
    CollectionInfo before = existing(namespace);
    Document changes = options(call);
    Document after = new Document(before.options());
    after.putAll(changes);
    storage.catalog().put(namespace, new CollectionInfo(before.uuid(), after));
    Document old = new Document(before.options()).append("uuid", before.uuid());
    changes.put("stateBeforeChange", new Document("collectionOptions", old));
    storage.log(EventType.MODIFY, namespace, before.uuid(), changes);
    return ok();
  }

  private Document drop(Invocation call) {
    Namespace namespace = call.namespace();
    if (storage.catalog().find(namespace).isEmpty()) {
      // From 7.0 on dropping what is not there succeeds.
      if (version.splitsLargeEvents()) {
        return ok();
      }
      throw new ServerError(26, "NamespaceNotFound", "ns not found");
    }
    int indexes = storage.indexes(namespace).size();
    storage.drop(namespace);
    return new Document("nIndexesWas", indexes)
        .append("ns", namespace.toString())
        .append("ok", 1.0);
  }

  private Document dropDatabase(Invocation call) {
    if (storage.catalog().inDatabase(call.database()).isEmpty()) {
      return ok();
    }
    storage.dropDatabase(call.database());
    return new Document("dropped", call.database()).append("ok", 1.0);
  }

  private Document rename(Invocation call) {
    Namespace from = Namespace.parse(call.text("renameCollection"));
    Namespace to = Namespace.parse(call.text("to"));
    if (storage.catalog().find(from).isEmpty()) {
      throw new ServerError(
          26, "NamespaceNotFound", "Source collection " + from + " does not exist");
    }
    if (storage.catalog().find(to).isPresent() && !call.flag("dropTarget", false)) {
      throw new ServerError(48, "NamespaceExists", "target namespace exists");
    }
    storage.rename(from, to);
    return ok();
  }

  private Document createIndexes(Invocation call) {
    Namespace namespace = call.namespace();
    boolean created = storage.collection(namespace).isEmpty();
    storage.collectionOrNew(namespace);
    List<Document> before = storage.indexes(namespace);
    List<Document> specs = new ArrayList<>();
    for (Object value : call.list("indexes")) {
      if (!(value instanceof Document spec)
          || !(spec.get("key") instanceof Document)
          || !(spec.get("name") instanceof String)) {
        throw ServerError.failedToParse("an index needs a 'key' document and a 'name'");
      }
      specs.add(new Document("v", 2).appendAll(spec));
    }
    Document command =
        new Document("createIndexes", namespace.collection()).append("indexes", specs);
    storage.engine(namespace.database(), "createIndexes", command);
    List<Document> after = storage.indexes(namespace);
    if (after.size() > before.size()) {
      List<Document> added = new ArrayList<>(after);
      added.removeAll(before);
      Document what = new Document("indexes", added);
      storage.log(EventType.CREATE_INDEXES, namespace, existing(namespace).uuid(), what);
    }
    return new Document("numIndexesBefore", before.size())
        .append("numIndexesAfter", after.size())
        .append("createdCollectionAutomatically", created)
        .append("ok", 1.0);
  }

  private Document dropIndexes(Invocation call) {
    Namespace namespace = call.namespace();
    CollectionInfo info = existing(namespace);
    List<Document> before = storage.indexes(namespace);
    List<Document> chosen = chosen(call.body().get("index"), before);
    for (Document index : chosen) {
      Document command =
          new Document("dropIndexes", namespace.collection()).append("index", index.get("key"));
      storage.engine(namespace.database(), "dropIndexes", command);
    }
    if (!chosen.isEmpty()) {
      Document what = new Document("indexes", chosen);
      storage.log(EventType.DROP_INDEXES, namespace, info.uuid(), what);
    }
    return new Document("nIndexesWas", before.size()).append("ok", 1.0);
  }

  private static List<Document> chosen(Object which, List<Document> indexes) {
    List<Document> droppable =
        indexes.stream().filter(index -> !"_id_".equals(index.get("name"))).toList();
    if ("*".equals(which)) {
      return droppable;
    }
    List<Document> matching =
        droppable.stream()
            .filter(
                index ->
                    index.get("name").equals(which)
                        || index.get("key").equals(which)
                        || which instanceof List<?> names && names.contains(index.get("name")))
            .toList();
    if (matching.isEmpty()) {
      throw new ServerError(27, "IndexNotFound", "index not found with name [" + which + "]");
    }
    return matching;
  }

  /** A reply with a cursor over what the action lists. */
  private CompletionStage<Reply> listed(
      Invocation call, Function<Invocation, List<Document>> action) {
    return CompletableFuture.completedFuture(
        storage.exclusively(
            () -> {
              String namespace =
                  call.command().equals("listCollections")
                      ? call.database() + ".$cmd.listCollections"
                      : call.namespace().toString();
              QueryCursor cursor = new QueryCursor(storage, namespace, action.apply(call));
              int batchSize =
                  call.document("cursor", new Document()).get("batchSize") instanceof Number n
                      ? n.intValue()
                      : 0;
              ServerCursor.Batch first =
                  cursor.next(batchSize, Duration.ZERO).toCompletableFuture().join();
              return CursorCommands.open(call, cursor, first, false);
            }));
  }

  private List<Document> listCollections(Invocation call) {
    Document filter = call.document("filter", new Document());
    DefaultQueryMatcher matcher = new DefaultQueryMatcher();
    List<Document> found = new ArrayList<>();
    for (Namespace namespace : storage.catalog().inDatabase(call.database())) {
      CollectionInfo info = existing(namespace);
      Document shown =
          new Document("name", namespace.collection())
              .append("type", "collection")
              .append("options", info.options())
              .append("info", new Document("readOnly", false).append("uuid", info.uuid()))
              .append(
                  "idIndex",
                  new Document("v", 2)
                      .append("key", new Document("_id", 1))
                      .append("name", "_id_"));
      if (Storage.translating(() -> matcher.matches(shown, filter))) {
        found.add(shown);
      }
    }
    return found;
  }

  private List<Document> listIndexes(Invocation call) {
    existing(call.namespace());
    return storage.indexes(call.namespace());
  }
}
