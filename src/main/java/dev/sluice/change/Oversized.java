package dev.sluice.change;

import java.util.Objects;

/**
 * An event that the server cannot send, because it is larger than a document may be: its keys are
 * all that can be had of it.
 *
 * @param keys the event without its documents
 * @param error what the server said
 */
public record Oversized(ChangeEvent keys, String error) implements Change {
  public Oversized {
    Objects.requireNonNull(keys, "keys");
    Objects.requireNonNull(error, "error");
  }

  @Override
  public Position position() {
    return keys.position();
  }

  @Override
  public ChangePosition order() {
    return keys.order();
  }

  @Override
  public EventId id() {
    return keys.id();
  }

  @Override
  public int sizeBytes() {
    return keys.sizeBytes();
  }

  @Override
  public long documentHash() {
    return keys.documentHash();
  }

  @Override
  public long collectionHash() {
    return keys.collectionHash();
  }
}
