package dev.sluice.checkpoint;

import dev.sluice.change.Position;
import java.util.Objects;
import java.util.Optional;

/**
 * What is kept of a pipeline between two runs.
 *
 * @param pipeline the key
 * @param epoch counts the processes that have claimed the pipeline; the newest one only may save
 * @param position empty before the first start
 */
public record Checkpoint(String pipeline, long epoch, Optional<Position> position) {
  public Checkpoint {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(position, "position");
  }

  /** The same with another position. */
  public Checkpoint at(Position newPosition) {
    return new Checkpoint(pipeline, epoch, Optional.of(newPosition));
  }
}
