package dev.sluice.prove;

import java.util.Optional;

/**
 * One write that was sent to MongoDB: the sequence says which one of its document it is, counted
 * from 0. Its writer completes it, anybody may read it.
 *
 * <p>A write that got no answer, or an error for one, may or may not have happened. Its event is
 * legal and not due. It is the last one of its document: the writer goes on with another, so that
 * the order of all others stays beyond doubt. A write of a transaction that was aborted has not
 * happened, and its event is a crime.
 */
final class AttemptedWrite {
  /**
   * What is known when it is sent.
   *
   * @param queue where its event belongs
   * @param transaction that it is part of, if any
   */
  record Plan(
      Subject subject,
      String queue,
      int sequence,
      WriteKind kind,
      States states,
      Optional<TransactionAttempt> transaction) {}

  private static final long NOT_ACKNOWLEDGED = Long.MIN_VALUE;

  private final Plan plan;
  private final long begunAt;
  private volatile long acknowledgedAt = NOT_ACKNOWLEDGED;
  private volatile boolean aborted;

  /**
   * @param begunAt when it was sent, by {@link System#nanoTime} like all times of the ledger
   */
  AttemptedWrite(Plan plan, long begunAt) {
    this.plan = plan;
    this.begunAt = begunAt;
  }

  /** A majority has it: from now on its event is due. */
  void acknowledged(long at) {
    acknowledgedAt = at;
  }

  /** It is known not to have happened. */
  void aborted() {
    aborted = true;
  }

  boolean isAcknowledged() {
    return acknowledgedAt != NOT_ACKNOWLEDGED;
  }

  boolean isAborted() {
    return aborted;
  }

  /** Whether nobody knows if it happened. */
  boolean isUncertain() {
    return !isAcknowledged() && !aborted;
  }

  long acknowledgedAt() {
    return acknowledgedAt;
  }

  Subject subject() {
    return plan.subject();
  }

  String queue() {
    return plan.queue();
  }

  int sequence() {
    return plan.sequence();
  }

  WriteKind kind() {
    return plan.kind();
  }

  States states() {
    return plan.states();
  }

  Optional<TransactionAttempt> transaction() {
    return plan.transaction();
  }

  long begunAt() {
    return begunAt;
  }

  @Override
  public String toString() {
    return kind().operation() + " " + sequence() + " of " + subject();
  }
}
