package dev.sluice.consume;

import dev.sluice.config.Compression;
import dev.sluice.message.Message;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Bodies as they were before they were compressed. */
final class Inflation {
  private Inflation() {}

  /**
   * @throws IOException if it is not compressed as its {@code content-encoding} says, or in another
   *     way than Sluice does
   */
  static byte[] inflated(Message message) throws IOException {
    String encoding = message.content().encoding();
    if (encoding.isEmpty()) {
      return message.body();
    }
    ByteArrayInputStream bytes = new ByteArrayInputStream(message.body());
    if (encoding.equals(Compression.GZIP.encoding())) {
      try (InputStream in = new GZIPInputStream(bytes)) {
        return in.readAllBytes();
      }
    }
    if (encoding.equals(Compression.ZSTD.encoding())) {
      try (InputStream in = new ZstdInputStream(bytes)) {
        return in.readAllBytes();
      } catch (RuntimeException e) {
        throw new IOException("it is no zstd", e);
      }
    }
    throw new IOException("its content-encoding " + encoding + " is unknown");
  }
}
