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
import dev.sluice.config.KeyTemplate;
import dev.sluice.config.View;
import dev.sluice.json.BsonJsonWriter;
import dev.sluice.json.Utf8Buffer;
import dev.sluice.route.RoutingKeys;
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
  private static final int UUID_LENGTH = 16;

  private static final byte[] ID = Utf8Buffer.ascii("_id\0");

  /** In the format {@code document} these too are ours, whatever the document has there. */
  private static final byte[][] OUR_FIELDS = {
    Utf8Buffer.ascii("type\0"), Utf8Buffer.ascii("entry_id\0"), Utf8Buffer.ascii("metadata\0")
  };

  private final EnvelopeSettings settings;
  private final RoutingKeys routingKeys;
  private final BsonJsonWriter json;
  private final DocumentId.Reader ids;
  private final Utf8Buffer out;
  private final MetadataWriter metadata;
  private final CollectionEnvelope ofCollections;
  private final MessageHeaders headers = new MessageHeaders();

  /** Of the last event; null before the first. */
  private Origin origin;

  /** As the other one, with the routing keys that most have. */
  public EnvelopeEncoder(EnvelopeSettings settings, long maxMessageBytes) {
    this(settings, new RoutingKeys(KeyTemplate.DEFAULT), maxMessageBytes);
  }

  /**
   * @param maxMessageBytes how large a body may be; writing stops there, so that an event never
   *     takes more memory than that, however much larger its JSON is than its BSON
   */
  public EnvelopeEncoder(EnvelopeSettings settings, RoutingKeys routingKeys, long maxMessageBytes) {
    this.settings = settings;
    this.routingKeys = routingKeys;
    this.json = new BsonJsonWriter(settings.json());
    this.ids = new DocumentId.Reader(maxMessageBytes);
    this.out = new Utf8Buffer(maxMessageBytes, settings.gzipAboveBytes());
    this.metadata = new MetadataWriter(settings.pipeline(), out);
    this.ofCollections = new CollectionEnvelope(settings, out, metadata, json);
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
    requireComplete(event, settings.view());
    DocumentId id = id(event);
    EventId eventId = event.id();
    if (settings.format() == EventFormat.DOCUMENT) {
      writeDocumentFormat(event, id, eventId);
    } else {
      writeEnvelope(event, id, eventId);
    }
    return message(
        eventId,
        routingKeys.isOfOrigin()
            ? origin.routingKey(event.operation(), routingKeys)
            : routingKeys.of(event, origin.namespace(), id.text()),
        event.operation().text(),
        event.int64(Field.CLUSTER_TIME),
        headers.ofDocument(event, origin.namespace(), id));
  }

  private Message ofCollection(Change change) {
    Namespace namespace = ofCollections.namespace(change);
    String operation = CollectionEnvelope.operation(change);
    EventId eventId = change.id();
    ofCollections.write(change, eventId);
    return message(
        eventId,
        routingKeys.of(namespace, operation),
        operation,
        CollectionEnvelope.clusterTime(change),
        headers.ofCollection(operation, namespace, ofCollections.replaced(change)));
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

  private static void requireComplete(ChangeEvent event, View view) {
    Operation operation = event.operation();
    require(event.has(Field.DOCUMENT_KEY), "a document key", event);
    require(event.has(Field.CLUSTER_TIME), "a cluster time", event);
    if (!view.hasNewImage()) {
      return;
    }
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

  private void writeEnvelope(ChangeEvent event, DocumentId id, EventId eventId) {
    out.appendAscii("{\"_id\": ");
    out.appendJsonString(id.text());
    writeWhat(event);
    writeDocument(event, id);
    writeBefore(event, id);
    if (event.has(Field.UPDATE_DESCRIPTION)) {
      writeUpdate(event);
    }
    out.appendAscii(", \"metadata\": {");
    writeMetadata(event, id, eventId);
    out.appendAscii("}}");
  }

  /** The document's own fields at the top, as those who know the original tutorial expect them. */
  private void writeDocumentFormat(ChangeEvent event, DocumentId id, EventId eventId) {
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
    writeMetadata(event, id, eventId);
    writeWhat(event);
    if (lacksDocument(event)) {
      out.appendAscii(", \"document\": null");
    }
    writeBefore(event, id);
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
  private boolean lacksDocument(ChangeEvent event) {
    return event.operation() == Operation.DELETE && settings.view().hasNewImage()
        || event.has(Field.FULL_DOCUMENT) && !hasDocument(event);
  }

  private void writeDocument(ChangeEvent event, DocumentId id) {
    if (hasDocument(event)) {
      out.appendAscii(", \"document\": ");
      writeImage(event, Field.FULL_DOCUMENT, id);
    } else if (lacksDocument(event)) {
      out.appendAscii(", \"document\": null");
    }
  }

  private void writeImage(ChangeEvent event, Field image, DocumentId id) {
    out.appendAscii("{\"_id\": ");
    out.appendJsonString(id.text());
    writeFields(event.bytes(), event.offset(image));
    out.append('}');
  }

  private void writeBefore(ChangeEvent event, DocumentId id) {
    if (!hasBefore(event)) {
      return;
    }
    out.appendAscii(", \"before\": ");
    if (isKept(event)) {
      writeImage(event, Field.BEFORE, id);
    } else {
      out.appendAscii("null");
    }
  }

  /** Before an insert there was nothing. */
  private boolean hasBefore(ChangeEvent event) {
    return settings.view().hasOldImage() && event.operation() != Operation.INSERT;
  }

  private static boolean isKept(ChangeEvent event) {
    return event.has(Field.BEFORE) && event.type(Field.BEFORE) == BsonBytes.DOCUMENT;
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

  private void writeMetadata(ChangeEvent event, DocumentId id, EventId eventId) {
    metadata.begin(eventId);
    metadata.idType(id.type());
    metadata.times(event);
    if (settings.view() != View.NEW_IMAGE) {
      out.appendAscii(", \"view\": \"");
      out.appendAscii(settings.view().name());
      out.append('"');
    }
    if (event.operation() != Operation.DELETE && event.has(Field.FULL_DOCUMENT)) {
      out.appendAscii(", \"documentSource\": \"");
      out.appendAscii(event.documentSource().text());
      out.append('"');
    }
    if (hasBefore(event)) {
      out.appendAscii(
          isKept(event) ? ", \"beforeSource\": \"pre_image\"" : ", \"beforeSource\": \"expired\"");
    }
    if (event.has(Field.TRANSACTION_NUMBER)) {
      writeTransaction(event);
    }
    metadata.end();
  }

  /** The session's id is a UUID in a binary value (drivers' sessions specification). */
  private void writeTransaction(ChangeEvent event) {
    out.appendAscii(", \"transaction\": {\"lsid\": \"");
    out.appendUuid(event.bytes(), sessionUuid(event));
    out.appendAscii("\", \"number\": ");
    out.appendDecimal(event.int64(Field.TRANSACTION_NUMBER));
    out.append('}');
  }

  private static int sessionUuid(ChangeEvent event) {
    require(event.has(Field.SESSION), "a session of its transaction", event);
    int binary = event.find(event.offset(Field.SESSION), "id", BsonBytes.BINARY);
    require(binary >= 0, "the id of its session", event);
    int length = BsonBytes.binaryLength(event.bytes(), binary, event.bytes().length);
    require(length == UUID_LENGTH, "the UUID of its session", event);
    return binary + Integer.BYTES + 1;
  }
}
