package dev.sluice.target.mongodb;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Waits for what the driver publishes: a target is called by one thread that may block, and no
 * thread of the driver's comes here.
 */
final class Answers {
  /** More than a transaction may take (transactionLifetimeLimitSeconds, 60 by default). */
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private Answers() {}

  /**
   * The answer; null if it has none.
   *
   * @throws IllegalStateException if it does not come in time
   */
  static <T> T of(Publisher<T> answer) {
    return Mono.from(answer).block(LIMIT);
  }

  /** All of them, which have to fit into memory. */
  static <T> List<T> all(Publisher<T> answers) {
    return Flux.from(answers).collectList().block(LIMIT);
  }

  /** The first of them: all until they have so many bytes together, at least one. */
  static <T> List<T> upTo(Publisher<T> answers, ToLongFunction<T> size, long bytes) {
    AtomicLong read = new AtomicLong();
    return Flux.from(answers)
        .takeUntil(each -> read.addAndGet(size.applyAsLong(each)) >= bytes)
        .collectList()
        .block(LIMIT);
  }
}
