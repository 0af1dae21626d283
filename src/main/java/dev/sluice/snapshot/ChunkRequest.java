package dev.sluice.snapshot;

import dev.sluice.change.Namespace;

/**
 * Asks for the next documents of a range.
 *
 * @param at a cluster time: the documents as they were then; if that cannot be had, as at any later
 *     time
 * @param limit how many at the most
 * @param match a condition in JSON that they must meet; empty for all
 */
public record ChunkRequest(KeyRange range, long at, int limit, String match) {
  public Namespace namespace() {
    return range.namespace();
  }
}
