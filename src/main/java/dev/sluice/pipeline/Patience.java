package dev.sluice.pipeline;

import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * How long a question to MongoDB may take that is asked outside of an attempt, where nothing else
 * notices silence: a driver may wait for a server that was cut off without any limit.
 */
final class Patience {
  /** Longer than an election takes. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private Patience() {}

  /**
   * Fails with a passing {@link PipelineException} where no answer comes.
   *
   * @param undone what MongoDB has not done then, as in "has not saved the position"
   */
  static <T> Mono<T> withAnswer(Mono<T> question, String undone, Scheduler timer) {
    return question.timeout(LONGEST, Mono.error(() -> unanswered(undone)), timer);
  }

  private static PipelineException unanswered(String undone) {
    return new PipelineException(
        FailureKind.TRANSIENT, "MongoDB " + undone + " within " + LONGEST.toSeconds() + " s");
  }
}
