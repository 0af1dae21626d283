package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;

/**
 * A set's data on disk: documents, catalog and log in one H2 MVStore file.
 *
 * <p>The set still works in memory; this is written along and read once, at the start. Everything
 * reaches the file as one consistent state at each {@link #sync}: a killed process loses what came
 * after the last one, and nothing is torn.
 */
final class DataDirectory implements Journal {

  private static final String FILE = "embedded-mongo.mv.db";
  private static final String DOCUMENTS = "documents.";

  private final MVStore store;
  private final MVMap<String, byte[]> collections;
  private final MVMap<Long, byte[]> log;
  private final Map<UUID, StoredCollection> documents = new HashMap<>();
  private final OplogLimit limit;
  private long nextEntry;
  private long logBytes;

  /** The documents of one collection by the order of their insertion, and where each one is. */
  private record StoredCollection(MVMap<Long, byte[]> records, Map<RawDocument, Long> places) {

    long next() {
      return records.isEmpty() ? 0 : records.lastKey() + 1;
    }
  }

  private DataDirectory(MVStore store, OplogLimit limit) {
    this.store = store;
    this.limit = limit;
    this.collections = store.openMap("collections");
    this.log = store.openMap("log");
    this.nextEntry = log.isEmpty() ? 0 : log.lastKey() + 1;
  }

  /**
   * Opens or makes the directory.
   *
   * @throws IllegalStateException if another set has it open
   */
  static DataDirectory open(Path directory, OplogLimit limit) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path file = directory.resolve(FILE);
    try {
      MVStore store = new MVStore.Builder().fileName(file.toString()).autoCommitDisabled().open();
      return new DataDirectory(store, limit);
    } catch (MVStoreException e) {
      throw new IllegalStateException("cannot open " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Puts what is on disk into a storage that is still empty.
   *
   * @return false if there was nothing yet
   */
  boolean restoreInto(Storage storage) {
    if (log.isEmpty()) {
      return false;
    }
    collections.forEach(
        (name, bytes) -> {
          Document stored = BsonReader.document(bytes);
          CollectionInfo info =
              new CollectionInfo((UUID) stored.get("uuid"), (Document) stored.get("options"));
          Namespace namespace = Namespace.parse(name);
          storage.restore(namespace, info, (List<?>) stored.get("indexes"));
          StoredCollection collection = collection(info.uuid());
          collection
              .records()
              .forEach(
                  (place, document) -> {
                    RawDocument raw = new RawDocument(document);
                    RawDocument key = storage.restore(namespace, raw);
                    collection.places().put(key, place);
                  });
        });
    log.values().forEach(bytes -> storage.restore(StoredEntry.decode(bytes)));
    log.values().forEach(bytes -> logBytes += bytes.length);
    if (log.firstKey() > 0) {
      storage.oplog().forgotten();
    }
    return true;
  }

  private StoredCollection collection(UUID uuid) {
    return documents.computeIfAbsent(
        uuid, id -> new StoredCollection(store.openMap(DOCUMENTS + id), new HashMap<>()));
  }

  @Override
  public void changed(List<RecordedChange> changes, List<OplogEntry> entries) {
    for (int i = 0; i < changes.size(); i++) {
      apply(changes.get(i), collection(entries.get(i).collection()));
      append(entries.get(i));
    }
  }

  private static void apply(RecordedChange change, StoredCollection collection) {
    Long place = collection.places().get(change.key());
    if (change.type() == EventType.DELETE) {
      if (place != null) {
        collection.records().remove(place);
        collection.places().remove(change.key());
      }
      return;
    }
    if (place == null) {
      place = collection.next();
      collection.places().put(change.key(), place);
    }
    collection.records().put(place, change.after().bytes());
  }

  @Override
  public void logged(OplogEntry entry, Storage storage) {
    append(entry);
    if (entry.type() == EventType.NOOP) {
      return;
    }
    collections.clear();
    for (Namespace namespace : storage.catalog().all()) {
      CollectionInfo info = storage.catalog().find(namespace).orElseThrow();
      Document stored =
          new Document("uuid", info.uuid())
              .append("options", info.options())
              .append("indexes", storage.indexes(namespace));
      collections.put(namespace.toString(), BsonWriter.bytesOf(stored));
    }
    if (entry.type() == EventType.DROP) {
      forget(entry.collection());
    } else if (entry.type() == EventType.RENAME
        && entry.object().decode().get("dropTarget") instanceof UUID replaced) {
      forget(replaced);
    }
  }

  private void forget(UUID collection) {
    documents.remove(collection);
    store.removeMap(DOCUMENTS + collection);
  }

  private void append(OplogEntry entry) {
    byte[] bytes = StoredEntry.encode(entry);
    log.put(nextEntry++, bytes);
    logBytes += bytes.length;
    while (log.size() > 1 && (log.size() > limit.entries() || logBytes > limit.bytes())) {
      logBytes -= log.remove(log.firstKey()).length;
    }
  }

  @Override
  public void rolled() {
    while (log.size() > 1) {
      logBytes -= log.remove(log.firstKey()).length;
    }
  }

  @Override
  public void sync() {
    store.commit();
  }

  @Override
  public void close() {
    store.commit();
    store.close();
  }
}
