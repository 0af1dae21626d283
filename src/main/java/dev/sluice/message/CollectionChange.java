package dev.sluice.message;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.Commit;
import dev.sluice.change.EventId;
import dev.sluice.change.Namespace;
import dev.sluice.change.Operation;
import dev.sluice.change.SnapshotNotice;
import dev.sluice.config.NamespacePattern;
import dev.sluice.config.Scope;
import java.util.List;

/**
 * What concerns a collection as a whole: its end (drop, rename, end of the database), how it was
 * made or changed, the end of the stream, and a gap; and the end of a transaction, which concerns
 * several.
 *
 * <p>Of another collection that was renamed to a watched name, which is also how {@code $out} ends,
 * the server tells under that other name. It concerns those who follow the watched one, so it is
 * told under the watched name, as replaced.
 *
 * @param namespace null for everything that is watched
 * @param replaced whether a collection that is not watched has taken a watched one's name
 * @param position as {@link dev.sluice.change.ChangePosition#text} has it
 */
record CollectionChange(
    Change change, Namespace namespace, boolean replaced, EventId eventId, String position) {
  private static final String GAP = "gap";

  static CollectionChange of(Change change, Scope scope) {
    if (change instanceof Commit) {
      return new CollectionChange(change, null, false, change.id(), change.order().text());
    }
    boolean replaced = replaced(change, scope);
    return new CollectionChange(
        change,
        replaced ? newName((ChangeEvent) change) : namespace(change, scope),
        replaced,
        change.id(),
        change.order().text());
  }

  /**
   * An invalidation has no namespace, and the end of a database no collection. Where one collection
   * alone is watched they concern that one; else it stays open (null) what they concern.
   */
  private static Namespace namespace(Change change, Scope scope) {
    if (change instanceof SnapshotNotice notice) {
      return common(notice.namespaces());
    }
    Namespace own = change instanceof ChangeEvent event ? event.namespace() : null;
    if (own != null && own.collection() != null) {
      return own;
    }
    String database = own == null ? scope.database().orElse(null) : own.database();
    return database == null
        ? null
        : new Namespace(
            database, scope.only().flatMap(NamespacePattern::collectionName).orElse(null));
  }

  /** What all of them have in common. */
  private static Namespace common(List<Namespace> all) {
    if (all.size() == 1) {
      return all.get(0);
    }
    List<String> databases = all.stream().map(Namespace::database).distinct().toList();
    return databases.size() == 1 ? new Namespace(databases.get(0), null) : null;
  }

  private static boolean replaced(Change change, Scope scope) {
    return change instanceof ChangeEvent event
        && event.operation() == Operation.RENAME
        && !isWatched(event.namespace(), scope)
        && isWatched(newName(event), scope);
  }

  private static boolean isWatched(Namespace namespace, Scope scope) {
    return scope.contains(namespace.database(), namespace.collection());
  }

  /** The name of a renamed collection; the event must be a rename. */
  static Namespace newName(ChangeEvent event) {
    EnvelopeEncoder.require(event.has(Field.TO), "its new name", event);
    int to = event.offset(Field.TO);
    return new Namespace(text(event, to, "db"), text(event, to, "coll"));
  }

  private static String text(ChangeEvent event, int document, String key) {
    int value = event.find(document, key, BsonBytes.STRING);
    EnvelopeEncoder.require(value >= 0, "its new name", event);
    return BsonBytes.text(event.bytes(), value, event.bytes().length);
  }

  /** As an event names it, or as we name what is no event of the server's. */
  String operation() {
    return operation(change);
  }

  static String operation(Change change) {
    if (change instanceof ChangeEvent event) {
      return event.operation().text();
    }
    if (change instanceof SnapshotNotice notice) {
      return notice.kind().text();
    }
    return change instanceof Commit ? Commit.OPERATION : GAP;
  }

  /** Null for everything that is watched. */
  String database() {
    return namespace == null ? null : namespace.database();
  }

  /** Null for all of a database, or everything that is watched. */
  String collection() {
    return namespace == null ? null : namespace.collection();
  }

  /** A BSON timestamp: seconds in the upper half, the increment in the lower. */
  long clusterTime() {
    return change.order().clusterTime();
  }
}
