package dev.sluice.message;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.EventId;
import dev.sluice.change.Operation;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.View;
import dev.sluice.json.Utf8Buffer;
import dev.sluice.route.Routes;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes a change event as the message that is published: docs/MESSAGE_FORMAT.md is its
 * specification. The body is a {@link MessageFormat}'s; what all messages share is made here.
 *
 * <p>Not thread-safe: one for each encoder thread, which it serves without making garbage beyond
 * the message itself.
 */
public final class EnvelopeEncoder {
  private final EnvelopeSettings settings;
  private final Routes routes;
  private final DocumentId.Reader ids;
  private final Utf8Buffer out;
  private final MessageFormat format;
  private final MessageHeaders headers;

  /** Of the last event; null before the first. */
  private Origin origin;

  /** As the other one, without routes and with the default routing keys. */
  public EnvelopeEncoder(EnvelopeSettings settings, long maxMessageBytes) {
    this(settings, Routes.none(), maxMessageBytes);
  }

  /**
   * @param maxMessageBytes how large a body may be; writing stops there, so that an event never
   *     takes more memory than that, however much larger its JSON is than its BSON
   */
  public EnvelopeEncoder(EnvelopeSettings settings, Routes routes, long maxMessageBytes) {
    this.settings = settings;
    this.routes = routes;
    this.ids = new DocumentId.Reader(maxMessageBytes);
    this.out =
        new Utf8Buffer(maxMessageBytes, settings.compression(), settings.compressAboveBytes());
    this.headers = new MessageHeaders(settings.headers());
    this.format =
        switch (settings.format()) {
          case ENVELOPE -> new EnvelopeFormat(settings, out);
          case DOCUMENT -> new DocumentFormat(settings, out);
          case DEBEZIUM -> new DebeziumFormat(settings, out, maxMessageBytes);
          case DEBEZIUM_FLAT -> new DebeziumFlatFormat(settings, out);
          case CLOUDEVENTS -> new CloudEventsFormat(settings, out);
          case CLOUDEVENTS_BINARY -> new CloudEventsBinaryFormat(settings, out);
          case DYNAMODB -> new DynamoDbFormat(settings, out);
          case BSON -> new BsonFormat(settings, out);
        };
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
          : ofCollection(CollectionChange.of(change, settings.scope()));
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
    DocumentChange change =
        new DocumentChange(
            event, origin, id(event), event.id(), event.order().text(), settings.view());
    Address address = origin.address(event.operation(), routes);
    format.write(change);
    return message(
        format.content(change),
        change.eventId(),
        address.routingKey(event, change.id()),
        event.operation().text(),
        change.clusterTime(),
        with(
            with(
                headers.ofDocument(event, origin.namespace(), change.id(), change.position()),
                format.headers(change)),
            address.headers(event, change.id())),
        address.destination(event, change.id()));
  }

  private Message ofCollection(CollectionChange change) {
    Address address = Address.of(change.namespace(), change.operation(), routes);
    format.write(change);
    return message(
        format.content(change),
        change.eventId(),
        address.routingKey(),
        change.operation(),
        change.clusterTime(),
        with(
            with(
                headers.ofCollection(
                    change.operation(), change.namespace(), change.replaced(), change.position()),
                format.headers(change)),
            address.headers()),
        address.destination());
  }

  private static Map<String, Object> with(Map<String, Object> ours, Map<String, Object> further) {
    if (further.isEmpty()) {
      return ours;
    }
    Map<String, Object> all = new HashMap<>(ours);
    all.putAll(further);
    return all;
  }

  private Message message(
      Message.Content content,
      EventId eventId,
      String routingKey,
      String operation,
      long clusterTime,
      Map<String, Object> ownHeaders,
      Message.Destination destination) {
    return new Message(
        out.toBody(),
        out.isCompressed() ? content.in(settings.compression()) : content,
        eventId.value(),
        routingKey,
        operation,
        clusterTime >>> Integer.SIZE,
        ownHeaders,
        destination);
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

  private static boolean hasDocument(ChangeEvent event) {
    return event.has(Field.FULL_DOCUMENT) && event.type(Field.FULL_DOCUMENT) == BsonBytes.DOCUMENT;
  }

  static void require(boolean condition, String what, ChangeEvent event) {
    if (!condition) {
      throw without(what, event);
    }
  }

  private static IllegalArgumentException without(String what, ChangeEvent event) {
    return new IllegalArgumentException("an event without " + what + ": " + event);
  }

  private DocumentId id(ChangeEvent event) {
    int value = event.find(event.offset(Field.DOCUMENT_KEY), "_id");
    require(value >= 0, "an _id in its document key", event);
    // The type byte stands before the name and its closing zero.
    return ids.read(event.bytes()[value - "_id".length() - 2], event.bytes(), value);
  }
}
