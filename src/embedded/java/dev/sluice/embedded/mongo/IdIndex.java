package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.AbstractUniqueIndex;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.bson.BsonRegularExpression;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.DuplicateKeyError;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The index on {@code _id}: in a server's order of values, so that ranges of it can be read, and
 * with its notion of equal ones (5, 5L and 5.0 are one id).
 */
final class IdIndex extends AbstractUniqueIndex<Integer> {

  private static final String ID = "_id";

  private BsonOrder order = BsonOrder.SIMPLE;
  private TreeMap<Object, Integer> places = new TreeMap<>(order);

  IdIndex(String name, List<IndexKey> keys) {
    super(name, keys, false);
  }

  /** Takes the order of a collation; while the index is empty only. */
  void collate(BsonOrder collated) {
    if (!places.isEmpty()) {
      throw new IllegalStateException("the index is in use");
    }
    order = collated;
    places = new TreeMap<>(order);
  }

  BsonOrder order() {
    return order;
  }

  /** Where documents are, by their ids. A live view, for readers under the storage lock. */
  NavigableMap<Object, Integer> places() {
    return places;
  }

  @Override
  public synchronized void checkAdd(Document document, MongoCollection<Integer> collection) {
    if (places.containsKey(document.get(ID))) {
      throw duplicate(document, collection);
    }
  }

  @Override
  public synchronized void add(
      Document document, Integer position, MongoCollection<Integer> collection) {
    if (places.putIfAbsent(document.get(ID), position) != null) {
      throw duplicate(document, collection);
    }
  }

  private DuplicateKeyError duplicate(Document document, MongoCollection<Integer> collection) {
    return new DuplicateKeyError(this, collection, getKeys(), new KeyValue(document.get(ID)));
  }

  @Override
  public synchronized Integer remove(Document document) {
    return places.remove(document.get(ID));
  }

  @Override
  public synchronized Integer getPosition(Document document) {
    return places.get(document.get(ID));
  }

  /** A plain value is looked up as it is; the library would make a double of a decimal first. */
  @Override
  public synchronized Iterable<Integer> getPositions(Document query) {
    Object value = query.get(ID);
    boolean expression =
        value instanceof Document document
                && document.keySet().stream().anyMatch(name -> name.startsWith("$"))
            || BsonRegularExpression.isRegularExpression(value);
    if (expression) {
      return super.getPositions(query);
    }
    Integer position = places.get(value);
    return position == null ? List.of() : List.of(position);
  }

  @Override
  protected synchronized Integer getPosition(KeyValue key) {
    return places.get(key.get(0));
  }

  @Override
  protected synchronized boolean putKeyPosition(KeyValue key, Integer position) {
    return places.putIfAbsent(key.get(0), position) == null;
  }

  @Override
  protected synchronized Integer removeDocument(KeyValue key) {
    return places.remove(key.get(0));
  }

  @Override
  protected Iterable<Map.Entry<KeyValue, Integer>> getIterable() {
    return places.entrySet().stream()
        .map(entry -> Map.entry(new KeyValue(entry.getKey()), entry.getValue()))
        .toList();
  }

  @Override
  public long getCount() {
    return places.size();
  }

  @Override
  public long getDataSize() {
    return 0;
  }
}
