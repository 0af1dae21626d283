package dev.sluice.snapshot;

import dev.sluice.change.BsonBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Which fields of a document, beside the {@code _id}, a sharded cluster goes by. The events of the
 * document have them in their {@code documentKey}, and so has what a snapshot reads.
 *
 * @param paths in the order of the shard key, with points between names; none where a document is
 *     known by its {@code _id} alone
 */
public record ShardKey(List<String> paths) {
  /** That of a collection that is not sharded. */
  public static final ShardKey NONE = new ShardKey(List.of());

  private static final String ID = "_id";

  public ShardKey {
    paths = List.copyOf(paths);
  }

  /**
   * The {@code documentKey} of a document as a server makes it: the values of the fields that it
   * has, each under its whole path, and the {@code _id} behind them if it is none of them
   * (mongo/src/mongo/db/repl/document_key.cpp).
   */
  byte[] documentKey(byte[] bytes, int document, Key id) {
    if (paths.isEmpty()) {
      return id.asIdBytes();
    }
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    for (String path : paths) {
      append(path, element(bytes, document, path), bytes, fields);
    }
    if (!paths.contains(ID)) {
      append(ID, element(bytes, document, ID), bytes, fields);
    }
    int size = Integer.BYTES + fields.size() + 1;
    return ByteBuffer.allocate(size)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(size)
        .put(fields.toByteArray())
        .put((byte) 0)
        .array();
  }

  private static void append(String name, int element, byte[] bytes, ByteArrayOutputStream fields) {
    if (element < 0) {
      return;
    }
    int value = BsonBytes.cStringEnd(bytes, element + 1, bytes.length) + 1;
    int end = BsonBytes.skipValue(bytes[element], bytes, value, bytes.length);
    fields.write(bytes[element]);
    fields.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    fields.write(0);
    fields.write(bytes, value, end - value);
  }

  /** Where the field of that path begins, with its type; -1 if there is none. */
  private static int element(byte[] bytes, int document, String path) {
    int within = document;
    int element = -1;
    for (String name : path.split("\\.")) {
      if (element >= 0) {
        if (bytes[element] != BsonBytes.DOCUMENT) {
          return -1;
        }
        within = BsonBytes.cStringEnd(bytes, element + 1, bytes.length) + 1;
      }
      element = field(bytes, within, name.getBytes(StandardCharsets.UTF_8));
      if (element < 0) {
        return -1;
      }
    }
    return element;
  }

  private static int field(byte[] bytes, int document, byte[] name) {
    int end = BsonBytes.documentEnd(bytes, document, bytes.length) - 1;
    int at = document + Integer.BYTES;
    while (at < end) {
      int nameEnd = BsonBytes.cStringEnd(bytes, at + 1, end);
      if (Arrays.equals(bytes, at + 1, nameEnd, name, 0, name.length)) {
        return at;
      }
      at = BsonBytes.skipValue(bytes[at], bytes, nameEnd + 1, end);
    }
    return -1;
  }
}
