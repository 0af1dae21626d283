package dev.sluice.prove;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.Delivery;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;

/** Reads a message of the format {@code envelope} as what the judge needs of it. */
final class ArrivalReader {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Of SHA-256: enough to tell any two bodies of a run apart. */
  private static final int DIGEST_BYTES = 12;

  private ArrivalReader() {}

  /**
   * @param at when it came
   * @throws IOException if the body is no JSON object
   */
  static Arrival read(Delivery delivery, long at) throws IOException {
    JsonNode body = MAPPER.readTree(delivery.getBody());
    if (!(body instanceof ObjectNode event)) {
      throw new IOException("The body is no JSON object");
    }
    JsonNode metadata = event.path("metadata");
    return new Arrival(
        at,
        String.valueOf(delivery.getProperties().getMessageId()),
        event.path("_id").asText(""),
        event.path("operation").asText("none"),
        sequence(event),
        clusterTime(metadata),
        delivery.getEnvelope().isRedeliver(),
        digest(delivery.getBody(), event));
  }

  /** An update tells what it set; what a lookup shows may be later than that. */
  private static int sequence(ObjectNode event) {
    JsonNode where =
        event.has("update") ? event.at("/update/updatedFields") : event.path("document");
    return where.path(Writers.SEQUENCE).asInt(Arrival.UNNUMBERED);
  }

  private static long clusterTime(JsonNode metadata) throws IOException {
    String time = metadata.path("clusterTime").asText("");
    if (time.isEmpty()) {
      throw new IOException("The message has no metadata.clusterTime");
    }
    return Instant.parse(time).getEpochSecond() << Integer.SIZE
        | metadata.path("clusterTimeIncrement").asLong();
  }

  /**
   * Of the bytes as they came, but for what may differ in a repeat: {@code capturedAt} tells when
   * the event was read, and a lookup shows the document as it was then.
   */
  private static String digest(byte[] bytes, ObjectNode event) throws IOException {
    boolean masked = false;
    if (event.path("metadata") instanceof ObjectNode metadata) {
      masked = metadata.remove("capturedAt") != null;
      if (metadata.path("documentSource").asText().equals("lookup")) {
        event.remove("document");
        masked = true;
      }
    }
    byte[] told = masked ? MAPPER.writeValueAsBytes(event) : bytes;
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(told);
      return Base64.getEncoder().encodeToString(digest).substring(0, DIGEST_BYTES * 4 / 3);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JVM has SHA-256", e);
    }
  }
}
