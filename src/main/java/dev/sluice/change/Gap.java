package dev.sluice.change;

import java.util.Objects;
import java.util.Optional;
import org.bson.BsonTimestamp;

/**
 * A stretch of the log that MongoDB no longer has: what was changed in it is lost to us, and
 * whoever reads the queue has to know.
 *
 * @param from the cluster time of the last position; empty if it cannot be told
 * @param to the cluster time at which the stream goes on
 * @param reason one sentence
 */
public record Gap(Optional<BsonTimestamp> from, BsonTimestamp to, String reason) implements Change {
  public Gap {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(to, "to");
    Objects.requireNonNull(reason, "reason");
  }

  @Override
  public Position position() {
    return new Position.At(to);
  }

  /** Before all that comes behind the gap. */
  @Override
  public ChangePosition order() {
    return new ChangePosition(to.getValue(), 0);
  }

  @Override
  public EventId id() {
    return EventId.of(this);
  }

  @Override
  public int sizeBytes() {
    return reason.length();
  }

  @Override
  public long documentHash() {
    return EVERY_DOCUMENT;
  }

  @Override
  public long collectionHash() {
    return EVERY_COLLECTION;
  }
}
