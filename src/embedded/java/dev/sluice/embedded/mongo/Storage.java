package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.exception.MongoServerException;
import de.bwaldvogel.mongo.oplog.NoopOplog;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The one state that the three nodes share: documents, catalog, log and logical time.
 *
 * <p>Whoever reads or writes documents holds the lock, from the first read to the bytes of the
 * reply: the engine hands out its live objects. A write gets its time and its log entry in the same
 * critical section, so the log has no gap and no disorder.
 */
final class Storage {

  private final ReentrantLock lock = new ReentrantLock();
  private final Clock clock;
  private final ChangeRecorder recorder;
  private final RecordedBackend backend;
  private final Catalog catalog;
  private final DocumentHistory history;
  private final boolean keepsHistory;
  private final Oplog oplog;

  /** The engine wants a channel to keep a last error for; nobody asks for it. */
  private final Channel nobody = new EmbeddedChannel();

  private final Journal journal;
  private volatile OpTime lastApplied;

  /**
   * @param snapshotWindow how far back snapshots can be read
   */
  Storage(
      Clock clock,
      ServerVersion version,
      OplogLimit limit,
      Duration snapshotWindow,
      Journal journal) {
    this.catalog = new Catalog(version);
    this.keepsHistory = version.readsSnapshots();
    this.journal = journal;
    this.clock = clock;
    this.recorder = new ChangeRecorder(version.logsDeltas(), journal != Journal.NONE);
    this.backend = new RecordedBackend(recorder);
    this.oplog = new Oplog(limit);
    this.lastApplied = new OpTime((int) clock.instant().getEpochSecond(), 0);
    // The oplog has a quarter of the heap, and most of its changes are smaller than a document.
    long maxBytes = Math.min(256L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 8);
    this.history = new DocumentHistory((int) snapshotWindow.toSeconds(), maxBytes, lastApplied);
  }

  <T> T exclusively(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  void exclusively(Runnable action) {
    exclusively(
        () -> {
          action.run();
          return null;
        });
  }

  Oplog oplog() {
    return oplog;
  }

  DocumentHistory history() {
    return history;
  }

  Catalog catalog() {
    return catalog;
  }

  ChangeRecorder recorder() {
    return recorder;
  }

  Clock clock() {
    return clock;
  }

  OpTime lastApplied() {
    return lastApplied;
  }

  private OpTime tick() {
    int now = (int) clock.instant().getEpochSecond();
    OpTime last = lastApplied;
    OpTime time = now > last.seconds() ? new OpTime(now, 1) : last.next();
    lastApplied = time;
    return time;
  }

  /** Runs one of the engine's own commands; its errors come out as {@link ServerError}. */
  Document engine(String database, String command, Document query) {
    return translating(
        () ->
            database(database)
                .handleCommand(nobody, command, query, backend::resolveDatabase, NoopOplog.get()));
  }

  static <T> T translating(Supplier<T> action) {
    try {
      return action.get();
    } catch (MongoServerError e) {
      throw new ServerError(e.getCode(), e.getCodeName(), e.getMessageWithoutErrorCode());
    } catch (MongoServerException e) {
      throw ServerError.failedToParse(e.getMessageWithoutErrorCode());
    } catch (MalformedBsonException e) {
      throw new ServerError(22, "InvalidBSON", e.getMessage());
    } catch (ClassCastException | IllegalArgumentException e) {
      throw ServerError.typeMismatch(String.valueOf(e.getMessage()));
    } catch (UnsupportedOperationException e) {
      throw new ServerError(238, "NotImplemented", String.valueOf(e.getMessage()));
    }
  }

  MongoDatabase database(String name) {
    return backend.resolveDatabase(name);
  }

  Optional<RecordedCollection> collection(Namespace namespace) {
    if (catalog.find(namespace).isEmpty()) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        (RecordedCollection)
            database(namespace.database()).resolveCollection(namespace.collection(), false));
  }

  /** The collection, created on the way as the first insert does. */
  RecordedCollection collectionOrNew(Namespace namespace) {
    return collection(namespace).orElseGet(() -> create(namespace, new Document()));
  }

  RecordedCollection create(Namespace namespace, Document options) {
    RecordedCollection collection = make(namespace, options);
    CollectionInfo info = catalog.add(namespace, options);
    Document idIndex =
        new Document("v", 2).append("key", new Document("_id", 1)).append("name", "_id_");
    Document what = new Document(options);
    what.put("idIndex", idIndex);
    log(EventType.CREATE, namespace, info.uuid(), what);
    return collection;
  }

  private RecordedCollection make(Namespace namespace, Document options) {
    Optional<BsonOrder> order = Collations.order(options.get("collation"));
    RecordedCollection collection =
        (RecordedCollection)
            translating(
                () ->
                    database(namespace.database())
                        .createCollectionOrThrowIfExists(namespace.collection()));
    order.ifPresent(collection.ids()::collate);
    return collection;
  }

  void drop(Namespace namespace) {
    CollectionInfo info = remove(namespace);
    log(EventType.DROP, namespace, info.uuid(), new Document());
    catalog.left(namespace, lastApplied);
  }

  private CollectionInfo remove(Namespace namespace) {
    CollectionInfo info = catalog.find(namespace).orElseThrow();
    translating(
        () -> {
          database(namespace.database()).dropCollection(namespace.collection(), NoopOplog.get());
          return null;
        });
    catalog.remove(namespace);
    return info;
  }

