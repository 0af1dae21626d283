package dev.sluice.doctor;

import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Whether a document that is written comes out as a message.
 *
 * @param trip how long it was under way, in the end
 */
record CanaryCheck(Mono<Duration> trip) implements Check {
  @Override
  public String name() {
    return "canary";
  }

  /** Everything is opened anew for it. */
  @Override
  public Duration limit() {
    return Duration.ofSeconds(30);
  }

  @Override
  public Mono<Finding> look() {
    return trip.map(
        took ->
            ok(
                "a document in a collection of its own was a message in a queue of its own "
                    + took.toMillis()
                    + " ms after it was written; both are gone again"));
  }
}
