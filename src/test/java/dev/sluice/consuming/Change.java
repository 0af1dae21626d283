package dev.sluice.consuming;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.Delivery;
import java.io.IOException;
import java.time.OffsetDateTime;

// region: change
/** A message in the format envelope, as far as the recipes need it. */
public record Change(String messageId, JsonNode body) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SCHEMA = 1;

  public static Change of(Delivery delivery) throws IOException {
    return of(delivery.getProperties().getMessageId(), delivery.getBody());
  }

  public static Change of(String messageId, byte[] json) throws IOException {
    JsonNode body = JSON.readTree(json);
    int schema = body.at("/metadata/schema").asInt();
    if (schema != SCHEMA) {
      throw new IOException("Message " + messageId + " has schema " + schema + ", unknown here");
    }
    return new Change(messageId, body);
  }

  public String operation() {
    return body.get("operation").asText();
  }

  /** With {@link #idType} the key of the document; null where a change is of no one document. */
  public String id() {
    return body.get("_id").asText(null);
  }

  public String idType() {
    return body.at("/metadata/idType").asText(null);
  }

  public OffsetDateTime clusterTime() {
    return OffsetDateTime.parse(body.at("/metadata/clusterTime").asText());
  }

  /** Of two changes of one document the later one has the greater text; a repeat has the same. */
  public String position() {
    return body.at("/metadata/position").asText();
  }

  /** Missing on an update without lookup; null on a delete, and where a lookup found nothing. */
  public JsonNode document() {
    return body.path("document");
  }
}
// end region
