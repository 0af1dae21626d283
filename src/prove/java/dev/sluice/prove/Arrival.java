package dev.sluice.prove;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One message as it came out of a queue.
 *
 * @param at when, by {@link System#nanoTime}
 * @param redelivered whether RabbitMQ says that it handed out this very message before
 * @param digest of everything in the body that a repeat must repeat
 * @param leaks where in it, body or not, something stands that must not leave
 * @param partition which of several pipelines published it, as its header says; empty where there
 *     is one only
 */
record Arrival(
    long at,
    String queue,
    boolean redelivered,
    String messageId,
    Event event,
    String digest,
    List<String> leaks,
    String partition) {
  /** The message of a delete knows nothing of the document but its id. */
  static final int UNNUMBERED = -1;

  /** Stands for the operation of a message that is none of Sluice's. */
  static final String UNREADABLE = "unreadable";

  /** The header in which it says which partition published it. */
  static final String PARTITION_HEADER = "partition";

  Arrival {
    leaks = List.copyOf(leaks);
  }

  /**
   * What a message says that happened.
   *
   * @param operation the message's own word for it
   * @param sequence which write of its document it tells of, or {@link #UNNUMBERED}
   * @param position ascending in the order of MongoDB's log; empty on what was parked
   * @param transaction that it was part of, or that it is the end of, if any
   * @param counts of the end of a transaction: how many events of each collection it had
   */
  record Event(
      Subject subject,
      String operation,
      int sequence,
      String position,
      Optional<String> transaction,
      Map<String, Long> counts,
      Images images) {
    /** Whether it marks the end of a transaction. */
    boolean isCommit() {
      return operation.equals("commit");
    }

    /** Whether the two tell of one event, leaving aside how. */
    boolean isSameAs(Event other) {
      return subject.equals(other.subject)
          && operation.equals(other.operation)
          && sequence == other.sequence
          && position.equals(other.position);
    }

    @Override
    public String toString() {
      String number = sequence < 0 ? "" : " " + sequence;
      return operation + number + " of " + subject;
    }
  }

  /**
   * The document as the message shows it, by {@link Digest}; nothing where it is not said to be
   * exact, or not there.
   */
  record Images(Optional<String> before, Optional<String> after) {
    static final Images NONE = new Images(Optional.empty(), Optional.empty());
  }

  /** A message that cannot be told from any other. */
  static Arrival unreadable(long at, String queue, String reason, List<String> leaks) {
    Event nothing =
        new Event(
            new Subject("", ""),
            UNREADABLE,
            UNNUMBERED,
            "",
            Optional.empty(),
            Map.of(),
            Images.NONE);
    return new Arrival(at, queue, false, "unreadable at " + at, nothing, reason, leaks, "");
  }
}
