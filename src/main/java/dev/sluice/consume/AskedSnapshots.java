package dev.sluice.consume;

import dev.sluice.change.Namespace;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Snapshots that the pipeline is asked for. For any thread; may block. Everything that asks or
 * looks throws a {@link dev.sluice.pipeline.PipelineException}.
 */
public interface AskedSnapshots {
  /**
   * What the pipeline says of one.
   *
   * @param isVoid whether it is over and was never begun, so that nothing of it is in the queue
   * @param answer for people
   */
  record Asked(boolean isVoid, String answer) {
    public Asked {
      Objects.requireNonNull(answer, "answer");
    }
  }

  /** Whether the pipeline watches it, and so can take a snapshot of it. */
  boolean isWatched(Namespace collection);

  /** A name that no other has. */
  String newId();

  /** Asks for all documents of these collections, under that name. */
  void ask(String id, List<Namespace> collections);

  /** What has become of it; empty if nobody has asked for it. */
  Optional<Asked> find(String id);
}
