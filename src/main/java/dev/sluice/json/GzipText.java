package dev.sluice.json;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/**
 * A text that is compressed while it is written (RFC 1952), so that the whole of it is never in
 * memory. The same text always gives the same bytes, in whatever pieces it comes: the compressor
 * looks ahead as far as it needs to before it decides. Not thread-safe.
 */
final class GzipText {
  private final Utf8Buffer compressed;
  private final GZIPOutputStream gzip;

  /**
   * @param maxBytes how large it may be when compressed
   */
  GzipText(long maxBytes) {
    compressed = new Utf8Buffer(maxBytes);
    try {
      gzip = new GZIPOutputStream(into(compressed));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static OutputStream into(Utf8Buffer buffer) {
    return new OutputStream() {
      @Override
      public void write(int value) {
        buffer.append((byte) value);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        buffer.append(bytes, offset, length);
      }
    };
  }

  /**
   * @throws TextTooLargeException if it is too large even when compressed
   */
  void write(byte[] bytes, int length) {
    try {
      gzip.write(bytes, 0, length);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** The end of the text; gives it compressed. */
  byte[] finish() {
    try {
      gzip.close();
    } catch (IOException e) {
      throw failed(e);
    }
    return compressed.toByteArray();
  }

  private static UncheckedIOException failed(IOException e) {
    return new UncheckedIOException("memory does not fail", e);
  }
}
