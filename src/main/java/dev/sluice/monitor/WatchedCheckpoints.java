package dev.sluice.monitor;

import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.CheckpointStore;
import dev.sluice.checkpoint.Claim;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Where checkpoints are kept, and notes when a position was saved. */
public final class WatchedCheckpoints implements CheckpointStore {
  private final CheckpointStore store;
  private final PipelineCounts counts;

  public WatchedCheckpoints(CheckpointStore store, PipelineCounts counts) {
    this.store = store;
    this.counts = counts;
  }

  @Override
  public Mono<Claim> claim(Optional<Checkpoint> known) {
    return store.claim(known);
  }

  @Override
  public Mono<Void> renew(Checkpoint claimed) {
    return store.renew(claimed);
  }

  @Override
  public Mono<Void> save(Checkpoint checkpoint) {
    return store.save(checkpoint).doOnSuccess(nothing -> counts.saved());
  }

  @Override
  public Mono<Void> release(Checkpoint checkpoint) {
    return store.release(checkpoint);
  }
}
