package dev.sluice.prove;

import java.util.List;
import java.util.OptionalLong;

/**
 * How long a fault was felt.
 *
 * <p>The <em>recovery</em> runs from the moment at which the cause was gone (for a fault that only
 * happens: had happened) to the first delivery of a write that was begun after that moment. It
 * takes in whatever is between: writers that find a primary, processes that start, back-off, a
 * backlog that has to go out first, the consumer that connects again.
 *
 * <p>The <em>silence</em> is the longest time without any new event at the consumer between the
 * strike and the recovery.
 *
 * @param recoveryNanos nothing if no such write came out
 */
record Recovery(OptionalLong recoveryNanos, long silenceNanos) {

  /**
   * @param landings in the order in which they came
   */
  static Recovery of(FaultRecord fault, List<Landing> landings) {
    long recovered =
        landings.stream()
            .filter(landing -> landing.write().begunAt() - fault.liftedAt() >= 0)
            .mapToLong(Landing::at)
            .findFirst()
            .orElse(Long.MIN_VALUE);
    if (recovered == Long.MIN_VALUE) {
      return new Recovery(OptionalLong.empty(), 0);
    }
    return new Recovery(
        OptionalLong.of(recovered - fault.liftedAt()), silence(fault, recovered, landings));
  }

  private static long silence(FaultRecord fault, long recovered, List<Landing> landings) {
    long before = fault.struckAt();
    long longest = 0;
    for (Landing landing : landings) {
      if (landing.at() - fault.struckAt() < 0) {
        continue;
      }
      if (landing.at() - recovered > 0) {
        break;
      }
      longest = Math.max(longest, landing.at() - before);
      before = landing.at();
    }
    return longest;
  }
}
