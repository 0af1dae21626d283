package dev.sluice.message;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.EventId;
import dev.sluice.change.Gap;
import dev.sluice.change.Namespace;
import dev.sluice.change.Operation;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.config.NamespacePattern;
import dev.sluice.config.Scope;
import dev.sluice.json.BsonJsonWriter;
import dev.sluice.json.Utf8Buffer;

/**
 * Writes what concerns a collection as a whole: its end (drop, rename, end of the database), how it
 * was made or changed, the end of the stream, and a gap. No document, so {@code _id} is null.
 *
 * <p>Of another collection that was renamed to a watched name, which is also how {@code $out} ends,
 * the server tells under that other name. It concerns those who follow the watched one, so it is
 * told under the watched name, as replaced.
 */
final class CollectionEnvelope {
  static final String GAP = "gap";

  private final EnvelopeSettings settings;
  private final Utf8Buffer out;
  private final MetadataWriter metadata;
  private final BsonJsonWriter json;

  CollectionEnvelope(
      EnvelopeSettings settings, Utf8Buffer out, MetadataWriter metadata, BsonJsonWriter json) {
    this.settings = settings;
    this.json = json;
    this.out = out;
    this.metadata = metadata;
  }

  /**
   * An invalidation has no namespace, and the end of a database no collection. Where one collection
   * alone is watched they concern that one; else it stays open (null) what they concern.
   */
  Namespace namespace(Change change) {
    Namespace own = change instanceof ChangeEvent event ? event.namespace() : null;
    if (replaced(change)) {
      return to((ChangeEvent) change);
    }
    if (own != null && own.collection() != null) {
      return own;
    }
    Scope scope = settings.scope();
    String database = own == null ? scope.database().orElse(null) : own.database();
    return database == null
        ? null
        : new Namespace(
            database, scope.only().flatMap(NamespacePattern::collectionName).orElse(null));
  }

  /** Whether a collection that is not watched has taken a watched one's name, and its place. */
  boolean replaced(Change change) {
    return change instanceof ChangeEvent event
        && event.operation() == Operation.RENAME
        && !isWatched(event.namespace())
        && isWatched(to(event));
  }

  private boolean isWatched(Namespace namespace) {
    return settings.scope().contains(namespace.database(), namespace.collection());
  }

  static String operation(Change change) {
    return change instanceof ChangeEvent event ? event.operation().text() : GAP;
  }

  static long clusterTime(Change change) {
    return change instanceof Gap gap
        ? gap.to().getValue()
        : ((ChangeEvent) change).int64(ChangeEvent.Field.CLUSTER_TIME);
  }

  void write(Change change, EventId eventId, String position) {
    Namespace namespace = namespace(change);
    boolean documentFormat = settings.format() == EventFormat.DOCUMENT;
    out.appendAscii("{\"_id\": null, ");
    if (documentFormat) {
      out.appendAscii("\"type\": ");
      Origin.writeName(namespace == null ? null : namespace.collection(), out);
      out.appendAscii(", \"entry_id\": null");
    } else {
      what(change, namespace);
    }
    out.appendAscii(", \"metadata\": {");
    metadata.begin(eventId);
    if (change instanceof ChangeEvent event) {
      metadata.times(event);
    } else {
      metadata.clusterTime(clusterTime(change));
    }
    metadata.position(position);
    metadata.end();
    if (documentFormat) {
      out.appendAscii(", ");
      what(change, namespace);
    }
    out.appendAscii("}}");
  }

  private void what(Change change, Namespace namespace) {
    out.appendAscii("\"operation\": \"");
    out.appendAscii(operation(change));
    out.appendAscii("\", ");
    Origin.writeNames(
        namespace == null ? null : namespace.database(),
        namespace == null ? null : namespace.collection(),
        out);
    if (change instanceof ChangeEvent event && event.operation() == Operation.RENAME) {
      names("to", to(event));
      if (replaced(event)) {
        names("from", event.namespace());
      }
    } else if (change instanceof ChangeEvent event && event.has(Field.OPERATION_DESCRIPTION)) {
      out.appendAscii(", \"operationDescription\": ");
      json.writeDocument(event.bytes(), event.offset(Field.OPERATION_DESCRIPTION), out);
    } else if (change instanceof Gap gap) {
      gap(gap);
    }
  }

  private void names(String key, Namespace namespace) {
    out.appendAscii(", \"");
    out.appendAscii(key);
    out.appendAscii("\": {");
    Origin.writeNames(namespace.database(), namespace.collection(), out);
    out.append('}');
  }

  private static Namespace to(ChangeEvent event) {
    if (!event.has(ChangeEvent.Field.TO)) {
      throw new IllegalArgumentException("a rename without its new name: " + event);
    }
    int to = event.offset(ChangeEvent.Field.TO);
    return new Namespace(text(event, to, "db"), text(event, to, "coll"));
  }

  private static String text(ChangeEvent event, int document, String key) {
    int value = event.find(document, key, BsonBytes.STRING);
    if (value < 0) {
      throw new IllegalArgumentException("a rename without its new name: " + event);
    }
    return BsonBytes.text(event.bytes(), value, event.bytes().length);
  }

  private void gap(Gap gap) {
    out.appendAscii(", \"gap\": {\"from\": ");
    if (gap.from().isPresent()) {
      metadata.quotedSeconds(gap.from().get().getTime());
    } else {
      out.appendAscii("null");
    }
    out.appendAscii(", \"to\": ");
    metadata.quotedSeconds(gap.to().getTime());
    out.appendAscii(", \"reason\": ");
    out.appendJsonString(gap.reason());
    out.append('}');
  }
}
