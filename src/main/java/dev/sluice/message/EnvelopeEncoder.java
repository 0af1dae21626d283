package dev.sluice.message;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.EventId;
import dev.sluice.change.Namespace;
import dev.sluice.change.Operation;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.json.BsonJsonWriter;
import dev.sluice.json.Utf8Buffer;
import java.util.Arrays;
import java.util.Map;

/**
 * Writes a change event as the message that is published: docs/MESSAGE_FORMAT.md is its
 * specification, {@code change-event.schema.json} its schema.
 *
 * <p>Not thread-safe: one for each encoder thread, which it serves without making garbage beyond
 * the message itself.
 */
public final class EnvelopeEncoder {
  private static final byte[] ID = Utf8Buffer.ascii("_id\0");

  /** In the format {@code document} these too are ours, whatever the document has there. */
  private static final byte[][] OUR_FIELDS = {
    Utf8Buffer.ascii("type\0"), Utf8Buffer.ascii("entry_id\0"), Utf8Buffer.ascii("metadata\0")
  };

  private final EnvelopeSettings settings;
  private final BsonJsonWriter json;
  private final DocumentId.Reader ids;
  private final Utf8Buffer out;
  private final MetadataWriter metadata;
  private final CollectionEnvelope ofCollections;
  private final MessageHeaders headers = new MessageHeaders();

  /** Of the last event; null before the first. */
  private Origin origin;

  /**
   * @param maxMessageBytes how large a body may be; writing stops there, so that an event never
   *     takes more memory than that, however much larger its JSON is than its BSON
   */
  public EnvelopeEncoder(EnvelopeSettings settings, long maxMessageBytes) {
    this.settings = settings;
    this.json = new BsonJsonWriter(settings.json());
    this.ids = new DocumentId.Reader(maxMessageBytes);
    this.out = new Utf8Buffer(maxMessageBytes, settings.gzipAboveBytes());
    this.metadata = new MetadataWriter(settings.pipeline(), out);
    this.ofCollections = new CollectionEnvelope(settings, out, metadata);
  }

  /**
   * The message for a change.
   *
   * @throws dev.sluice.change.CorruptBsonException if the event's BSON is damaged
   * @throws IllegalArgumentException if the event lacks what MongoDB gives every such event
   * @throws dev.sluice.json.TextTooLargeException if the body is larger than it may be
   */
  public Message encode(Change change) {
    try {
      return change instanceof ChangeEvent event && event.operation().isOnDocument()
          ? ofDocument(event)
          : ofCollection(change);
    } finally {
      // Now, not before the next one: it may be long until that comes, and this one large.
      out.reset();
    }
  }

  private Message ofDocument(ChangeEvent event) {
    if (origin == null || !origin.isOf(event)) {
      origin = Origin.of(event);
    }
    requireComplete(event);
    DocumentId id = id(event);
    EventId eventId = event.id();
    String position = event.order().text();
    if (settings.format() == EventFormat.DOCUMENT) {
      writeDocumentFormat(event, id, eventId, position);
    } else {
      writeEnvelope(event, id, eventId, position);
    }
    return message(
        eventId,
        origin.routingKey(event.operation()),
        event.operation().text(),
        event.int64(Field.CLUSTER_TIME),
        headers.ofDocument(event, origin.namespace(), id, position));
  }

  private Message ofCollection(Change change) {
    Namespace namespace = ofCollections.namespace(change);
    String operation = CollectionEnvelope.operation(change);
    EventId eventId = change.id();
    String position = change.order().text();
    ofCollections.write(change, eventId, position);
    return message(
        eventId,
        RoutingKey.of(namespace, operation),
        operation,
        CollectionEnvelope.clusterTime(change),
        headers.ofCollection(operation, namespace, position, ofCollections.replaced(change)));
  }

