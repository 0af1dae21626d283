package dev.sluice.json;

import dev.sluice.config.Compression;
import io.airlift.compress.zstd.ZstdCompressor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/**
 * A text that is compressed while it is written, so that the whole of it is never in memory. The
 * same pieces always give the same bytes. Not thread-safe.
 *
 * <p>With zstd each piece is a frame of its own (RFC 8878, 3: frames one behind the other are one
 * text). The library's stream would make one frame of all, but needs 8 MB of heap for it and finds
 * little to repeat beyond the first 4 MB.
 */
final class CompressedText {
  private final Utf8Buffer compressed;

  /** Null for zstd. */
  private final GZIPOutputStream gzip;

  /**
   * @param maxBytes how large it may be when compressed
   */
  CompressedText(Compression compression, long maxBytes) {
    compressed = new Utf8Buffer(maxBytes);
    try {
      gzip = compression == Compression.ZSTD ? null : new GZIPOutputStream(into(compressed));
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
      if (gzip == null) {
        writeFrame(bytes, length);
      } else {
        gzip.write(bytes, 0, length);
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void writeFrame(byte[] bytes, int length) {
    ZstdCompressor compressor = new ZstdCompressor();
    byte[] frame = new byte[compressor.maxCompressedLength(length)];
    compressed.append(frame, 0, compressor.compress(bytes, 0, length, frame, 0, frame.length));
  }

  /** The end of the text; gives it compressed. */
  byte[] finish() {
    try {
      if (gzip != null) {
        gzip.close();
      }
    } catch (IOException e) {
      throw failed(e);
    }
    return compressed.toByteArray();
  }

  private static UncheckedIOException failed(IOException e) {
    return new UncheckedIOException("memory does not fail", e);
  }
}
