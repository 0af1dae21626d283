package dev.sluice.testing;

import dev.sluice.change.Numbering;
import dev.sluice.change.Position;
import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.CheckpointStore;
import dev.sluice.checkpoint.Claim;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/**
 * Keeps one checkpoint as long as the test lasts. Its lease has no time: it is the test's to give
 * and to take.
 */
public final class InMemoryCheckpoints implements CheckpointStore {
  /** Every position that was saved, in order. */
  public final List<Position> saved = new CopyOnWriteArrayList<>();

  public final AtomicInteger renewals = new AtomicInteger();
  public final AtomicInteger releases = new AtomicInteger();

  /** Saving and renewing fail with it as long as it is set. */
  public volatile PipelineException refusal;

  /** Nobody answers so many claims. */
  public final AtomicInteger unansweredClaims = new AtomicInteger();

  /** So many saves nobody answers. */
  public final AtomicInteger unansweredSaves = new AtomicInteger();

  private Optional<Position> position = Optional.empty();
  private Optional<Numbering> numbering = Optional.empty();
  private long epoch;
  private boolean taken;
  private boolean gone;

  /** The position that a next start would begin at. */
  public synchronized Optional<Position> position() {
    return position;
  }

  /** What is kept of the numbers beside it. */
  public synchronized Optional<Numbering> numbering() {
    return numbering;
  }

  /** Another instance claims the pipeline, and has it until {@link #giveUp}. */
  public synchronized void takeOver() {
    epoch++;
    taken = true;
  }

  /** The other instance comes to this position. */
  public synchronized void moveTo(Position reached) {
    position = Optional.of(reached);
    numbering = Optional.empty();
  }

  /** The other instance ends. */
  public synchronized void giveUp() {
    taken = false;
  }

  /** Somebody deletes the checkpoint. */
  public synchronized void delete() {
    gone = true;
    position = Optional.empty();
    numbering = Optional.empty();
    epoch = 0;
  }

  @Override
  public Mono<Claim> claim(Optional<Checkpoint> known) {
    return Mono.defer(() -> isUnanswered(unansweredClaims) ? Mono.never() : answer(known));
  }

  private static boolean isUnanswered(AtomicInteger left) {
    return left.getAndUpdate(many -> Math.max(0, many - 1)) > 0;
  }

  private Mono<Claim> answer(Optional<Checkpoint> known) {
    return Mono.fromCallable(
        () -> {
          synchronized (this) {
            if (taken) {
              return new Claim.Others("the other one", new Checkpoint("test", epoch, position));
            }
            if (gone) {
              epoch = known.map(Checkpoint::epoch).orElse(0L);
              position = known.flatMap(Checkpoint::position);
              gone = false;
            }
            return new Claim.Ours(new Checkpoint("test", ++epoch, position, numbering));
          }
        });
  }

  @Override
  public Mono<Void> renew(Checkpoint claimed) {
    return Mono.fromRunnable(
        () -> {
          require(claimed);
          renewals.incrementAndGet();
        });
  }

  @Override
  public Mono<Void> save(Checkpoint checkpoint) {
    return Mono.defer(
        () -> {
          if (isUnanswered(unansweredSaves)) {
            return Mono.never();
          }
          require(checkpoint);
          keep(checkpoint);
          return Mono.empty();
        });
  }

  @Override
  public Mono<Void> release(Checkpoint checkpoint) {
    return Mono.fromRunnable(
        () -> {
          releases.incrementAndGet();
          require(checkpoint);
          if (checkpoint.position().isPresent()) {
            keep(checkpoint);
          }
        });
  }

  private synchronized void require(Checkpoint checkpoint) {
    if (refusal != null) {
      throw refusal;
    }
    if (gone || checkpoint.epoch() != epoch) {
      throw new PipelineException(FailureKind.TAKEN_OVER, "taken over");
    }
  }

  private synchronized void keep(Checkpoint checkpoint) {
    position = checkpoint.position();
    numbering = checkpoint.numbering();
    saved.add(position.orElseThrow());
  }
}
