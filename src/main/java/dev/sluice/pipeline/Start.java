package dev.sluice.pipeline;

import dev.sluice.change.Gap;
import dev.sluice.change.Numbering;
import dev.sluice.change.Position;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * How an attempt begins.
 *
 * @param from where the stream is opened
 * @param gap told of before all that comes from there
 * @param oneByOne how many events are to be published one at a time, each confirmed before the
 *     next, until the attempt ends; 0 for an attempt without such care and without end
 * @param confirmed events behind {@code from} that RabbitMQ has confirmed to a former attempt, by
 *     where they end: not to be published again. Not more than a window holds
 * @param numbering what the broker calls the events of the attempt; empty if it does not ask
 */
record Start(
    Position from,
    Optional<Gap> gap,
    int oneByOne,
    Set<Position> confirmed,
    Optional<Numbering> numbering) {
  Start {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(gap, "gap");
    Objects.requireNonNull(numbering, "numbering");
    confirmed = Set.copyOf(confirmed);
    if (oneByOne < 0) {
      throw new IllegalArgumentException("fewer than no events");
    }
  }

  static Start at(Position from) {
    return new Start(from, Optional.empty(), 0, Set.of(), Optional.empty());
  }
}
