package dev.sluice.shape;

import dev.sluice.change.BsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A BSON document that grows, in a buffer that is used again. Not thread-safe. */
final class BsonOutput {
  private static final int INITIAL = 4096;

  /** A buffer that a large document has made larger is given up behind it. */
  private static final int KEPT = 256 * 1024;

  private byte[] bytes = new byte[INITIAL];
  private int size;

  void reset() {
    size = 0;
    if (bytes.length > KEPT) {
      bytes = new byte[INITIAL];
    }
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Begins a document; what comes back is to be handed to {@link #end}. */
  int begin() {
    int start = size;
    reserve(Integer.BYTES);
    size += Integer.BYTES;
    return start;
  }

  void end(int start) {
    reserve(1);
    bytes[size++] = 0;
    int length = size - start;
    for (int i = 0; i < Integer.BYTES; i++) {
      bytes[start + i] = (byte) (length >>> 8 * i);
    }
  }

  void name(byte type, String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    reserve(utf8.length + 2);
    bytes[size++] = type;
    append(utf8, 0, utf8.length);
    bytes[size++] = 0;
  }

  void string(String name, String text) {
    name(BsonBytes.STRING, name);
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    reserve(Integer.BYTES + utf8.length + 1);
    for (int i = 0; i < Integer.BYTES; i++) {
      bytes[size++] = (byte) (utf8.length + 1 >>> 8 * i);
    }
    append(utf8, 0, utf8.length);
    bytes[size++] = 0;
  }

  void append(byte[] source, int from, int length) {
    reserve(length);
    System.arraycopy(source, from, bytes, size, length);
    size += length;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, Math.min(bytes.length, 1 << 29) * 2));
    }
  }
}
