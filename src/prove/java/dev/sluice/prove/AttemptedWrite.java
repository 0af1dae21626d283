package dev.sluice.prove;

/**
 * One write that was sent to MongoDB: the sequence says which one of its document it is, counted
 * from 0. Its writer completes it, anybody may read it.
 *
 * <p>A write that got no answer, or an error for one, may or may not have happened. Its event is
 * legal and not due. It is the last one of its document: the writer goes on with another, so that
 * the order of all others stays beyond doubt.
 */
final class AttemptedWrite {
  private static final long NOT_ACKNOWLEDGED = Long.MIN_VALUE;

  private final String document;
  private final int sequence;
  private final WriteKind kind;
  private final long begunAt;
  private volatile long acknowledgedAt = NOT_ACKNOWLEDGED;

  /**
   * @param begunAt when it was sent, by {@link System#nanoTime} like all times of the ledger
   */
  AttemptedWrite(String document, int sequence, WriteKind kind, long begunAt) {
    this.document = document;
    this.sequence = sequence;
    this.kind = kind;
    this.begunAt = begunAt;
  }

  /** A majority has it: from now on its event is due. */
  void acknowledged(long at) {
    acknowledgedAt = at;
  }

  boolean isAcknowledged() {
    return acknowledgedAt != NOT_ACKNOWLEDGED;
  }

  long acknowledgedAt() {
    return acknowledgedAt;
  }

  String document() {
    return document;
  }

  int sequence() {
    return sequence;
  }

  WriteKind kind() {
    return kind;
  }

  long begunAt() {
    return begunAt;
  }

  @Override
  public String toString() {
    return kind.operation() + " " + sequence + " of " + document;
  }
}
