package dev.sluice.envelope;

import java.util.Map;
import java.util.Objects;

/**
 * A message ready to be published. Vendor-neutral: the names are AMQP's.
 *
 * @param body JSON in UTF-8; not to be written to
 * @param messageId the event id: the same whenever this event is published again
 * @param type the operation
 * @param timestampSeconds when the change was committed, in seconds since 1970
 * @param headers short texts only, so that all of them fit one frame
 */
public record Message(
    byte[] body,
    String messageId,
    String routingKey,
    String type,
    long timestampSeconds,
    Map<String, Object> headers) {
  public Message {
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(messageId, "messageId");
    Objects.requireNonNull(routingKey, "routingKey");
    Objects.requireNonNull(type, "type");
    headers = Map.copyOf(headers);
  }

  public static final String CONTENT_TYPE = "application/json";
  public static final String APP_ID = "sluice";

  /** Its size, never its body, which is somebody's data. */
  @Override
  public String toString() {
    return type + " " + messageId + " (" + body.length + " bytes)";
  }
}
