package dev.sluice.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.Delivery;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** The body of a message as a consumer reads it that goes by {@code content-encoding}. */
final class DeliveredJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private DeliveredJson() {}

  static JsonNode of(Delivery delivery) throws IOException {
    boolean gzipped = "gzip".equals(delivery.getProperties().getContentEncoding());
    return MAPPER.readTree(
        gzipped
            ? new GZIPInputStream(new ByteArrayInputStream(delivery.getBody())).readAllBytes()
            : delivery.getBody());
  }
}