  private Message message(
      EventId eventId,
      String routingKey,
      String operation,
      long clusterTime,
      Map<String, Object> ownHeaders) {
    return new Message(
        out.toBody(),
        out.isGzipped() ? Message.Content.GZIPPED_JSON : Message.Content.JSON,
        eventId.value(),
        routingKey,
        operation,
        clusterTime >>> Integer.SIZE,
        ownHeaders,
        Message.Destination.EXCHANGE);
  }

  private static void requireComplete(ChangeEvent event) {
    Operation operation = event.operation();
    require(event.has(Field.DOCUMENT_KEY), "a document key", event);
    require(event.has(Field.CLUSTER_TIME), "a cluster time", event);
    if (operation == Operation.UPDATE) {
      require(event.has(Field.UPDATE_DESCRIPTION), "an update description", event);
    } else if (operation != Operation.DELETE) {
      require(hasDocument(event), "its full document", event);
    }
  }

  static void require(boolean condition, String what, ChangeEvent event) {
    if (!condition) {
      throw new IllegalArgumentException("an event without " + what + ": " + event);
    }
  }

  private DocumentId id(ChangeEvent event) {
    int value = event.find(event.offset(Field.DOCUMENT_KEY), "_id");
    require(value >= 0, "an _id in its document key", event);
    // The type byte stands before the name and its closing zero.
    return ids.read(event.bytes()[value - "_id".length() - 2], event.bytes(), value);
  }

  private void writeEnvelope(ChangeEvent event, DocumentId id, EventId eventId, String position) {
    out.appendAscii("{\"_id\": ");
    out.appendJsonString(id.text());
    writeWhat(event);
    writeDocumentKey(event, id);
    writeDocument(event, id);
    if (event.operation() == Operation.UPDATE) {
      writeUpdate(event);
    }
    out.appendAscii(", \"metadata\": {");
    writeMetadata(event, id, eventId, position);
    out.appendAscii("}}");
  }

  /** The document's own fields at the top, as those who know the original tutorial expect them. */
  private void writeDocumentFormat(
      ChangeEvent event, DocumentId id, EventId eventId, String position) {
    out.appendAscii("{\"_id\": ");
    out.appendJsonString(id.text());
    if (hasDocument(event)) {
      writeFields(event.bytes(), event.offset(Field.FULL_DOCUMENT));
    }
    out.appendAscii(", \"type\": ");
    out.appendJsonString(origin.namespace().collection());
    out.appendAscii(", \"entry_id\": ");
    out.appendJsonString(id.text());
    out.appendAscii(", \"metadata\": {");
    writeMetadata(event, id, eventId, position);
    writeWhat(event);
    writeDocumentKey(event, id);
    if (lacksDocument(event)) {
      out.appendAscii(", \"document\": null");
    }
    out.appendAscii("}}");
  }

  private void writeWhat(ChangeEvent event) {
    out.appendAscii(", \"operation\": \"");
    out.appendAscii(event.operation().text());
    out.appendAscii("\", ");
    out.append(origin.names());
  }

  private static boolean hasDocument(ChangeEvent event) {
    return event.operation() != Operation.DELETE
        && event.has(Field.FULL_DOCUMENT)
        && event.type(Field.FULL_DOCUMENT) == BsonBytes.DOCUMENT;
  }

  /** After a delete, and when a lookup found nothing: where a reader must know that it is gone. */
  private static boolean lacksDocument(ChangeEvent event) {
    return event.operation() == Operation.DELETE
        || event.has(Field.FULL_DOCUMENT) && !hasDocument(event);
  }

  /** Only of a sharded collection it has more than the {@code _id}, which is written as always. */
  private void writeDocumentKey(ChangeEvent event, DocumentId id) {
    byte[] bytes = event.bytes();
    int key = event.offset(Field.DOCUMENT_KEY);
    if (hasMoreThanId(bytes, key)) {
      out.appendAscii(", \"documentKey\": {\"_id\": ");
      out.appendJsonString(id.text());
      int end = BsonBytes.documentEnd(bytes, key, bytes.length) - 1;
      int at = key + Integer.BYTES;
      while (at < end) {
        int value = BsonBytes.cStringEnd(bytes, at + 1, end) + 1;
        at =
            isName(ID, bytes, at + 1, end)
                ? BsonBytes.skipValue(bytes[at], bytes, value, end)
                : json.writeFurtherField(bytes, at, end, out);
      }
      out.append('}');
    }
  }

