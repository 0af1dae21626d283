package dev.sluice.checkpoint;

import dev.sluice.change.Position;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What is kept of a pipeline, as somebody sees it who does not run it.
 *
 * @param source what was selected of the log when the position was saved, for people; a stream of
 *     another selection goes on at the position's time
 * @param position empty before the first start, and when it was cleared
 * @param savedAt when, by the store's clock; empty if nothing was saved yet
 * @param runBy who has a lease that still runs; empty if the pipeline is stopped
 * @param now the store's clock when this was read
 */
public record StoredPosition(
    String source,
    Optional<Position> position,
    Optional<Instant> savedAt,
    Optional<String> runBy,
    Instant now) {
  public StoredPosition {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(position, "position");
    Objects.requireNonNull(savedAt, "savedAt");
    Objects.requireNonNull(runBy, "runBy");
    Objects.requireNonNull(now, "now");
  }
}
