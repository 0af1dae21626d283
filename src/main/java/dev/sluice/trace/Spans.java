package dev.sluice.trace;

import dev.sluice.change.TraceParent;
import java.util.List;

/** Makes spans, and sends them to whoever collects them. Thread-safe; never blocks, never fails. */
public interface Spans extends AutoCloseable {
  /** The span of one batch. Thread-safe. */
  interface Span {
    /** What others continue it by. */
    TraceParent context();

    /** Notes that a message of the batch belongs to another trace as well. */
    void link(TraceParent cause);

    /**
     * Ends it, now.
     *
     * @param messages how many the batch has
     * @param failure why it came to nothing, as a sentence; null if it went well
     */
    void end(int messages, String failure);
  }

  /**
   * Begins the span of messages that are published: the beginning of a trace.
   *
   * @param destination an exchange, or the queue behind the default one
   * @param beginMillis when the first of them was captured, in milliseconds since 1970; 0 for now
   */
  Span send(String destination, long beginMillis);

  /**
   * Begins the span of messages that are applied. If all their causes are of one trace it goes on
   * with that, else it begins one and links to each.
   *
   * @param causes what the messages say that they are of, each once
   */
  Span process(String queue, List<TraceParent> causes);

  /** Sends what is ended and not sent yet, for some seconds at the most. */
  @Override
  void close();
}
