package dev.sluice.rabbit.stream;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Frames that are being written, one behind the other: numbers in network order, texts with their
 * length before them. Not thread-safe.
 */
public final class FrameBuffer {
  private static final int INITIAL_BYTES = 512;

  private byte[] bytes = new byte[INITIAL_BYTES];
  private int length;
  private int frame;

  /** Begins a frame of the first version of a command; {@link #end} fills in its length. */
  FrameBuffer begin(int key) {
    return begin(key, 1);
  }

  FrameBuffer begin(int key, int version) {
    frame = length;
    return int32(0).int16(key).int16(version);
  }

  FrameBuffer end() {
    putInt32(frame, length - frame - Integer.BYTES);
    return this;
  }

  public int length() {
    return length;
  }

  void reset() {
    length = 0;
  }

  public FrameBuffer int8(int value) {
    require(1);
    bytes[length++] = (byte) value;
    return this;
  }

  public FrameBuffer int16(int value) {
    require(Short.BYTES);
    bytes[length++] = (byte) (value >>> 8);
    bytes[length++] = (byte) value;
    return this;
  }

  public FrameBuffer int32(int value) {
    require(Integer.BYTES);
    length += Integer.BYTES;
    putInt32(length - Integer.BYTES, value);
    return this;
  }

  public FrameBuffer int64(long value) {
    return int32((int) (value >>> Integer.SIZE)).int32((int) value);
  }

  /** Overwrites four bytes that are there. */
  public void putInt32(int at, int value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }

  /** Overwrites a byte that is there. */
  public void putInt8(int at, int value) {
    bytes[at] = (byte) value;
  }

  /**
   * A text in UTF-8, with nothing before it. Of ASCII, which nearly all are, no bytes are made
   * beside these.
   *
   * @return how many bytes it has
   */
  public int text(String text) {
    int count = text.length();
    require(count);
    byte[] target = bytes;
    int at = length;
    for (int i = 0; i < count; i++) {
      char letter = text.charAt(i);
      if (letter >= 0x80) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        raw(utf8);
        return utf8.length;
      }
      target[at++] = (byte) letter;
    }
    length = at;
    return count;
  }

  FrameBuffer raw(byte[] more) {
    require(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
    return this;
  }

  /** A text with its size in two bytes before it. */
  FrameBuffer string(String text) {
    int start = length;
    int16(0);
    int size = text(text);
    bytes[start] = (byte) (size >>> 8);
    bytes[start + 1] = (byte) size;
    return this;
  }

  FrameBuffer strings(Map<String, String> texts) {
    int32(texts.size());
    texts.forEach((key, value) -> string(key).string(value));
    return this;
  }

  /** What was written, as it stands: not to be written to any more. */
  public ByteBuffer toBuffer() {
    return ByteBuffer.wrap(bytes, 0, length);
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, length);
  }

  private void require(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
