package dev.sluice.embedded.mongo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** An open cursor of one node. One {@code getMore} at a time. */
interface ServerCursor {

  /** The name space that replies carry. */
  String namespace();

  /** The time that a snapshot is of, which every reply carries. */
  default Optional<OpTime> readAt() {
    return Optional.empty();
  }

  /** Whether nothing more can come; the server forgets the cursor then. */
  boolean isExhausted();

  /**
   * The {@code cursor} part of a reply.
   *
   * @param batchSize at most so many documents, 0 for as many as fit
   * @param wait how long to wait for a first document
   */
  CompletionStage<Batch> next(int batchSize, Duration wait);

  /** Ends a {@code next} that is waiting; called when the cursor is killed. */
  void kill();

  boolean isKilled();

  /** What one reply carries. */
  record Batch(List<RawDocument> documents, ResumeToken postBatchToken) {}
}
