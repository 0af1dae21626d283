package dev.sluice.checkpoint;

import dev.sluice.change.Numbering;
import dev.sluice.change.Position;
import java.util.Objects;
import java.util.Optional;

/**
 * What is kept of a pipeline between two runs.
 *
 * @param pipeline the key
 * @param epoch counts the processes that have claimed the pipeline; the newest one only may save
 * @param position empty before the first start
 * @param numbering what the events behind the position are called; empty where that is not known,
 *     or the broker does not ask
 */
public record Checkpoint(
    String pipeline, long epoch, Optional<Position> position, Optional<Numbering> numbering) {
  public Checkpoint {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(position, "position");
    if (numbering.isPresent() && (position.isEmpty() || !numbering.get().lasting())) {
      throw new IllegalArgumentException("a numbering of no position, or one that does not last");
    }
  }

  public Checkpoint(String pipeline, long epoch, Optional<Position> position) {
    this(pipeline, epoch, position, Optional.empty());
  }

  /**
   * The same with another position, of which it is not known what the events behind it are called.
   */
  public Checkpoint at(Position newPosition) {
    return new Checkpoint(pipeline, epoch, Optional.of(newPosition));
  }

  /** The same with another position. */
  public Checkpoint at(Position newPosition, Optional<Numbering> newNumbering) {
    return new Checkpoint(pipeline, epoch, Optional.of(newPosition), newNumbering);
  }
}
