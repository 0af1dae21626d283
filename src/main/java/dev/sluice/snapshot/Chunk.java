package dev.sluice.snapshot;

import dev.sluice.change.BsonBytes;

/**
 * Some documents that stand one behind the other in a range.
 *
 * @param bytes holds them; not to be written to
 * @param offsets where each of them begins; none at the end of the range
 * @param from each is as it was at this cluster time, unless it has changed after it
 * @param until none is as it became after this cluster time
 * @param shardKey of the collection
 */
public record Chunk(
    ChunkRequest request, byte[] bytes, int[] offsets, long from, long until, ShardKey shardKey) {
  /** Of a collection that is not sharded. */
  public Chunk(ChunkRequest request, byte[] bytes, int[] offsets, long from, long until) {
    this(request, bytes, offsets, from, until, ShardKey.NONE);
  }

  public int size() {
    return offsets.length;
  }

  Key key(int document) {
    return Key.of(bytes, offsets[document]);
  }

  /** Of all documents together. */
  long sizeBytes() {
    long sum = 0;
    for (int offset : offsets) {
      sum += BsonBytes.int32(bytes, offset, bytes.length);
    }
    return sum;
  }
}
