package dev.sluice.checkpoint;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Saves the window's position now and then while events are delivered, and once more when all are.
 *
 * <p>A save that fails for a passing reason is only logged: the position stands in memory, the next
 * save carries a newer one, and delivery need not wait for it. Serves one attempt.
 */
public final class CheckpointWriter {
  private static final Logger log = LoggerFactory.getLogger(CheckpointWriter.class);

  /**
   * A save takes milliseconds. One that takes so long meets an election or a set without a
   * majority, and is given up: the next one will do, and at a stop nobody waits for long.
   */
  private static final Duration SAVE_TIMEOUT = Duration.ofSeconds(4);

  private final CheckpointStore store;
  private final InFlightWindow window;
  private final Duration interval;
  private final Scheduler timer;
  private final Predicate<Throwable> passing;
  private final AtomicReference<Checkpoint> saved;
  private volatile boolean failing;

  /**
   * @param claimed the checkpoint as it was claimed
   * @param passing whether a failure is expected to go away
   */
  public CheckpointWriter(
      CheckpointStore store,
      Checkpoint claimed,
      InFlightWindow window,
      Duration interval,
      Scheduler timer,
      Predicate<Throwable> passing) {
    this.store = store;
    this.saved = new AtomicReference<>(claimed);
    this.window = window;
    this.interval = interval;
    this.timer = timer;
    this.passing = passing;
  }

  /**
   * Runs a delivery and saves its position alongside. Completes when the delivery has and its last
   * position is saved; fails as the delivery does, or when saving is refused for good.
   */
  public Mono<Void> saveDuring(Mono<Void> delivery) {
    return Mono.defer(
        () -> {
          Sinks.Empty<Void> delivered = Sinks.empty();
          // The ticks end, not the save under way: a save that is cut off may still be carried out,
          // behind the last one, and would move the position back.
          Flux<Void> saves =
              Flux.interval(interval, timer)
                  .takeUntilOther(delivered.asMono())
                  .onBackpressureDrop()
                  .concatMap(tick -> save(), 1);
          return Flux.merge(delivery.doOnSuccess(nothing -> delivered.tryEmitEmpty()), saves)
              .then(Mono.defer(this::save));
        });
  }

  private Mono<Void> save() {
    Checkpoint last = saved.get();
    return window
        .reached(last)
        .filter(reached -> !last.position().equals(reached.position()))
        .map(this::write)
        .orElse(Mono.empty());
  }

  private Mono<Void> write(Checkpoint checkpoint) {
    return store
        .save(checkpoint)
        .timeout(SAVE_TIMEOUT, Mono.error(CheckpointWriter::unanswered), timer)
        .doOnSuccess(
            nothing -> {
              saved.set(checkpoint);
              if (failing) {
                failing = false;
                log.info("The position is saved again");
              }
            })
        .onErrorResume(
            failure -> failure instanceof TimeoutException || passing.test(failure),
            failure -> {
              if (!failing) {
                failing = true;
                log.warn("The position cannot be saved for the time being: {}", failure.toString());
              }
              return Mono.empty();
            });
  }

  private static TimeoutException unanswered() {
    return new TimeoutException("no answer within " + SAVE_TIMEOUT.toSeconds() + " s");
  }
}
