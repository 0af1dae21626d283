package dev.sluice.pipeline;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangePosition;
import dev.sluice.change.Commit;
import dev.sluice.change.CorruptBsonException;
import dev.sluice.change.Namespace;
import dev.sluice.change.Oversized;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.change.Transaction;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bson.BsonTimestamp;

/**
 * Lets a {@link Commit} in behind the last event of each transaction.
 *
 * <p>All events of a transaction have one cluster time, and no other has it on a replica set; of a
 * sharded cluster others may. So what was open at one time is over when the stream comes to a later
 * one, by an event or by a token.
 *
 * <p>What a transaction had in all is known only if it was followed from its first event on: a
 * filter hides some, and the index in a token counts those too. So a stream that goes on behind an
 * event is opened at the time of that event, and what comes up to it is counted and left out.
 * Serves one attempt.
 */
final class TransactionMarkers implements Insertions.Between {
  /** What the stream had of a transaction up to now. */
  private static final class Events {
    private final Map<Namespace, Long> counts = new LinkedHashMap<>();
    private ChangePosition last;

    void add(Namespace namespace, ChangePosition at) {
      last = at;
      counts.merge(namespace, 1L, Long::sum);
    }

    Commit commit(Transaction transaction) {
      return new Commit(
          transaction,
          last,
          counts.entrySet().stream()
              .map(count -> new Commit.Count(count.getKey(), count.getValue()))
              .toList());
    }
  }

  private final Position opening;

  /** Up to here all is published already; null for nothing. */
  private ResumeToken published;

  /** The transactions at the time that the stream has come to. */
  private final Map<Transaction, Events> open = new LinkedHashMap<>();

  private long time;

  /**
   * @param from where the stream is to go on
   */
  TransactionMarkers(Position from) {
    Optional<BsonTimestamp> begun =
        from instanceof Position.After after && after.token().isOfEvent()
            ? from.clusterTime()
            : Optional.empty();
    this.opening = begun.<Position>map(Position.At::new).orElse(from);
    this.published = begun.isPresent() ? ((Position.After) from).token() : null;
  }

  /** Where the stream has to be opened for that. */
  Position opening() {
    return opening;
  }

  @Override
  public void change(Change change, Consumer<Change> out) {
    ChangeEvent event = change instanceof Oversized oversized ? oversized.keys() : asEvent(change);
    if (event != null) {
      note(event, out);
      if (isPublished(event.token())) {
        return;
      }
      published = null;
    }
    out.accept(change);
  }

  private void note(ChangeEvent event, Consumer<Change> out) {
    Optional<Transaction> transaction;
    Namespace namespace;
    try {
      comeTo(event.order().clusterTime(), out);
      transaction = Transaction.of(event);
      namespace = transaction.isPresent() ? event.namespace() : null;
    } catch (CorruptBsonException | IllegalArgumentException damaged) {
      // It is refused where messages are made, or parked.
      return;
    }
    if (namespace != null) {
      open.computeIfAbsent(transaction.get(), unknown -> new Events())
          .add(namespace, event.order());
    }
  }

  private static ChangeEvent asEvent(Change change) {
    return change instanceof ChangeEvent event ? event : null;
  }

  /** A token of the middle of a transaction that was left out would only lead back. */
  @Override
  public boolean mark(ResumeToken token, boolean passed, Consumer<Change> out) {
    token.clusterTime().ifPresent(at -> comeTo(at.getValue(), out));
    return !isPublished(token);
  }

  @Override
  public void completed(Consumer<Change> out) {
    endAll(out);
  }

  private boolean isPublished(ResumeToken token) {
    return published != null && token.isNotBehind(published);
  }

  private void comeTo(long now, Consumer<Change> out) {
    if (Long.compareUnsigned(now, time) > 0) {
      endAll(out);
      time = now;
    }
  }

  private void endAll(Consumer<Change> out) {
    open.forEach((transaction, events) -> out.accept(events.commit(transaction)));
    open.clear();
  }
}
