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
  /**
   * Of the heap, for one body: it is there twice for a moment, while another one waits and a third
   * is applied. 100 KB may be made of more than any heap has, and {@code SLUICE_MAX_MESSAGE_BYTES},
   * which may have the same share, is the limit of what is compressed.
   */
  private static final int PART_OF_HEAP = 6;

  private static final int MOST_BYTES =
      (int) Math.min(1 << 30, Runtime.getRuntime().maxMemory() / PART_OF_HEAP);

  private Inflation() {}

  /**
   * @throws IOException if it is not compressed as its {@code content-encoding} says, or in another
   *     way than Sluice does, or if it is larger than the heap allows
   */
  static byte[] inflated(Message message) throws IOException {
    return inflated(message, MOST_BYTES);
  }

  /**
   * @param most bytes of what was compressed, below {@link Integer#MAX_VALUE}
   */
  static byte[] inflated(Message message, int most) throws IOException {
    String encoding = message.content().encoding();
    if (encoding.isEmpty()) {
      return message.body();
    }
    ByteArrayInputStream bytes = new ByteArrayInputStream(message.body());
    if (encoding.equals(Compression.GZIP.encoding())) {
      try (InputStream in = new GZIPInputStream(bytes)) {
        return read(in, most);
      }
    }
    if (encoding.equals(Compression.ZSTD.encoding())) {
      try (InputStream in = new ZstdInputStream(bytes)) {
        return read(in, most);
      } catch (RuntimeException e) {
        throw new IOException("it is no zstd", e);
      }
    }
    throw new IOException("its content-encoding " + encoding + " is unknown");
  }

  private static byte[] read(InputStream in, int most) throws IOException {
    byte[] body = in.readNBytes(most + 1);
    if (body.length > most) {
      throw new IOException(
          "it was larger than "
              + most
              + " bytes before it was compressed, which is the part of the heap that one may have:"
              + " give Java a larger -Xmx, and release it");
    }
    return body;
  }
}
