package dev.sluice.message;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.CorruptBsonException;
import dev.sluice.change.Namespace;
import dev.sluice.change.Oversized;
import dev.sluice.change.TraceParent;
import dev.sluice.route.Routes;
import dev.sluice.route.Way;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;

/**
 * Writes what cannot be published as a message for the parking queue: under the id that it would
 * have had, with the reason, and with as much of it as fits, so that it can be published once the
 * cause is gone. docs/PARKING.md has the form. Called on the encoder's thread only.
 */
public final class ParkedMessages {
  /** Why it is parked: {@code poison}, {@code oversized} or {@code unroutable}. */
  public static final String REASON = "parkedReason";

  /** One sentence. */
  public static final String ERROR = "parkedError";

  /** What the body is: {@code message}, {@code event} (BSON) or {@code pointer}. */
  public static final String BODY = "parkedBody";

  /**
   * The routing key under which it would have been published; none where that depends on a document
   * that could not be read.
   */
  public static final String ROUTING_KEY = "parkedRoutingKey";

  /** The exchange that it would have gone to, where that is a route's. */
  public static final String EXCHANGE = "parkedExchange";

  /** Of what a consumer has parked and not the pipeline: the consumer's name. */
  public static final String PARKED_BY = "parkedBy";

  /** Of what a consumer had parked and was given back to it: which release that was. */
  public static final String RELEASED = "released";

  /** The priority and the expiration that it would have had, where it would have had any. */
  public static final String PRIORITY = "parkedPriority";

  public static final String EXPIRATION = "parkedExpiration";

  private static final String POINTER = "pointer";

  /** All headers have to fit one frame, and a driver's message may be a page. */
  private static final int LONGEST_ERROR = 1_000;

  /** Where there was no room: what is refused stands in the log as well. */
  private static final int SHORT_ERROR = 200;

  /**
   * Characters: the longest that we write is a document's key of 64 KiB, at three bytes for each.
   */
  private static final int LONGEST_HEADER = 22_000;

  /** So all those begin that a parked message has for that. */
  private static final String PREFIX = "parked";

  private final String parkingQueue;
  private final Routes routes;
  private final long maxMessageBytes;

  /** As the other one, without routes and with the default routing keys. */
  public ParkedMessages(String parkingQueue, long maxMessageBytes) {
    this(parkingQueue, Routes.none(), maxMessageBytes);
  }

  /**
   * @param maxMessageBytes what is larger leaves a pointer in its place
   */
  public ParkedMessages(String parkingQueue, Routes routes, long maxMessageBytes) {
    this.parkingQueue = parkingQueue;
    this.routes = routes;
    this.maxMessageBytes = maxMessageBytes;
  }

  /**
   * The message without headers that are not ours, and with less of its error: of one whose headers
   * no longer fit a frame with those of a parked message. One of ours that is this long is not by
   * us.
   */
  public static Message withOwnHeaders(Message message) {
    Map<String, Object> headers = new HashMap<>(message.headers());
    headers.computeIfPresent(ERROR, (name, error) -> shortened(error.toString(), SHORT_ERROR));
    headers
        .entrySet()
        .removeIf(
            header ->
                !isOurs(header.getKey()) || header.getValue().toString().length() > LONGEST_HEADER);
    return new Message(
        message.body(),
        message.content(),
        message.messageId(),
        message.routingKey(),
        message.type(),
        message.timestampSeconds(),
        headers,
        message.destination());
  }

  private static boolean isOurs(String header) {
    return header.startsWith(PREFIX)
        || header.equals(RELEASED)
        || header.equals(TraceParent.HEADER)
        || MessageHeaders.isOne(header);
  }

  private static String shortened(String error, int longest) {
    return error.length() <= longest ? error : error.substring(0, longest) + "…";
  }

  /** A message that RabbitMQ would not have, or that is too large for it. */
  public Message of(Change change, Message message, String reason, String error) {
    Map<String, Object> headers = headers(message, reason, error);
    if (message.body().length > maxMessageBytes) {
      return pointer(change, error, message.body().length, headers);
    }
    headers.put(BODY, "message");
    return new Message(
        message.body(),
        message.content(),
        message.messageId(),
        parkingQueue,
        message.type(),
        message.timestampSeconds(),
        headers,
        Message.Destination.PARKING);
  }

  /** A change of which no message could be made. */
  public Message of(Change change, String reason, String error) {
    Map<String, Object> headers = headers(origin(change), reason, error);
    if (change instanceof ChangeEvent event && event.sizeBytes() <= maxMessageBytes) {
      headers.put(BODY, "event");
      byte[] bson =
          Arrays.copyOfRange(event.bytes(), event.start(), event.start() + event.sizeBytes());
      return parked(bson, Message.Content.BSON, change, headers);
    }
    return pointer(change, error, change.sizeBytes(), headers);
  }

  /** A message of which RabbitMQ would not have as much as the other methods leave of it. */
  public Message pointerTo(Change change, Message message, String reason, String error) {
    Map<String, Object> headers = headers(message, reason, error);
    return pointer(change, error, message.body().length, headers);
  }

