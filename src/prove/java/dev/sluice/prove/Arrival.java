package dev.sluice.prove;

/**
 * One message as it came out of the queue.
 *
 * @param at when, by {@link System#nanoTime}
 * @param document the {@code _id} of the document
 * @param operation the message's own word for what happened
 * @param sequence which write of its document it tells of, or {@link #UNNUMBERED}
 * @param clusterTime MongoDB's time of the event, ascending in the order of its log
 * @param redelivered whether RabbitMQ says that it handed out this very message before
 * @param digest of everything in the body that a repeat must repeat
 */
record Arrival(
    long at,
    String messageId,
    String document,
    String operation,
    int sequence,
    long clusterTime,
    boolean redelivered,
    String digest) {
  /** The message of a delete knows nothing of the document but its id. */
  static final int UNNUMBERED = -1;

  /** Stands for the operation of a message that is none of Sluice's. */
  static final String UNREADABLE = "unreadable";

  /** A message that cannot be told from any other. */
  static Arrival unreadable(long at, String reason) {
    return new Arrival(at, "unreadable at " + at, "", UNREADABLE, UNNUMBERED, 0, false, reason);
  }

  /** Whether the two tell of one event, leaving aside how. */
  boolean isOfSameEvent(Arrival other) {
    return document.equals(other.document)
        && operation.equals(other.operation)
        && sequence == other.sequence
        && clusterTime == other.clusterTime;
  }
}
