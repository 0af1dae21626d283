package dev.sluice.message;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.EventId;
import dev.sluice.change.Gap;
import dev.sluice.change.Namespace;
import dev.sluice.change.Operation;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.json.Utf8Buffer;

/**
 * Writes what concerns the collection as a whole: its end (drop, rename, end of the database), the
 * end of its stream, and a gap. No document, so {@code _id} is null.
 *
 * <p>Of another collection that was renamed to the watched name, which is also how {@code $out}
 * ends, the server tells under that other name. It concerns those who follow the watched one, so it
 * is told under the watched name, as replaced.
 */
final class CollectionEnvelope {
  static final String GAP = "gap";

  private final EnvelopeSettings settings;
  private final Namespace watched;
  private final Utf8Buffer out;
  private final MetadataWriter metadata;

  CollectionEnvelope(EnvelopeSettings settings, Utf8Buffer out, MetadataWriter metadata) {
    this.settings = settings;
    this.watched = new Namespace(settings.database(), settings.collection());
    this.out = out;
    this.metadata = metadata;
  }

  /** An invalidation has no namespace, and the end of a database no collection. */
  Namespace namespace(Change change) {
    Namespace own = change instanceof ChangeEvent event ? event.namespace() : null;
    if (own == null || replaced(change)) {
      return watched;
    }
    return own.collection() == null ? new Namespace(own.database(), watched.collection()) : own;
  }

  /** Whether another collection has taken the watched one's name, and its place. */
  boolean replaced(Change change) {
    return change instanceof ChangeEvent event
        && event.operation() == Operation.RENAME
        && !watched.equals(event.namespace())
        && watched.equals(to(event));
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
      out.appendJsonString(namespace.collection());
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
    Origin.writeNames(namespace.database(), namespace.collection(), out);
    if (change instanceof ChangeEvent event && event.operation() == Operation.RENAME) {
      names("to", to(event));
      if (replaced(event)) {
        names("from", event.namespace());
      }
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
