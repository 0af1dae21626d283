package dev.sluice.checkpoint;

import java.util.Objects;

/** What came of claiming a pipeline. */
public sealed interface Claim {
  /** It is ours, as long as the lease is renewed. */
  record Ours(Checkpoint checkpoint) implements Claim {
    public Ours {
      Objects.requireNonNull(checkpoint, "checkpoint");
    }
  }

  /**
   * Another instance runs it.
   *
   * @param owner its name, for a log line
   * @param checkpoint as it stands there
   */
  record Others(String owner, Checkpoint checkpoint) implements Claim {
    public Others {
      Objects.requireNonNull(owner, "owner");
      Objects.requireNonNull(checkpoint, "checkpoint");
    }
  }
}
