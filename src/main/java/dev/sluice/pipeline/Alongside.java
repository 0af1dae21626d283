package dev.sluice.pipeline;

import java.time.Duration;
import java.util.function.LongFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** What is done every now and then while a work runs, and ends with it. */
final class Alongside {
  private Alongside() {}

  /**
   * Runs the work, and alongside one look after the other: of the times that come while one is
   * under way, one waits and the others are left out. Ends as the work does, which cuts off a look
   * that is under way; a look that fails ends the work. Cold.
   *
   * @param first how long until the first look
   * @param look makes a look, given how many periods have passed since the first; called on the
   *     timer, or on the thread on which the look before has ended
   */
  static Mono<Void> during(
      Mono<Void> work,
      Duration first,
      Duration period,
      Scheduler timer,
      LongFunction<Mono<Void>> look) {
    return Mono.defer(
        () -> {
          Sinks.Empty<Void> ended = Sinks.empty();
          Flux<Void> looks =
              Flux.interval(first, period, timer)
                  .onBackpressureDrop()
                  .concatMap(look::apply, 1)
                  .takeUntilOther(ended.asMono());
          return Mono.when(work.doFinally(signal -> ended.tryEmitEmpty()), looks);
        });
  }

  /** Likewise, with the first look when the period is over for the first time. */
  static Mono<Void> during(
      Mono<Void> work, Duration period, Scheduler timer, LongFunction<Mono<Void>> look) {
    return during(work, period, period, timer, look);
  }
}
