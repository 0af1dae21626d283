package dev.sluice.change;

import java.util.List;
import java.util.Objects;
import org.bson.BsonTimestamp;

/**
 * That a transaction is over: what comes behind its last event.
 *
 * @param last where its last event stands
 * @param counts how many events the stream had of it, by their collections in the order of the
 *     first event of each
 */
public record Commit(Transaction transaction, ChangePosition last, List<Count> counts)
    implements Change {
  /** As a message has it. */
  public static final String OPERATION = "commit";

  /** What a count takes of memory, beside the name. */
  private static final int COUNT_BYTES = 64;

  /**
   * The events of one collection.
   *
   * @param events at least 1
   */
  public record Count(Namespace namespace, long events) {
    public Count {
      Objects.requireNonNull(namespace, "namespace");
      if (events < 1) {
        throw new IllegalArgumentException("a collection without events");
      }
    }
  }

  public Commit {
    Objects.requireNonNull(transaction, "transaction");
    Objects.requireNonNull(last, "last");
    counts = List.copyOf(counts);
  }

  /** How many events it had, of all collections. */
  public long events() {
    return counts.stream().mapToLong(Count::events).sum();
  }

  /** Behind all that was committed at its time. */
  @Override
  public Position position() {
    return new Position.At(new BsonTimestamp(last.clusterTime() + 1));
  }

  @Override
  public ChangePosition order() {
    return last;
  }

  /** Of the transaction and its time alone: what of it is counted may change. */
  @Override
  public EventId id() {
    return EventId.of(this);
  }

  @Override
  public int sizeBytes() {
    return COUNT_BYTES
        + counts.stream().mapToInt(c -> COUNT_BYTES + c.namespace().toString().length()).sum();
  }

  /** It waits for the events of its transaction, whatever documents they are of. */
  @Override
  public long documentHash() {
    return EVERY_DOCUMENT;
  }

  @Override
  public long collectionHash() {
    return EVERY_COLLECTION;
  }
}
