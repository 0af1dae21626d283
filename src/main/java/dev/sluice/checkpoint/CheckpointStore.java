package dev.sluice.checkpoint;

import reactor.core.publisher.Mono;

/** Where checkpoints are kept. All methods are cold: nothing happens before somebody subscribes. */
public interface CheckpointStore {
  /**
   * Claims the pipeline: raises its epoch, which fences off every process that claimed it before,
   * and reads its checkpoint.
   */
  Mono<Checkpoint> claim();

  /**
   * Saves a position, durably: once it completes, no failover can undo it. Saving the same one
   * twice is harmless.
   *
   * <p>Fails with kind {@code TAKEN_OVER} if another process has claimed the pipeline since.
   */
  Mono<Void> save(Checkpoint checkpoint);
}
