package dev.sluice.pipeline;

import dev.sluice.change.Position;
import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.CheckpointStore;
import dev.sluice.checkpoint.Claim;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Our claim to be the one instance that runs the pipeline: a lease in the checkpoint store, renewed
 * at a third of its length for as long as we run, and what we know of the checkpoint.
 *
 * <p>We hold it by our own clock as well. The lease ends for us a full length after we
 * <em>asked</em> for it, which is before it ends for the store: an instance that was paused, or
 * that no longer reaches the store, stops by itself. What it cannot undo is what RabbitMQ already
 * has of it; that may be repeated by the next one, under the same ids. Its saves are fenced off by
 * the epoch.
 *
 * <p>Thread-safe.
 */
final class Leadership {
  /** How many times in its length the lease is renewed: two may fail. */
  private static final int RENEWALS = 3;

  /** Who stands by looks so often at least whether the lease was given up. */
  private static final Duration LONGEST_LOOK = Duration.ofMillis(500);

  /** A release waits no longer than this: if it fails, the lease runs out by itself. */
  private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(4);

  /** Longer than an election; a driver may wait for a silent server without any limit. */
  private static final Duration CLAIM_TIMEOUT = Duration.ofSeconds(30);

  private final CheckpointStore store;
  private final Duration length;
  private final Scheduler timer;

  /** What is ours, with the newest confirmed position; stays when the lease is lost. */
  private volatile Checkpoint own;

  /** As another instance has it; null as long as none was seen. */
  private volatile Checkpoint seen;

  private volatile boolean held;
  private volatile long heldUntilNanos;
  private volatile Sinks.Empty<Void> loss = Sinks.empty();

  Leadership(CheckpointStore store, Duration length, Scheduler timer) {
    this.store = store;
    this.length = length;
    this.timer = timer;
  }

  /** Whether we may publish. By our own clock only, so that it can be asked for each message. */
  boolean isHeld() {
    return held && heldUntilNanos - nanos() > 0;
  }

  /** What we claimed, with the newest confirmed position; null before the first claim. */
  Checkpoint checkpoint() {
    return own;
  }

  /** Notes that all before this position is confirmed. */
  void reached(Position position) {
    reached(own.at(position));
  }

  /** Notes that all before this checkpoint of ours is confirmed. */
  void reached(Checkpoint checkpoint) {
    own = checkpoint;
  }

  /**
   * Gives our checkpoint at once if we hold the lease, else claims it, again and again while
   * another instance has it. Cold.
   *
   * @param onStandby told at each refusal
   */
  Mono<Checkpoint> obtain(Consumer<Claim.Others> onStandby) {
    Duration look = length.dividedBy(2 * RENEWALS);
    Duration pause = look.compareTo(LONGEST_LOOK) < 0 ? look : LONGEST_LOOK;
    return Mono.defer(() -> isHeld() ? Mono.just(own) : claim(onStandby))
        .repeatWhenEmpty(empty -> empty.concatMap(n -> Mono.delay(pause, timer), 1));
  }

  private Mono<Checkpoint> claim(Consumer<Claim.Others> onStandby) {
    long asked = nanos();
    return store
        .claim(Optional.ofNullable(seen != null ? seen : own))
        .timeout(CLAIM_TIMEOUT, Mono.error(Leadership::unanswered), timer)
        .mapNotNull(
            claim -> {
              if (claim instanceof Claim.Others others) {
                seen = others.checkpoint();
                onStandby.accept(others);
                return null;
              }
              return won(((Claim.Ours) claim).checkpoint(), asked);
            });
  }

  private static PipelineException unanswered() {
    return new PipelineException(
        FailureKind.TRANSIENT,
        "Nobody has answered for "
            + CLAIM_TIMEOUT.toSeconds()
            + " s where the pipeline is to go on from");
  }

  /** If nobody had it since we did, what we know is newer than what we last saved. */
  private Checkpoint won(Checkpoint claimed, long asked) {
    boolean nobodySince = own != null && claimed.epoch() == own.epoch() + 1;
    own =
        nobodySince && own.position().isPresent()
            ? claimed.at(own.position().get(), own.numbering())
            : claimed;
    seen = null;
    loss = Sinks.empty();
    heldUntilNanos = asked + length.toNanos();
    held = true;
    return own;
  }

  /** Never completes; fails when the lease that we hold now is lost. */
  Mono<Void> lost() {
    return loss.asMono();
  }

  /** Notes that the lease is another's, or nobody's. */
  void lose(PipelineException reason) {
    held = false;
    loss.tryEmitError(reason);
  }

  /**
   * Runs the work and renews the lease alongside, whenever we hold it; gives it up when the work
   * has come to its end, whichever that is.
   */
  Mono<Void> during(Mono<Void> work) {
    Duration period = length.dividedBy(RENEWALS);
    return Alongside.during(work, period, timer, tick -> held ? renew(period) : Mono.empty());
  }

  private Mono<Void> renew(Duration patience) {
    long asked = nanos();
    return store
        .renew(own)
        .timeout(patience, timer)
        .doOnSuccess(nothing -> heldUntilNanos = asked + length.toNanos())
        .onErrorResume(
            failure -> {
              PipelineException recognised = PipelineException.of(failure);
              if (recognised.kind() == FailureKind.TAKEN_OVER) {
                lose(recognised);
              } else if (!isHeld()) {
                lose(ranOut());
              }
              return Mono.empty();
            });
  }

  /** Why there may be no publishing when {@link #isHeld} says so. */
  PipelineException ranOut() {
    return new PipelineException(
        FailureKind.TAKEN_OVER,
        "The lease on the pipeline has run out before it could be renewed: another instance may"
            + " run it by now");
  }

  /** Saves the newest position and gives the lease up; never fails. */
  Mono<Void> resign() {
    return Mono.defer(
        () -> {
          if (!held) {
            return Mono.empty();
          }
          held = false;
          return store.release(own).timeout(RELEASE_TIMEOUT, timer).onErrorComplete();
        });
  }

  private long nanos() {
    return timer.now(TimeUnit.NANOSECONDS);
  }
}
