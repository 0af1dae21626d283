package dev.sluice.rabbit.stream;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Frames that are being written, one behind the other: numbers in network order, texts with their
 * length before them. Not thread-safe.
 */
final class FrameBuffer {
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

  int length() {
    return length;
  }

  void reset() {
    length = 0;
  }

  FrameBuffer int8(int value) {
    require(1);
    bytes[length++] = (byte) value;
    return this;
  }

  FrameBuffer int16(int value) {
    require(Short.BYTES);
    bytes[length++] = (byte) (value >>> 8);
    bytes[length++] = (byte) value;
    return this;
  }

  FrameBuffer int32(int value) {
    require(Integer.BYTES);
    length += Integer.BYTES;
    putInt32(length - Integer.BYTES, value);
    return this;
  }

  FrameBuffer int64(long value) {
    return int32((int) (value >>> Integer.SIZE)).int32((int) value);
  }

  /** Overwrites four bytes that are there. */
  void putInt32(int at, int value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }

  FrameBuffer raw(byte[] more) {
    require(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
    return this;
  }

  FrameBuffer string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return int16(utf8.length).raw(utf8);
  }

  FrameBuffer strings(Map<String, String> texts) {
    int32(texts.size());
    texts.forEach((key, value) -> string(key).string(value));
    return this;
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
