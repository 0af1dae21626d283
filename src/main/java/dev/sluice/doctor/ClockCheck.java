package dev.sluice.doctor;

import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Whether this machine and a server agree about the time. Nothing that is promised hangs on it; the
 * lag that is shown does.
 *
 * @param ahead by how much the server's clock is; empty if it does not tell
 */
record ClockCheck(String name, Mono<Duration> ahead) implements Check {
  /** Less is lost in whole seconds, and on slow networks. */
  private static final Duration MUCH = Duration.ofSeconds(3);

  @Override
  public Mono<Finding> look() {
    return ahead.map(this::judge).defaultIfEmpty(skipped("the server does not tell its time"));
  }

  private Finding judge(Duration found) {
    String by =
        found.abs().toMillis()
            + " ms "
            + (found.isNegative() ? "behind" : "ahead of")
            + " this machine's";
    return found.abs().compareTo(MUCH) > 0
        ? warning(
            "the server's is "
                + by
                + ", so lag and ages that are shown are wrong by as much: have both set by NTP")
        : ok("the server's is " + by);
  }
}