  private static boolean hasMoreThanId(byte[] bytes, int key) {
    int end = BsonBytes.documentEnd(bytes, key, bytes.length) - 1;
    int first = key + Integer.BYTES;
    int value = BsonBytes.cStringEnd(bytes, first + 1, end) + 1;
    return BsonBytes.skipValue(bytes[first], bytes, value, end) < end;
  }

  private void writeDocument(ChangeEvent event, DocumentId id) {
    if (hasDocument(event)) {
      out.appendAscii(", \"document\": {\"_id\": ");
      out.appendJsonString(id.text());
      writeFields(event.bytes(), event.offset(Field.FULL_DOCUMENT));
      out.append('}');
    } else if (lacksDocument(event)) {
      out.appendAscii(", \"document\": null");
    }
  }

  /** All fields of the document that are not written otherwise, each with a comma before it. */
  private void writeFields(byte[] bytes, int document) {
    int end = BsonBytes.documentEnd(bytes, document, bytes.length) - 1;
    int at = document + Integer.BYTES;
    while (at < end) {
      if (isOurs(bytes, at + 1, end)) {
        int value = BsonBytes.cStringEnd(bytes, at + 1, end) + 1;
        at = BsonBytes.skipValue(bytes[at], bytes, value, end);
      } else {
        at = json.writeFurtherField(bytes, at, end, out);
      }
    }
  }

  private boolean isOurs(byte[] bytes, int name, int limit) {
    if (isName(ID, bytes, name, limit)) {
      return true;
    }
    if (settings.format() == EventFormat.DOCUMENT) {
      for (byte[] field : OUR_FIELDS) {
        if (isName(field, bytes, name, limit)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * @param field the name with the zero that ends it
   */
  private static boolean isName(byte[] field, byte[] bytes, int name, int limit) {
    return bytes[name] == field[0]
        && limit - name >= field.length
        && Arrays.equals(field, 0, field.length, bytes, name, name + field.length);
  }

  private void writeUpdate(ChangeEvent event) {
    int description = event.offset(Field.UPDATE_DESCRIPTION);
    out.appendAscii(", \"update\": {\"updatedFields\": ");
    writeOr(event, description, "updatedFields", BsonBytes.DOCUMENT, "{}");
    out.appendAscii(", \"removedFields\": ");
    writeOr(event, description, "removedFields", BsonBytes.ARRAY, "[]");
    out.appendAscii(", \"truncatedArrays\": ");
    writeOr(event, description, "truncatedArrays", BsonBytes.ARRAY, "[]");
    out.append('}');
  }

  private void writeOr(ChangeEvent event, int document, String key, byte type, String otherwise) {
    int value = event.find(document, key, type);
    if (value < 0) {
      out.appendAscii(otherwise);
    } else {
      json.writeValue(type, event.bytes(), value, out);
    }
  }

  private void writeMetadata(ChangeEvent event, DocumentId id, EventId eventId, String position) {
    metadata.begin(eventId);
    metadata.idType(id.type());
    metadata.times(event);
    metadata.position(position);
    if (event.operation() != Operation.DELETE && event.has(Field.FULL_DOCUMENT)) {
      out.appendAscii(", \"documentSource\": \"");
      out.appendAscii(event.operation() == Operation.UPDATE ? "lookup" : "event");
      out.append('"');
    }
    if (event.has(Field.TRANSACTION_NUMBER)) {
      metadata.transaction(event);
    }
    metadata.end();
  }
}
