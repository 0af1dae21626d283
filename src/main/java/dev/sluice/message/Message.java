package dev.sluice.message;

import dev.sluice.config.Compression;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A message ready to be published. Vendor-neutral: the names are AMQP's.
 *
 * @param body not to be written to
 * @param content what the body is
 * @param messageId the event id: the same whenever this event is published again
 * @param type the operation
 * @param timestampSeconds when the change was committed, in seconds since 1970
 * @param headers short texts only, so that all of them fit one frame
 * @param destination where it goes
 */
public record Message(
    byte[] body,
    Content content,
    String messageId,
    String routingKey,
    String type,
    long timestampSeconds,
    Map<String, Object> headers,
    Destination destination) {
  /**
   * What a body is: its {@code content-type} and {@code content-encoding}.
   *
   * @param encoding empty if the body is not encoded
   */
  public record Content(String type, String encoding) {
    public static final Content JSON = new Content("application/json", "");
    public static final Content GZIPPED_JSON = JSON.in(Compression.GZIP);
    public static final Content BSON = new Content("application/bson", "");

    public Content {
      Objects.requireNonNull(type, "type");
      Objects.requireNonNull(encoding, "encoding");
    }

    /** The same, compressed. */
    public Content in(Compression compression) {
      return new Content(type, compression.encoding());
    }

    /** Whether a person can read it, once it is inflated. */
    public boolean isJson() {
      return !type.equals(BSON.type);
    }
  }

  /**
   * Where a message goes, and what the queue there is to make of it.
   *
   * @param exchange its name, empty for the default exchange; nothing for that of the settings
   * @param priority from 0 to 255
   * @param expiration how long a queue keeps it, in milliseconds as AMQP writes them
   */
  public record Destination(
      boolean isParking,
      Optional<String> exchange,
      Optional<Integer> priority,
      Optional<String> expiration) {
    /** To all who want it, by its routing key and the exchange of the settings. */
    public static final Destination EXCHANGE =
        new Destination(false, Optional.empty(), Optional.empty(), Optional.empty());

    /** To the queue of what could not be published, for as long as it takes. */
    public static final Destination PARKING =
        new Destination(true, Optional.empty(), Optional.empty(), Optional.empty());

    public Destination {
      Objects.requireNonNull(exchange, "exchange");
      Objects.requireNonNull(priority, "priority");
      Objects.requireNonNull(expiration, "expiration");
    }

    /** To the exchange of this name. */
    public static Destination to(String exchange) {
      return new Destination(false, Optional.of(exchange), Optional.empty(), Optional.empty());
    }
  }

  public Message {
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(content, "content");
    Objects.requireNonNull(messageId, "messageId");
    Objects.requireNonNull(routingKey, "routingKey");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(destination, "destination");
    headers = HeaderTable.copyOf(headers);
  }

  public static final String APP_ID = "sluice";

  /** The same with one header more. */
  public Message with(String header, Object value) {
    Map<String, Object> all = new HashMap<>(headers);
    all.put(header, value);
    return new Message(
        body, content, messageId, routingKey, type, timestampSeconds, all, destination);
  }

  /** Its size, never its body, which is somebody's data. */
  @Override
  public String toString() {
    return type + " " + messageId + " (" + body.length + " bytes)";
  }
}
