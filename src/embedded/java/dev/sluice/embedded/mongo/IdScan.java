package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.backend.DefaultQueryMatcher;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A {@code find} along the index on {@code _id}: in its order, between bounds, and as of a time if
 * the client wants that. Used under the storage lock only.
 */
final class IdScan {

  private final Storage storage;

  IdScan(Storage storage) {
    this.storage = storage;
  }

  /** Whether the find asks for what only a walk along the index gives. */
  static boolean suits(Invocation call, ReadConcern concern) {
    return concern.at().isPresent()
        || call.body().containsKey("hint")
        || call.body().containsKey("min")
        || call.body().containsKey("max");
  }

  /** The documents, each read when it is asked for. */
  Iterator<Document> run(Invocation call, RecordedCollection collection, ReadConcern concern) {
    Namespace namespace = call.namespace();
    BsonOrder order = collection.ids().order();
    IdRange bounds = IdRange.of(call, order, storage.indexes(namespace));
    Document filter = call.document("filter", new Document());
    Optional<Object> one = onlyId(filter);
    IdRange range = one.isPresent() ? IdRange.ofOne(one.get()) : bounds;
    Predicate<Document> wanted = matching(filter, order);
    if (one.isPresent()) {
      wanted = wanted.and(found -> bounds.contains(found.get("_id"), order));
    }
    Stream<Document> found = stream(documents(call, collection, range, concern)).filter(wanted);
    found = sorted(found, call.document("sort", new Document()));
    found = found.skip(call.integer("skip", 0));
    int limit = Math.abs(call.integer("limit", 0));
    return projected(call, limit == 0 ? found : found.limit(limit)).iterator();
  }

  private static Stream<Document> projected(Invocation call, Stream<Document> found) {
    Document fields = call.document("projection", new Document());
    return fields.isEmpty() ? found : found.map(new Projection(fields)::apply);
  }

  private static Stream<Document> stream(Iterator<Document> documents) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(documents, Spliterator.ORDERED), false);
  }

  private static Stream<Document> sorted(Stream<Document> found, Document sort) {
    if (sort.isEmpty() || sort.containsKey("$natural")) {
      return found;
    }
    if (sort.size() != 1 || !(sort.get("_id") instanceof Number direction)) {
      throw new ServerError(
          238, "NotImplemented", "the embedded set sorts such a find by _id only");
    }
    if (direction.intValue() > 0) {
      return found;
    }
    List<Document> all = new ArrayList<>(found.toList());
    Collections.reverse(all);
    return all.stream();
  }

  /** The id that a filter asks for with a plain value. */
  private static Optional<Object> onlyId(Document filter) {
    Object id = filter.get("_id");
    return id == null || isExpression(id) ? Optional.empty() : Optional.of(id);
  }

  private static boolean isExpression(Object value) {
    return value instanceof Document document
        && document.keySet().stream().anyMatch(name -> name.startsWith("$"));
  }

  /** Whether ids are equal is the index's to say; the engine has its own mind about numbers. */
  private static Predicate<Document> matching(Document filter, BsonOrder order) {
    Document rest = new Document(filter);
    Predicate<Document> byId = found -> true;
    Optional<Object> one = onlyId(filter);
    if (one.isPresent()) {
      rest.remove("_id");
      byId = found -> order.compare(found.get("_id"), one.get()) == 0;
    } else if (rest.get("_id") instanceof Document condition
        && condition.size() == 1
        && condition.containsKey("$ne")) {
      rest.remove("_id");
      Object not = condition.get("$ne");
      byId = found -> order.compare(found.get("_id"), not) != 0;
    }
    if (rest.isEmpty()) {
      return byId;
    }
    DefaultQueryMatcher matcher = new DefaultQueryMatcher();
    return byId.and(found -> Storage.translating(() -> matcher.matches(found, rest)));
  }

  private Iterator<Document> documents(
      Invocation call, RecordedCollection collection, IdRange range, ReadConcern concern) {
    IdIndex ids = collection.ids();
    Map<Object, Integer> places = range.of(ids.places());
    Iterator<Map.Entry<Object, Integer>> now = places.entrySet().iterator();
    if (concern.at().isEmpty()) {
      return stream(now, collection).iterator();
    }
    OpTime at = concern.at().get();
    storage.history().requireReadable(at, storage.lastApplied());
    CollectionInfo info = storage.catalog().find(call.namespace()).orElseThrow();
    if (!storage.catalog().wasThere(info, at)) {
      return Collections.emptyIterator();
    }
    Map<Object, Document> then =
        storage
            .history()
            .changedSince(info.uuid(), at, ids.order(), id -> range.contains(id, ids.order()));
    return then.isEmpty()
        ? stream(now, collection).iterator()
        : new Merge(now, then, collection, ids.order());
  }

  private static Stream<Document> stream(
      Iterator<Map.Entry<Object, Integer>> places, RecordedCollection collection) {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(places, Spliterator.ORDERED), false)
        .map(entry -> collection.at(entry.getValue()));
  }

  /** What is there now, with what has changed since put back to what it was. */
  private static final class Merge implements Iterator<Document> {

    private final Iterator<Map.Entry<Object, Integer>> now;
    private final Iterator<Map.Entry<Object, Document>> then;
    private final RecordedCollection collection;
    private final BsonOrder order;
    private Map.Entry<Object, Integer> current;
    private Map.Entry<Object, Document> former;
    private Document next;

    Merge(
        Iterator<Map.Entry<Object, Integer>> now,
        Map<Object, Document> then,
        RecordedCollection collection,
        BsonOrder order) {
      this.now = now;
      this.then = then.entrySet().iterator();
      this.collection = collection;
      this.order = order;
      this.current = following(now);
      this.former = following(this.then);
      advance();
    }

    private static <T> T following(Iterator<T> iterator) {
      return iterator.hasNext() ? iterator.next() : null;
    }

    private void advance() {
      next = null;
      while (next == null && (current != null || former != null)) {
        int side =
            current == null
                ? 1
                : former == null ? -1 : order.compare(current.getKey(), former.getKey());
        next = side < 0 ? collection.at(current.getValue()) : former.getValue();
        if (side <= 0) {
          current = following(now);
        }
        if (side >= 0) {
          former = following(then);
        }
      }
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public Document next() {
      Document found = next;
      advance();
      return found;
    }
  }
}
