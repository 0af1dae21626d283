package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.memory.MemoryCollection;
import de.bwaldvogel.mongo.bson.Document;

/** The library's collection in memory, reporting every change of a document to the recorder. */
final class RecordedCollection extends MemoryCollection {

  private final ChangeRecorder recorder;

  RecordedCollection(
      MongoDatabase database,
      String name,
      CollectionOptions options,
      CursorRegistry cursors,
      ChangeRecorder recorder) {
    super(database, name, options, cursors);
    this.recorder = recorder;
  }

  /** The index on {@code _id}; a collection of a client has one from the start. */
  IdIndex ids() {
    for (Index<Integer> index : getIndexes()) {
      if (index instanceof IdIndex ids) {
        return ids;
      }
    }
    throw new IllegalStateException(getFullName() + " has no index on _id");
  }

  /** The document at a place that {@link #ids} gave; the engine's own, not to be kept. */
  Document at(Integer place) {
    return getDocument(place);
  }

  private boolean isInternal() {
    return getCollectionName().startsWith("system.");
  }

  private Namespace namespace() {
    return new Namespace(getDatabaseName(), getCollectionName());
  }

  @Override
  protected Integer addDocumentInternal(Document document) {
    Integer position = super.addDocumentInternal(document);
    if (!isInternal()) {
      recorder.inserted(namespace(), document);
    }
    return position;
  }

  @Override
  protected void removeDocument(Integer position) {
    Document document = getDocument(position);
    super.removeDocument(position);
    if (!isInternal()) {
      recorder.removed(namespace(), document);
    }
  }

  @Override
  protected void handleUpdate(Integer position, Document before, Document after) {
    super.handleUpdate(position, before, after);
    if (!isInternal()) {
      recorder.updated(namespace(), before, after);
    }
  }

  /** Off: the library would encode every document once more, and refuses rarer types. */
  @Override
  protected boolean tracksDataSize() {
    return false;
  }
}
