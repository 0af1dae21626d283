package dev.sluice.snapshot;

/**
 * What bounds a snapshot.
 *
 * @param chunk how many documents a chunk has at the most
 * @param parallel how many chunks are read, or wait to be put into the stream, at the same time
 * @param chunkBytes about how many bytes a chunk has at the most; one document may have more
 * @param slice how many documents are let in between two events of the stream at the most
 * @param sliceBytes about how many bytes these have at the most; one document may have more
 * @param recordedKeys how many changed documents are remembered at the most
 * @param recordedBytes how much memory these take at the most, roughly
 * @param keysOnly whether the documents themselves are not wanted
 */
public record SnapshotLimits(
    int chunk,
    int parallel,
    long chunkBytes,
    int slice,
    long sliceBytes,
    int recordedKeys,
    long recordedBytes,
    boolean keysOnly) {
  /** Two chunks and the one that is handed over are an eighth of the heap that is shipped. */
  private static final long CHUNK_BYTES = 4 << 20;

  /** What a change has to wait for at the most: ten milliseconds at 10,000 documents a second. */
  private static final int SLICE = 100;

  private static final long SLICE_BYTES = 256 << 10;

  /** Two minutes of a busy stream, in a sixteenth of the heap that is shipped. */
  private static final int RECORDED_KEYS = 100_000;

  private static final long RECORDED_BYTES = 8 << 20;

  public SnapshotLimits {
    if (chunk < 1 || parallel < 1 || slice < 1) {
      throw new IllegalArgumentException("a snapshot that reads nothing");
    }
  }

  public static SnapshotLimits of(int chunk, int parallel, boolean keysOnly) {
    return new SnapshotLimits(
        chunk, parallel, CHUNK_BYTES, SLICE, SLICE_BYTES, RECORDED_KEYS, RECORDED_BYTES, keysOnly);
  }
}
