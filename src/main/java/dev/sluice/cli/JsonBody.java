package dev.sluice.cli;

import com.rabbitmq.client.Delivery;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Content;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** The JSON of a message, whether its body was compressed or not. */
final class JsonBody {
  private JsonBody() {}

  /**
   * Of a message as a consumer gets it.
   *
   * @throws IOException if it is not compressed as its {@code content-encoding} says
   */
  static byte[] of(Delivery delivery) throws IOException {
    String encoding = delivery.getProperties().getContentEncoding();
    return Content.GZIPPED_JSON.encoding().equals(encoding)
        ? inflated(delivery.getBody())
        : delivery.getBody();
  }

  /**
   * Of one of ours.
   *
   * @throws IOException if it is not compressed as it says
   */
  static byte[] of(Message message) throws IOException {
    return message.content().isGzipped() ? inflated(message.body()) : message.body();
  }

  private static byte[] inflated(byte[] body) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return in.readAllBytes();
    }
  }
}
