package dev.sluice.trace;

import dev.sluice.change.TraceParent;
import dev.sluice.message.Message;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The batches of one channel that are not confirmed as a whole, and which message is of which. A
 * batch is what goes to the socket together, {@link #MOST_MESSAGES} at the most. Its span begins
 * when the first of its messages was captured and ends when the last is confirmed.
 *
 * <p>Messages come from the publishing thread, answers from the connection's. As large as the
 * window at the most.
 */
final class SentBatches {
  /** As many as a reply of MongoDB has by default, so that a span under load is of some use. */
  static final int MOST_MESSAGES = 500;

  /** What a span keeps unless its user has set another limit (OTEL_SPAN_LINK_COUNT_LIMIT). */
  static final int MOST_LINKS = 128;

  private static final String CAPTURED_AT = "capturedAt";

  private static final class Batch {
    private final Spans.Span span;
    private final Set<TraceParent> links = new HashSet<>();
    private int messages;
    private int unconfirmed;

    /** Whether all of its messages are there. */
    private boolean whole;

    Batch(Spans.Span span) {
      this.span = span;
    }

    void add() {
      messages++;
      unconfirmed++;
    }

    void link(TraceParent cause) {
      if (links.size() < MOST_LINKS && links.add(cause)) {
        span.link(cause);
      }
    }

    void endIfDone() {
      if (whole && unconfirmed == 0) {
        span.end(messages, null);
      }
    }
  }

  private static final String SOME_CONTEXT = "0".repeat(TraceParent.LENGTH);

  private final Spans spans;
  private final String destination;
  private final Map<Long, Batch> byNumber = new HashMap<>();

  /** That to which the next message belongs; null if it begins another one. */
  private Batch current;

  SentBatches(Spans spans, String destination) {
    this.spans = spans;
    this.destination = destination;
  }

  /**
   * Takes a message in that is published now; one that was refused stays in its batch.
   *
   * @return the message with the context of its batch, unless it has one of its own
   */
  synchronized Message add(long number, Message message) {
    Batch batch = byNumber.get(number);
    if (batch == null) {
      if (current == null) {
        current = new Batch(spans.send(destination, capturedAt(message)));
      }
      batch = current;
      batch.add();
      byNumber.put(number, batch);
    }
    Object own = message.headers().get(TraceParent.HEADER);
    if (own != null) {
      TraceParent.of(own.toString()).ifPresent(batch::link);
    }
    Message traced =
        own == null ? message.with(TraceParent.HEADER, batch.span.context().text()) : message;
    if (batch == current && batch.messages == MOST_MESSAGES) {
      close();
    }
    return traced;
  }

  /** The message with as large a header as it will have. */
  static Message ofFullSize(Message message) {
    return message.headers().containsKey(TraceParent.HEADER)
        ? message
        : message.with(TraceParent.HEADER, SOME_CONTEXT);
  }

  /** What belongs to the whole collection has no such header. */
  private static long capturedAt(Message message) {
    Object text = message.headers().get(CAPTURED_AT);
    try {
      return text == null ? 0 : Instant.parse(text.toString()).toEpochMilli();
    } catch (DateTimeParseException e) {
      return 0;
    }
  }

  /** The next message is of another batch. */
  synchronized void close() {
    if (current != null) {
      Batch closed = current;
      current = null;
      closed.whole = true;
      closed.endIfDone();
    }
  }

  /** Numbers between these of which no message was published are passed over. */
  synchronized void confirmed(long first, long last) {
    for (long number = first; number <= last; number++) {
      Batch batch = byNumber.remove(number);
      if (batch != null) {
        batch.unconfirmed--;
        batch.endIfDone();
      }
    }
  }

  /** Ends all that are open: what of them is not confirmed is published again by others. */
  synchronized void fail(String why) {
    if (current != null) {
      current.whole = true;
      current = null;
    }
    Set<Batch> open = new HashSet<>(byNumber.values());
    byNumber.clear();
    open.forEach(batch -> batch.span.end(batch.messages, why));
  }
}