  void dropDatabase(String name) {
    catalog.inDatabase(name).forEach(this::drop);
    backend.dropDatabase(name);
    log(EventType.DROP_DATABASE, Namespace.ofDatabase(name), null, new Document());
  }

  /** What had the new name is gone, and only the entry of the rename says so, as on a server. */
  void rename(Namespace from, Namespace to) {
    Document what = new Document("to", to.document());
    if (catalog.find(to).isPresent()) {
      what.put("dropTarget", remove(to).uuid());
    }
    CollectionInfo info = catalog.find(from).orElseThrow();
    RecordedCollection collection = collection(from).orElseThrow();
    translating(
        () -> {
          database(to.database())
              .moveCollection(database(from.database()), collection, to.collection());
          return null;
        });
    catalog.remove(from);
    catalog.put(to, info);
    log(EventType.RENAME, from, info.uuid(), what);
    catalog.left(from, lastApplied);
  }

  /** Appends an entry for something that is no change of a document. */
  void log(EventType type, Namespace namespace, UUID collection, Document what) {
    OplogEntry entry =
        new OplogEntry(
            tick(),
            0,
            type,
            namespace,
            collection,
            null,
            RawDocument.of(what),
            OplogEntry.Images.NONE,
            null,
            clock.instant());
    if (collection != null) {
      catalog.changed(type, collection, entry.time());
    }
    journal.logged(entry, this);
    oplog.append(List.of(entry));
  }

  /** Appends a note that no stream shows. */
  void note(String message) {
    log(EventType.NOOP, Namespace.ofDatabase("local"), null, new Document("msg", message));
  }

  /** Forgets the log but for a last note, as if it had been overrun. */
  void rollOplog() {
    note("oplog rolled over");
    oplog.roll();
    journal.rolled();
  }

  /** Gives each change a time of its own and appends them all. */
  void commit(List<RecordedChange> changes) {
    List<OplogEntry> entries = new ArrayList<>(changes.size());
    Instant wall = clock.instant();
    for (RecordedChange change : changes) {
      entries.add(entry(change, tick(), 0, null, wall));
    }
    journal.changed(changes, entries);
    oplog.append(entries);
  }

  /** Appends the changes of a transaction under one time. */
  void commit(List<RecordedChange> changes, OplogEntry.Transaction transaction) {
    List<OplogEntry> entries = new ArrayList<>(changes.size());
    Instant wall = clock.instant();
    OpTime time = tick();
    for (RecordedChange change : changes) {
      entries.add(entry(change, time, entries.size(), transaction, wall));
    }
    journal.changed(changes, entries);
    oplog.append(entries);
  }

  private OplogEntry entry(
      RecordedChange change,
      OpTime time,
      int operation,
      OplogEntry.Transaction transaction,
      Instant wall) {
    CollectionInfo info = catalog.find(change.namespace()).orElseThrow();
    OplogEntry.Images images =
        info.recordsImages()
            ? new OplogEntry.Images(change.before(), change.after())
            : OplogEntry.Images.NONE;
    if (keepsHistory) {
      history.add(info.uuid(), time, change.previous());
    }
    return new OplogEntry(
        time,
        operation,
        change.type(),
        change.namespace(),
        info.uuid(),
        change.key(),
        change.object(),
        images,
        transaction,
        wall);
  }

  /** The current document with this {@code _id}, as bytes. */
  Optional<RawDocument> lookup(Namespace namespace, Object id) {
    return exclusively(
        () ->
            collection(namespace)
                .flatMap(
                    collection -> {
                      for (Document found : collection.handleQuery(new Document("_id", id))) {
                        return Optional.of(RawDocument.of(found));
                      }
                      return Optional.empty();
                    }));
  }

  List<Document> indexes(Namespace namespace) {
    Document command = new Document("listIndexes", namespace.collection());
    Document reply = engine(namespace.database(), "listIndexes", command);
    List<Document> indexes = new ArrayList<>();
    for (Object index : (List<?>) ((Document) reply.get("cursor")).get("firstBatch")) {
      Document spec = new Document("v", 2);
      spec.putAll((Document) index);
      indexes.add(spec);
    }
    return indexes;
  }

  /** Puts back a collection that was there before a restart. */
  void restore(Namespace namespace, CollectionInfo info, List<?> indexes) {
    make(namespace, info.options());
    catalog.put(namespace, info);
    engine(
        namespace.database(),
        "createIndexes",
        new Document("createIndexes", namespace.collection()).append("indexes", indexes));
  }

  /** Puts back a document and returns its key. */
  RawDocument restore(Namespace namespace, RawDocument raw) {
    Document document = raw.decode();
    recorder.unrecorded(() -> collection(namespace).orElseThrow().addDocument(document));
    return ChangeRecorder.key(document);
  }

  /** Puts back a log entry; the set's time goes on from the last one. */
  void restore(OplogEntry entry) {
    oplog.append(List.of(entry));
    lastApplied = OpTime.later(lastApplied, entry.time());
    history.startAt(lastApplied);
  }

  void sync() {
    exclusively(journal::sync);
  }

  /** Closes the data directory, if there is one. */
  void close() {
    exclusively(journal::close);
  }
}
