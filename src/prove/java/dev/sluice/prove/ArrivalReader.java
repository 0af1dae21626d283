package dev.sluice.prove;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.Delivery;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;

/**
 * Reads a message of the format {@code envelope}, or one that was parked, as what the judge needs
 * of it. Stateless.
 */
final class ArrivalReader {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** What {@code metadata.documentSource} says of a document that is as the change left it. */
  private static final Set<String> EXACT = Set.of("event", "post_image");

  private final String queue;
  private final Optional<HiddenText> hidden;

  /**
   * @param queue whose messages they are
   * @param hidden what must not be in any of them
   */
  ArrivalReader(String queue, Optional<HiddenText> hidden) {
    this.queue = queue;
    this.hidden = hidden;
  }

  /**
   * @param at when it came
   * @return one that is {@link Arrival#UNREADABLE} if the message is none of Sluice's
   */
  Arrival read(Delivery delivery, long at) {
    List<String> leaks = hidden.map(text -> text.in(delivery)).orElse(List.of());
    try {
      return isParked(delivery) ? parked(delivery, at, leaks) : published(delivery, at, leaks);
    } catch (IOException | RuntimeException unreadable) {
      return Arrival.unreadable(at, queue, unreadable.toString(), leaks);
    }
  }

  private static boolean isParked(Delivery delivery) {
    return headers(delivery).containsKey("parkedReason");
  }

  private static Map<String, Object> headers(Delivery delivery) {
    Map<String, Object> headers = delivery.getProperties().getHeaders();
    return headers == null ? Map.of() : headers;
  }

  private Arrival published(Delivery delivery, long at, List<String> leaks) throws IOException {
    JsonNode body = MAPPER.readTree(delivery.getBody());
    if (!(body instanceof ObjectNode message)) {
      throw new IOException("The body is no JSON object");
    }
    JsonNode metadata = message.path("metadata");
    String position = metadata.path("position").asText("");
    if (position.isEmpty()) {
      throw new IOException("The message has no metadata.position");
    }
    if (!position.equals(String.valueOf(headers(delivery).get("position")))) {
      throw new IOException("The header position is not metadata.position");
    }
    Arrival.Event event =
        new Arrival.Event(
            new Subject(
                message.path("database").asText("") + "." + message.path("collection").asText(""),
                message.path("_id").asText("")),
            message.path("operation").asText("none"),
            sequence(message),
            position,
            transaction(metadata),
            counts(message),
            images(message, metadata));
    return arrival(delivery, at, event, digest(delivery.getBody(), message), leaks);
  }

  private Arrival arrival(
      Delivery delivery, long at, Arrival.Event event, String digest, List<String> leaks) {
    return new Arrival(
        at,
        queue,
        delivery.getEnvelope().isRedeliver(),
        String.valueOf(delivery.getProperties().getMessageId()),
        event,
        digest,
        leaks,
        String.valueOf(headers(delivery).getOrDefault(Arrival.PARTITION_HEADER, "")));
  }

  /** Only first inserts are ever too large (docs/PARKING.md has what is left of such a change). */
  private Arrival parked(Delivery delivery, long at, List<String> leaks) throws IOException {
    Map<String, Object> headers = headers(delivery);
    BsonDocument change =
        switch (String.valueOf(headers.get("parkedBody"))) {
          case "event" -> new RawBsonDocument(delivery.getBody());
          case "pointer" -> BsonDocument.parse(new String(delivery.getBody(), "UTF-8"));
          default -> throw new IOException("It was parked as " + headers.get("parkedBody"));
        };
    Arrival.Event event =
        new Arrival.Event(
            new Subject(
                headers.get("database") + "." + headers.get("collection"),
                change.getDocument("documentKey").getString("_id").getValue()),
            String.valueOf(headers.get("operation")),
            0,
            "",
            Optional.empty(),
            Map.of(),
            Arrival.Images.NONE);
    return arrival(delivery, at, event, Digest.of(delivery.getBody()), leaks);
  }

  /** An update tells what it set; what a lookup shows may be later than that. */
  private static int sequence(ObjectNode message) {
    JsonNode where =
        message.has("update") ? message.at("/update/updatedFields") : message.path("document");
    return where.path(Contents.SEQUENCE).asInt(Arrival.UNNUMBERED);
  }

  private static Optional<String> transaction(JsonNode metadata) {
    JsonNode transaction = metadata.path("transaction");
    return transaction.isObject()
        ? Optional.of(transaction.path("lsid").asText() + "/" + transaction.path("number").asText())
        : Optional.empty();
  }

  /** By the names of collections. */
  private static Map<String, Long> counts(ObjectNode message) {
    Map<String, Long> counts = new TreeMap<>();
    for (JsonNode each : message.path("collections")) {
      String namespace = each.path("database").asText() + "." + each.path("collection").asText();
      counts.merge(namespace, each.path("events").asLong(), Long::sum);
    }
    return counts;
  }

  private static Arrival.Images images(ObjectNode message, JsonNode metadata) throws IOException {
    boolean exact = EXACT.contains(metadata.path("documentSource").asText());
    return new Arrival.Images(
        image(message.path("before")), exact ? image(message.path("document")) : Optional.empty());
  }

  private static Optional<String> image(JsonNode document) throws IOException {
    return document.isObject()
        ? Optional.of(Digest.of(MAPPER.writeValueAsBytes(document)))
        : Optional.empty();
  }

  /**
   * Of the bytes as they came, but for what may differ in a repeat: {@code capturedAt} tells when
   * the event was read, and a lookup shows the document as it was then.
   */
  private static String digest(byte[] bytes, ObjectNode message) throws IOException {
    boolean masked = false;
    if (message.path("metadata") instanceof ObjectNode metadata) {
      masked = metadata.remove("capturedAt") != null;
      if (metadata.path("documentSource").asText().equals("lookup")) {
        message.remove("document");
        masked = true;
      }
    }
    return Digest.of(masked ? MAPPER.writeValueAsBytes(message) : bytes);
  }
}
