package dev.sluice.testing;

import dev.sluice.change.Position;
import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.CheckpointStore;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;

/** Keeps one checkpoint as long as the test lasts. */
public final class InMemoryCheckpoints implements CheckpointStore {
  /** Every position that was saved, in order. */
  public final List<Position> saved = new CopyOnWriteArrayList<>();

  /** Saving fails with it as long as it is set. */
  public volatile PipelineException refusal;

  private volatile Optional<Position> position = Optional.empty();
  private long epoch;

  /** The position that a next start would begin at. */
  public Optional<Position> position() {
    return position;
  }

  /** Another process claims the pipeline. */
  public synchronized void takeOver() {
    epoch++;
  }

  @Override
  public Mono<Checkpoint> claim() {
    return Mono.fromCallable(
        () -> {
          synchronized (this) {
            return new Checkpoint("test", ++epoch, position);
          }
        });
  }

  @Override
  public Mono<Void> save(Checkpoint checkpoint) {
    return Mono.fromRunnable(
        () -> {
          if (refusal != null) {
            throw refusal;
          }
          if (!isNewest(checkpoint.epoch())) {
            throw new PipelineException(FailureKind.TAKEN_OVER, "taken over");
          }
          position = checkpoint.position();
          saved.add(position.orElseThrow());
        });
  }

  private synchronized boolean isNewest(long claimed) {
    return claimed == epoch;
  }
}
