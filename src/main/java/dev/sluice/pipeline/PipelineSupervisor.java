package dev.sluice.pipeline;

import dev.sluice.change.Position;
import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.InFlightWindow;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.bson.BsonTimestamp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * Keeps a pipeline running: claims its position, makes one {@link Attempt} after the other, each
 * from the newest confirmed position, and decides what a failure leads to. The only place that
 * tries anything again.
 */
public final class PipelineSupervisor {
  private static final Logger log = LoggerFactory.getLogger(PipelineSupervisor.class);

  /** Longer than an election; a driver may wait for a silent server without any limit. */
  private static final Duration POSITION_TIMEOUT = Duration.ofSeconds(30);

  private final PipelineParts parts;
  private final PipelineListener listener;
  private final Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
  private final Sinks.Empty<Void> stop = Sinks.empty();

  /** What we claimed, with the newest confirmed position; null before the claim. */
  private volatile Checkpoint claimed;

  private volatile boolean stopping;
  private volatile PipelineState state = PipelineState.STARTING;
  private String lastReason = "";

  /**
   * @param listener hears of every change of state, besides the log
   */
  public PipelineSupervisor(PipelineParts parts, PipelineListener listener) {
    this.parts = parts;
    this.listener = listener;
  }

  public PipelineState state() {
    return state;
  }

  /**
   * Runs until {@link #stop}, then completes when everything taken in is confirmed and saved. Fails
   * with a {@link PipelineException} when going on makes no sense. Cold; to be subscribed to once.
   */
  public Mono<Void> run() {
    return Mono.defer(this::attempt)
        .retryWhen(Retry.from(failures -> failures.concatMap(f -> afterwards(f.failure()), 1)))
        .repeat(() -> !stopping)
        .then()
        .doOnSuccess(nothing -> changed(PipelineState.STOPPED, "all that was taken in is settled"))
        .doOnError(failure -> changed(PipelineState.FAILED, failure.getMessage()));
  }

  /** Takes nothing in any more and lets {@link #run} come to its end. From any thread. */
  public void stop() {
    stopping = true;
    if (state == PipelineState.STREAMING || state == PipelineState.BLOCKED) {
      changed(PipelineState.DRAINING, "told to stop");
    }
    stop.tryEmitEmpty();
  }

  private Mono<Void> attempt() {
    if (stopping) {
      return Mono.empty();
    }
    return position()
        .timeout(POSITION_TIMEOUT, Mono.error(this::noPosition), parts.schedulers().timer())
        .takeUntilOther(stop.asMono())
        .flatMap(this::attemptFrom);
  }

  private PipelineException noPosition() {
    return new PipelineException(
        FailureKind.TRANSIENT,
        "Nobody has answered for "
            + POSITION_TIMEOUT.toSeconds()
            + " s where the pipeline is to go on from");
  }

  private Mono<Void> attemptFrom(Position from) {
    Attempt attempt = new Attempt(parts, claimed, from, this::changed);
    // Before the end is passed on: what is subscribed to next starts from here.
    return attempt
        .run(stop.asMono())
        .doOnTerminate(() -> remember(attempt))
        .doOnSuccess(nothing -> sayWhatIsLeft(attempt));
  }

  private void remember(Attempt attempt) {
    InFlightWindow window = attempt.window();
    window.position().ifPresent(token -> claimed = claimed.at(new Position.After(token)));
    if (window.confirmedEvents() > 0) {
      backoff.reset();
    }
  }

  private void sayWhatIsLeft(Attempt attempt) {
    int left = attempt.window().size();
    if (left > 0) {
      log.warn("Stopped with {} events unconfirmed: the next start publishes them again", left);
    }
  }

  /** Where to start: what we know from the attempt before, else what is stored, else now. */
  private Mono<Position> position() {
    if (claimed != null && claimed.position().isPresent()) {
      return Mono.just(claimed.position().get());
    }
    return parts
        .checkpoints()
        .claim()
        .flatMap(
            checkpoint -> {
              claimed = checkpoint;
              return checkpoint.position().map(Mono::just).orElseGet(this::startNow);
            });
  }

  /** Saved at once: if we fail before the first event, the next start must not begin later. */
  private Mono<Position> startNow() {
    return parts
        .source()
        .now()
        .map(PipelineSupervisor::justAfter)
        .flatMap(
            position -> {
              Checkpoint first = claimed.at(position);
              return parts
                  .checkpoints()
                  .save(first)
                  .then(
                      Mono.fromCallable(
                          () -> {
                            claimed = first;
                            return position;
                          }));
            });
  }

  private static Position justAfter(BsonTimestamp newest) {
    return new Position.At(new BsonTimestamp(newest.getTime(), newest.getInc() + 1));
  }

  /** What follows a failed attempt: the wait before the next one, or the end. */
  private Mono<Long> afterwards(Throwable failure) {
    PipelineException recognised = PipelineException.of(failure);
    if (stopping) {
      log.warn("Stopped in a failure: {}", recognised.getMessage());
      return Mono.just(0L);
    }
    if (!recognised.kind().isRetried()) {
      return Mono.error(recognised);
    }
    Duration wait = backoff.next();
    changed(PipelineState.BACKING_OFF, recognised.getMessage());
    log.debug("Next attempt in {} ms", wait.toMillis(), recognised);
    return Mono.delay(wait, parts.schedulers().timer())
        .takeUntilOther(stop.asMono())
        .defaultIfEmpty(0L)
        .doOnNext(tick -> changed(PipelineState.STARTING, "trying again"));
  }

  /** One line for each change of state; trying again for the same reason is none. */
  private synchronized void changed(PipelineState newState, String reason) {
    if (stopping
        && newState != PipelineState.STOPPED
        && newState != PipelineState.FAILED
        && newState != PipelineState.DRAINING) {
      return;
    }
    state = newState;
    if (newState == PipelineState.STARTING) {
      return;
    }
    String line = newState + ": " + reason;
    if (line.equals(lastReason)) {
      return;
    }
    lastReason = line;
    switch (newState) {
      case BACKING_OFF, BLOCKED -> log.warn("{}", line);
      case FAILED -> log.debug("{}", line); // Whoever runs the pipeline gets it, and says so.
      default -> log.info("{}", line);
    }
    listener.changed(newState, reason);
  }
}
