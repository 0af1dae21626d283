package dev.sluice.consume;

import dev.sluice.change.Namespace;
import dev.sluice.change.TraceParent;
import dev.sluice.message.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads messages in the formats {@code envelope} (also as the data of a CloudEvent in binary mode),
 * {@code document} and {@code debezium}, compressed or not, in any JSON mode. Which it is, each
 * message says by itself. For one thread.
 */
public final class EventReader {
  private static final Logger log = LoggerFactory.getLogger(EventReader.class);

  /** The version of the message format, {@code metadata.schema}. */
  private static final String SCHEMA = "1";

  private static final String HEARTBEAT = "heartbeat";
  private static final String BSON = "application/bson";

  /** What an envelope has that is neither key, document nor about the message itself. */
  private static final Set<String> OUTSIDE_OF_DETAILS =
      Set.of("_id", "operation", "database", "collection", "document", "documentKey", "metadata");

  /** What is Sluice's at the top of the format {@code document}, docs/FORMATS.md. */
  private static final Set<String> BESIDE_THE_DOCUMENT = Set.of("type", "entry_id", "metadata");

  /** What that format has among the metadata and the envelope beside the document. */
  private static final Set<String> DETAILS_IN_METADATA =
      Set.of(
          "to",
          "from",
          "gap",
          "snapshot",
          "operationDescription",
          "before",
          "events",
          "collections");

  private boolean warnedOfNoDocument;

