package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.backend.memory.index.MemoryUniqueIndex;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import de.bwaldvogel.mongo.exception.DuplicateKeyError;
import java.util.List;

/**
 * The index on {@code _id}: the library's, without its streams and regular expressions, which cost
 * more than the rest of an insert.
 */
final class IdIndex extends MemoryUniqueIndex {

  private static final String ID = "_id";

  IdIndex(String name, List<IndexKey> keys) {
    super(name, keys, false);
  }

  /** As the library normalises keys, so that its own look-ups find them: numbers are doubles. */
  private static KeyValue key(Document document) {
    Object id = document.get(ID);
    if (id instanceof ObjectId || id instanceof String) {
      return new KeyValue(id);
    }
    if (id instanceof Integer number) {
      return new KeyValue((double) number);
    }
    return new KeyValue(id).normalized();
  }

  @Override
  public synchronized void checkAdd(Document document, MongoCollection<Integer> collection) {
    if (getPosition(key(document)) != null) {
      throw new DuplicateKeyError(this, collection, getKeys(), new KeyValue(document.get(ID)));
    }
  }

  @Override
  public synchronized void add(
      Document document, Integer position, MongoCollection<Integer> collection) {
    if (!putKeyPosition(key(document), position)) {
      throw new DuplicateKeyError(this, collection, getKeys(), new KeyValue(document.get(ID)));
    }
  }

  @Override
  public synchronized Integer remove(Document document) {
    return removeDocument(key(document));
  }

  @Override
  public synchronized Integer getPosition(Document document) {
    return getPosition(key(document));
  }
}
