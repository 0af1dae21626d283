package dev.sluice.cli;

import com.rabbitmq.client.Delivery;
import dev.sluice.change.CorruptBsonException;
import dev.sluice.config.Compression;
import dev.sluice.config.JsonMode;
import dev.sluice.json.BsonJsonWriter;
import dev.sluice.json.Utf8Buffer;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Content;
import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
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
    byte[] body = inflated(encoding, delivery.getBody());
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
    return inflated(message.content().encoding(), message.body());
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

  /**
   * @param encoding null or empty for none
   */
  private static byte[] inflated(String encoding, byte[] body) throws IOException {
    ByteArrayInputStream bytes = new ByteArrayInputStream(body);
    if (Compression.GZIP.encoding().equals(encoding)) {
      try (InputStream in = new GZIPInputStream(bytes)) {
        return in.readAllBytes();
      }
    }
    if (Compression.ZSTD.encoding().equals(encoding)) {
      try (InputStream in = new ZstdInputStream(bytes)) {
        return in.readAllBytes();
      } catch (MalformedInputException e) {
        throw new IOException(e);
      }
    }
    return body;
  }
}
