package dev.sluice.pipeline;

import java.util.Objects;
import java.util.Optional;

/**
 * Where a pipeline is wished to begin.
 *
 * @param at empty: where it ended, or at the present
 * @param reset whether a saved position may be given up for that
 */
public record Beginning(Optional<StartPoint> at, boolean reset) {
  /** As the position says. */
  public static final Beginning AS_SAVED = new Beginning(Optional.empty(), false);

  public Beginning {
    Objects.requireNonNull(at, "at");
  }

  boolean isWished() {
    return at.isPresent();
  }
}