  /** A change of which no message could be made, and whose bytes RabbitMQ would not have. */
  public Message pointerTo(Change change, String reason, String error) {
    return pointer(change, error, change.sizeBytes(), headers(origin(change), reason, error));
  }

  /** Where a parked message, whose headers these are, would have gone. */
  public static Message.Destination destination(Map<String, Object> headers) {
    return new Message.Destination(
        false,
        Optional.ofNullable(headers.get(EXCHANGE)).map(Object::toString),
        Optional.ofNullable(headers.get(PRIORITY)).map(text -> Integer.valueOf(text.toString())),
        Optional.ofNullable(headers.get(EXPIRATION)).map(Object::toString));
  }

  /** Whether there is nothing left that could be taken away to make it fit. */
  public static boolean isPointer(Message message) {
    return message.destination().isParking() && POINTER.equals(message.headers().get(BODY));
  }

  private static Map<String, Object> headers(Message message, String reason, String error) {
    Map<String, Object> headers = headers(message.headers(), reason, error);
    headers.put(ROUTING_KEY, message.routingKey());
    Message.Destination destination = message.destination();
    destination.exchange().ifPresent(exchange -> headers.put(EXCHANGE, exchange));
    destination.priority().ifPresent(priority -> headers.put(PRIORITY, priority.toString()));
    destination.expiration().ifPresent(expiration -> headers.put(EXPIRATION, expiration));
    return headers;
  }

  private static Map<String, Object> headers(Map<String, Object> own, String reason, String error) {
    Map<String, Object> headers = new HashMap<>(own);
    headers.put(REASON, reason);
    headers.put(ERROR, shortened(error, LONGEST_ERROR));
    return headers;
  }

  /** Where it comes from and would have gone, as far as a change can tell that was not encoded. */
  private Map<String, Object> origin(Change change) {
    ChangeEvent event = keysOf(change);
    Namespace namespace;
    try {
      namespace = event == null ? null : event.namespace();
    } catch (CorruptBsonException | IllegalArgumentException damaged) {
      return Map.of();
    }
    if (namespace == null || namespace.collection() == null) {
      return Map.of();
    }
    String operation = event.operation().text();
    Map<String, Object> headers = new HashMap<>();
    headers.put("operation", operation);
    headers.put("database", namespace.database());
    headers.put("collection", namespace.collection());
    Way way = routes.of(namespace, operation);
    if (way.routingKeys().isOfOrigin()) {
      headers.put(ROUTING_KEY, way.routingKeys().of(namespace, operation));
    }
    way.exchange().ifPresent(exchange -> headers.put(EXCHANGE, exchange));
    return headers;
  }

  /** What is needed to find the event again, in relaxed Extended JSON. */
  private Message pointer(Change change, String error, long bytes, Map<String, Object> headers) {
    headers.put(BODY, POINTER);
    BsonDocument pointer = new BsonDocument();
    if (keysOf(change) != null) {
      ChangeEvent event = keysOf(change);
      pointer.append("operation", new BsonString(event.operation().text()));
      pointer.append("ns", value(event, ChangeEvent.Field.NAMESPACE));
      pointer.append("documentKey", value(event, ChangeEvent.Field.DOCUMENT_KEY));
      pointer.append("clusterTime", clusterTime(event));
      pointer.append("resumeToken", event.token().toBson());
    }
    pointer.append("bytes", new BsonInt32((int) Math.min(bytes, Integer.MAX_VALUE)));
    pointer.append("error", new BsonString(error));
    byte[] body = pointer.toJson().getBytes(StandardCharsets.UTF_8);
    return parked(body, Message.Content.JSON, change, headers);
  }

  private static ChangeEvent keysOf(Change change) {
    return change instanceof Oversized oversized
        ? oversized.keys()
        : change instanceof ChangeEvent event ? event : null;
  }

  private static BsonValue value(ChangeEvent event, ChangeEvent.Field field) {
    if (!event.has(field)) {
      return BsonNull.VALUE;
    }
    int from = event.offset(field);
    try {
      int to = BsonBytes.documentEnd(event.bytes(), from, event.bytes().length);
      return BsonDocument.parse(new RawBsonDocument(event.bytes(), from, to - from).toJson());
    } catch (RuntimeException damaged) {
      return BsonNull.VALUE;
    }
  }

  private static BsonValue clusterTime(ChangeEvent event) {
    return event.has(ChangeEvent.Field.CLUSTER_TIME)
        ? new BsonTimestamp(event.int64(ChangeEvent.Field.CLUSTER_TIME))
        : BsonNull.VALUE;
  }

  private Message parked(
      byte[] body, Message.Content content, Change change, Map<String, Object> headers) {
    ChangeEvent keys = keysOf(change);
    return new Message(
        body,
        content,
        change.id().value(),
        parkingQueue,
        CollectionChange.operation(keys == null ? change : keys),
        change
            .position()
            .clusterTime()
            .map(time -> Integer.toUnsignedLong(time.getTime()))
            .orElse(0L),
        headers,
        Message.Destination.PARKING);
  }
}
