package dev.sluice.cli;

import com.rabbitmq.client.Delivery;
import dev.sluice.change.CorruptBsonException;
import dev.sluice.config.JsonMode;
import dev.sluice.json.BsonJsonWriter;
import dev.sluice.json.Utf8Buffer;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Content;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** A message's body as JSON, whether it was compressed or not; one in BSON as Extended JSON. */
final class JsonBody {
  private JsonBody() {}

  /**
   * Of a message as a consumer gets it.
   *
   * @throws IOException if it is not compressed as its {@code content-encoding} says
   */
  static byte[] of(Delivery delivery) throws IOException {
    String encoding = delivery.getProperties().getContentEncoding();
    byte[] body =
        Content.GZIPPED_JSON.encoding().equals(encoding)
            ? inflated(delivery.getBody())
            : delivery.getBody();
    return Content.BSON.type().equals(delivery.getProperties().getContentType())
        ? json(body)
        : body;
  }

  /**
   * Of one of ours.
   *
   * @throws IOException if it is not compressed as it says
   */
  static byte[] of(Message message) throws IOException {
    return message.content().isGzipped() ? inflated(message.body()) : message.body();
  }

  private static byte[] json(byte[] bson) throws IOException {
    Utf8Buffer json = new Utf8Buffer();
    try {
      new BsonJsonWriter(JsonMode.RELAXED).writeDocument(bson, 0, json);
    } catch (CorruptBsonException e) {
      throw new IOException(e);
    }
    return json.toByteArray();
  }

  private static byte[] inflated(byte[] body) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return in.readAllBytes();
    }
  }
}
