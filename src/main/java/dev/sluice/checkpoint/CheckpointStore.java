package dev.sluice.checkpoint;

import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Where checkpoints are kept, and with them the lease of whoever runs the pipeline. All methods are
 * cold: nothing happens before somebody subscribes. Whatever is written is durable: once it
 * completes, no failover can undo it.
 */
public interface CheckpointStore {
  /**
   * Claims the pipeline if nobody else has a lease on it that still runs: takes the lease, and
   * raises the epoch, which fences off every instance that claimed it before.
   *
   * @param known what the caller knows of it; the checkpoint is made again from this if it is gone,
   *     so that nothing is passed over
   */
  Mono<Claim> claim(Optional<Checkpoint> known);

  /**
   * Has the lease run anew from now on. Fails with kind {@code TAKEN_OVER} if another instance has
   * claimed the pipeline since.
   */
  Mono<Void> renew(Checkpoint claimed);

  /**
   * Saves a position. Saving the same one twice is harmless. Fails with kind {@code TAKEN_OVER} if
   * another instance has claimed the pipeline since.
   */
  Mono<Void> save(Checkpoint checkpoint);

  /**
   * Saves the position, if there is one, and gives up the lease, so that another instance need not
   * wait for its end. Does nothing if another has claimed the pipeline since.
   */
  Mono<Void> release(Checkpoint checkpoint);
}