  /**
   * The event; empty for a heartbeat. What later code asks of it is looked at here: there it would
   * not be this message's fault any more, but a bug that ends the consumer, again at each start.
   *
   * @throws UnreadableMessage if it is in none of these formats, or damaged
   */
  public Optional<Event> read(Message message) throws UnreadableMessage {
    if (message.type().equals(HEARTBEAT)) {
      return Optional.empty();
    }
    if (message.content().type().equals(BSON)) {
      throw foreign(message, "the format bson");
    }
    try {
      byte[] body = Inflation.inflated(message);
      Event event = read(message, Fields.of(body, 0, body.length));
      event.requireDetails();
      return Optional.of(withTrace(event, message));
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw UnreadableMessage.damaged(
          "The message " + message.messageId() + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Event withTrace(Event event, Message message) {
    String text = header(message, TraceParent.HEADER, "");
    return text.isEmpty() ? event : TraceParent.of(text).map(event::in).orElse(event);
  }

  private Event read(Message message, Fields body) throws IOException, UnreadableMessage {
    if (body.isObject("metadata")) {
      Fields metadata = Fields.of(body.get("metadata"));
      if (metadata.has("operation")) {
        return ofDocumentFormat(message, body, metadata);
      }
      if (body.text("operation") != null) {
        return ofEnvelope(message, body, metadata);
      }
    }
    if (body.isObject("source") && body.text("op") != null) {
      return ofDebezium(message, body, Fields.of(body.get("source")));
    }
    if (body.text("status") != null && body.has("data_collections")) {
      return ofDebeziumTransaction(message, body);
    }
    throw foreign(message, guess(body));
  }

  /** The end of a transaction has a form of its own there, and its place in the headers. */
  private static Event ofDebeziumTransaction(Message message, Fields body)
      throws UnreadableMessage {
    return new Event(
        messageId(null, message),
        EventType.COMMIT,
        null,
        null,
        position(header(message, "position", null), message),
        Event.State.NONE,
        null,
        body.all());
  }

  private static String guess(Fields body) {
    if (body.has("specversion")) {
      return "the format cloudevents";
    }
    if (body.has("dynamodb")) {
      return "the format dynamodb";
    }
    return body.has("__deleted") ? "the format debezium-flat" : "no format of Sluice's";
  }

  private static UnreadableMessage foreign(Message message, String what) {
    return UnreadableMessage.foreign(
        "The message "
            + message.messageId()
            + " is in "
            + what
            + "; sluice consume reads envelope, document and debezium (SLUICE_FORMAT)");
  }

  private static Event ofEnvelope(Message message, Fields body, Fields metadata)
      throws UnreadableMessage {
    requireSchema(message, metadata);
    EventType type = type(message, body.text("operation"));
    boolean hasOther =
        body.has("document") && !body.isObject("document") && !body.isNull("document");
    if (type.isOnDocument() && hasOther) {
      throw new IllegalArgumentException("its document is none");
    }
    Event.State state = state(type, body.isObject("document"), body.isNull("document"), metadata);
    return new Event(
        messageId(metadata.text("eventId"), message),
        type,
        namespace(body.text("database"), body.text("collection")),
        type.isOnDocument()
            ? key(body.text("_id"), metadata.text("idType"), body.get("documentKey"))
            : null,
        position(metadata.text("position"), message),
        state,
        state == Event.State.PRESENT ? body.get("document") : null,
        body.without(OUTSIDE_OF_DETAILS));
  }

  private static Event ofDocumentFormat(Message message, Fields body, Fields metadata)
      throws UnreadableMessage {
    requireSchema(message, metadata);
    EventType type = type(message, metadata.text("operation"));
    Map<String, Json> fields = body.without(BESIDE_THE_DOCUMENT);
    boolean there = metadata.has("documentSource") && !metadata.isNull("document");
    Event.State state = state(type, there, metadata.isNull("document"), metadata);
    Map<String, Json> details = new LinkedHashMap<>();
    for (String name : DETAILS_IN_METADATA) {
      if (metadata.has(name)) {
        details.put(name, metadata.get(name));
      }
    }
    return new Event(
        messageId(metadata.text("eventId"), message),
        type,
        namespace(metadata.text("database"), metadata.text("collection")),
        type.isOnDocument()
            ? key(body.text("_id"), metadata.text("idType"), metadata.get("documentKey"))
            : null,
        position(metadata.text("position"), message),
        state,
        state == Event.State.PRESENT ? object(fields) : null,
        details);
  }

  private static Json object(Map<String, Json> fields) {
    StringBuilder text = new StringBuilder("{");
    fields.forEach(
        (name, value) ->
            text.append(text.length() > 1 ? ", " : "")
                .append(JsonText.quoted(name))
                .append(": ")
                .append(value.text()));
    return Json.of(text.append('}').toString());
  }

  private Event ofDebezium(Message message, Fields body, Fields source)
      throws IOException, UnreadableMessage {
    EventType type =
        switch (body.text("op")) {
          case "c" -> EventType.INSERT;
          case "r" -> EventType.READ;
          case "d" -> EventType.DELETE;
          default -> type(message, header(message, "operation", message.type()));
        };
    Json document = type == EventType.DELETE ? null : after(body);
    if (document == null && type != EventType.DELETE && !warnedOfNoDocument) {
      warnedOfNoDocument = true;
      log.warn(
          "An {} in the format debezium came without its document. That is well if it has been"
              + " deleted since, which its delete will say; the format cannot tell that from a"
              + " pipeline with SLUICE_UPDATE_LOOKUP=false, which this consumer cannot follow",
          type.text());
    }
    Map<String, Json> details = new LinkedHashMap<>();
    if (body.isObject("updateDescription")) {
      details.put("updateDescription", body.get("updateDescription"));
    }
    Event.State state =
        type == EventType.DELETE
            ? Event.State.DELETED
            : document == null ? Event.State.NOT_FOUND : Event.State.PRESENT;
    return new Event(
        messageId(null, message),
        type,
        namespace(source.text("db"), source.text("collection")),
        key(
            header(message, "id", header(message, "key", null)),
            header(message, "idType", null),
            null),
        position(header(message, "position", null), message),
        state,
        document,
        details);
  }

  /** The text in it is a document by itself, which the scan of the message has not looked into. */
  private static Json after(Fields body) throws IOException {
    if (!body.has("after") || body.isNull("after")) {
      return null;
    }
    String text = body.text("after");
    if (text == null) {
      throw new IllegalArgumentException("its document is no text");
    }
    return JsonScan.objectOfOlderForm(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Event.State state(
      EventType type, boolean isThere, boolean isNull, Fields metadata) {
    if (!type.isOnDocument()) {
      return Event.State.NONE;
    }
    if (type == EventType.DELETE) {
      return Event.State.DELETED;
    }
    if (isThere) {
      return Event.State.PRESENT;
    }
    if (!isNull) {
      return Event.State.NOT_SENT;
    }
    return "expired".equals(metadata.text("documentSource"))
        ? Event.State.EXPIRED
        : Event.State.NOT_FOUND;
  }

  private static void requireSchema(Message message, Fields metadata) throws UnreadableMessage {
    String schema = metadata.has("schema") ? metadata.get("schema").text() : "none";
    if (!schema.equals(SCHEMA)) {
      throw UnreadableMessage.foreign(
          "The message "
              + message.messageId()
              + " has the schema "
              + schema
              + ", and this version of sluice consume reads schema "
              + SCHEMA
              + ": take the version of the pipeline that publishes");
    }
  }

  private static EventType type(Message message, String operation) throws UnreadableMessage {
    return EventType.of(operation)
        .orElseThrow(
            () ->
                UnreadableMessage.foreign(
                    "The message "
                        + message.messageId()
                        + " is of an operation that this version of sluice consume does not know,"
                        + " \""
                        + operation
                        + "\": take the version of the pipeline that publishes"));
  }

  private static String position(String text, Message message) throws UnreadableMessage {
    if (text == null) {
      throw UnreadableMessage.foreign(
          "The message "
              + message.messageId()
              + " has no position, and without one it cannot be told which of two changes is newer:"
              + " SLUICE_HEADERS=none leaves it out in the format debezium (set minimal), and a"
              + " version of Sluice that had none yet");
    }
    return text;
  }

  private static String messageId(String eventId, Message message) {
    return eventId == null ? message.messageId() : eventId;
  }

  private static Namespace namespace(String database, String collection) {
    return database == null ? null : new Namespace(database, collection);
  }

  private static DocumentKey key(String id, String type, Json documentKey) {
    if (id == null || type == null) {
      throw new IllegalArgumentException("it does not say which document it is of");
    }
    if (documentKey != null && !documentKey.begins('{')) {
      throw new IllegalArgumentException("its documentKey is none");
    }
    return documentKey == null
        ? new DocumentKey(id, type)
        : DocumentKey.whole(documentKey.text(), type);
  }

  private static String header(Message message, String name, String otherwise) {
    Object value = message.headers().get(name);
    return value == null ? otherwise : value.toString();
  }
}
