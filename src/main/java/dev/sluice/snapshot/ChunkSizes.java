package dev.sluice.snapshot;

import dev.sluice.change.Namespace;
import java.util.HashMap;
import java.util.Map;

/**
 * How many documents are asked for at once: as many as wanted, or as have together about as many
 * bytes as a chunk may, by what the documents of that collection had so far.
 */
final class ChunkSizes {
  /** Of a collection whose documents are not known yet: a reply is 16 MB at the most anyway. */
  private static final int FIRST = 100;

  private final int wanted;
  private final long bytes;
  private final Map<Namespace, Integer> limits = new HashMap<>();
  private final Map<Namespace, Long> averages = new HashMap<>();

  ChunkSizes(int wanted, long bytes) {
    this.wanted = wanted;
    this.bytes = bytes;
  }

  int of(Namespace namespace) {
    return limits.getOrDefault(namespace, Math.min(wanted, FIRST));
  }

  /** About how many bytes the next chunk has; an ordinary one of a collection not known yet. */
  long bytesOf(Namespace namespace) {
    return averages.containsKey(namespace) ? averages.get(namespace) * of(namespace) : bytes;
  }

  /** Learns of a chunk that was good; grows no faster than twofold, as a few may be small. */
  void learn(Chunk chunk) {
    if (chunk.size() == 0) {
      return;
    }
    Namespace namespace = chunk.request().namespace();
    long average = Math.max(1, chunk.sizeBytes() / chunk.size());
    averages.put(namespace, average);
    long most = Math.min(wanted, Math.max(1, bytes / average));
    limits.put(namespace, (int) Math.min(most, FIRST + 2L * of(namespace)));
  }

  /** So many documents changed meanwhile that a smaller chunk is needed. */
  void halve(Namespace namespace) {
    limits.put(namespace, Math.max(1, of(namespace) / 2));
  }
}
