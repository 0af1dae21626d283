package dev.sluice.embedded.mongo;

/**
 * How much history the log keeps; the oldest entries go first when either limit is passed.
 *
 * @param entries at most
 * @param bytes at most, by the size of the documents in them and a small overhead each
 */
public record OplogLimit(int entries, long bytes) {

  /** Half a million small changes, but never more than a quarter of the heap. */
  public static final OplogLimit DEFAULT =
      new OplogLimit(1_000_000, Math.min(512L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 4));

  public OplogLimit {
    if (entries < 1 || bytes < 1) {
      throw new IllegalArgumentException("an oplog needs room: entries=" + entries);
    }
  }

  public static OplogLimit ofEntries(int entries) {
    return new OplogLimit(entries, Long.MAX_VALUE);
  }

  public static OplogLimit ofBytes(long bytes) {
    return new OplogLimit(Integer.MAX_VALUE, bytes);
  }
}
