package dev.sluice.pipeline;

/**
 * What a failure means for the pipeline. It is found out once, where the failure comes in, from its
 * type and code; what follows is decided here, by the kind alone. Beside each stands the price of
 * taking a failure for this kind that is none.
 */
public enum FailureKind {
  /**
   * Goes away by itself: network, election, restart, a confirm that did not come. Back off and
   * resume. Price: a pipeline that tries for ever what cannot work, visible in its log.
   */
  TRANSIENT,
  /**
   * RabbitMQ has no queue for the message. Back off, declare the queue again and resume. Price: as
   * above.
   */
  UNROUTABLE,
  /**
   * MongoDB no longer has the stored position. Stop: changes are lost for us, and only the operator
   * can say what is to be done. Price: an outage until somebody looks.
   */
  POSITION_LOST,
  /** An event that cannot be encoded or published. Stop. Price: as above. */
  POISON_EVENT,
  /** A server refuses what we ask for, and will again. Stop. Price: as above. */
  MISCONFIGURED,
  /** Another process has claimed the pipeline. Stop at once. Price: nobody runs it. */
  TAKEN_OVER,
  /** Nothing of the above: a mistake of ours. Stop, with the whole stack trace. */
  BUG;

  /** Whether to back off and resume rather than to stop. */
  public boolean isRetried() {
    return this == TRANSIENT || this == UNROUTABLE;
  }
}
