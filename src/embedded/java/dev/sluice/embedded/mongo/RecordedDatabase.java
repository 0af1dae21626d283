package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.backend.AbstractSynchronizedMongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.EmptyIndex;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.memory.index.MemoryUniqueIndex;
import java.util.List;

/** The library's database in memory, made of {@link RecordedCollection}s. */
final class RecordedDatabase extends AbstractSynchronizedMongoDatabase<Integer> {

  private final ChangeRecorder recorder;

  RecordedDatabase(String name, CursorRegistry cursors, ChangeRecorder recorder) {
    super(name, cursors);
    this.recorder = recorder;
    initializeNamespacesAndIndexes();
  }

  @Override
  protected RecordedCollection openOrCreateCollection(String name, CollectionOptions options) {
    return new RecordedCollection(this, name, options, cursorRegistry, recorder);
  }

  @Override
  protected Index<Integer> openOrCreateUniqueIndex(
      String collection, String name, List<IndexKey> keys, boolean sparse) {
    boolean onId = keys.size() == 1 && keys.get(0).getKey().equals("_id");
    return onId ? new IdIndex(name, keys) : new MemoryUniqueIndex(name, keys, sparse);
  }

  /** Kept by name only, without the library's warning: queries scan, and small sets scan fast. */
  @Override
  protected Index<Integer> openOrCreateSecondaryIndex(
      String collection, String name, List<IndexKey> keys, boolean sparse) {
    return new EmptyIndex<>(name, keys);
  }

  @Override
  protected long getFileSize() {
    return 0;
  }

  @Override
  protected long getStorageSize() {
    return 0;
  }
}
