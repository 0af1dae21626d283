package dev.sluice.config;

import java.util.Objects;

/**
 * Whether and how the documents are read that were there before.
 *
 * @param chunk how many documents are read at once at the most
 * @param parallel how many chunks are read at the same time
 * @param match a condition in JSON that documents must meet; empty for all
 */
public record SnapshotSettings(Mode mode, int chunk, int parallel, String match) {
  /** When a snapshot is taken without being asked for. */
  public enum Mode {
    NEVER,
    /** At the first start. */
    INITIAL,
    /** At the first start, and when the position is lost. */
    WHEN_NEEDED,
    /** At the first start, and then the pipeline ends. */
    ONLY
  }

  public static final SnapshotSettings NEVER = new SnapshotSettings(Mode.NEVER, 1000, 2, "");

  public SnapshotSettings {
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(match, "match");
  }

  /** Whether one is taken when the pipeline has no position yet. */
  public boolean atFirstStart() {
    return mode != Mode.NEVER;
  }
}
