package dev.sluice.pipeline;

import dev.sluice.change.Gap;
import dev.sluice.change.Position;
import java.util.Objects;
import java.util.Optional;

/**
 * How an attempt begins.
 *
 * @param from where the stream is opened
 * @param gap told of before all that comes from there
 * @param oneByOne how many events are to be published one at a time, each confirmed before the
 *     next, until the attempt ends; 0 for an attempt without such care and without end
 */
record Start(Position from, Optional<Gap> gap, int oneByOne) {
  Start {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(gap, "gap");
    if (oneByOne < 0) {
      throw new IllegalArgumentException("fewer than no events");
    }
  }

  static Start at(Position from) {
    return new Start(from, Optional.empty(), 0);
  }
}
