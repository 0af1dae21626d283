package dev.sluice.prove;

import java.time.Duration;
import java.util.List;

/**
 * Repeats of what was done with: only what is unconfirmed, or confirmed and not yet behind the
 * saved position, may come again. How long an event may be that depends on what goes wrong
 * meanwhile, so this says which repeats no fault accounts for.
 */
final class LateRepeats {
  /**
   * Before a fault strikes. The position is saved each second; what was on its way to the consumer,
   * and a slow machine, are in this many times over.
   */
  private static final Duration UNSAVED = Duration.ofSeconds(10);

  /** Behind the end of a fault: what a recovery takes, with the backlog that goes out first. */
  private static final Duration RECOVERY = Duration.ofSeconds(60);

  /**
   * Without any fault: a RabbitMQ that gives no confirm for 3 s is given up, and there are some.
   */
  private static final Duration ALWAYS = Duration.ofSeconds(30);

  private LateRepeats() {}

  static List<Repeats.Repeat> of(List<Repeats.Repeat> repeats, List<FaultRecord> faults) {
    return repeats.stream()
        .filter(repeat -> repeat.at() - repeat.firstAt() > ALWAYS.toNanos())
        .filter(repeat -> faults.stream().noneMatch(fault -> accountsFor(fault, repeat)))
        .toList();
  }

  private static boolean accountsFor(FaultRecord fault, Repeats.Repeat repeat) {
    return repeat.firstAt() - fault.struckAt() >= -UNSAVED.toNanos()
        && repeat.at() - fault.struckAt() >= 0
        && repeat.at() - fault.liftedAt() <= RECOVERY.toNanos();
  }
}
