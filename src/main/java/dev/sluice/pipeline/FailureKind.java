package dev.sluice.pipeline;

/**
 * What a failure means for the pipeline. It is found out once, where the failure comes in, from its
 * type and code; what follows is decided here and by the settings, by the kind alone. Beside each
 * stands the price of taking a failure for this kind that is none.
 */
public enum FailureKind {
  /**
   * Goes away by itself: network, election, restart, a confirm that did not come. Back off and
   * resume. Price: a pipeline that tries for ever what cannot work, visible in its log.
   */
  TRANSIENT,
  /**
   * RabbitMQ has no queue for the message. By {@code SLUICE_ON_UNROUTABLE} declare the queue again
   * and resume, park the message, or stop. Price: as above, or an event in the wrong queue.
   */
  UNROUTABLE,
  /**
   * MongoDB no longer has the stored position: changes are lost for us. By {@code
   * SLUICE_ON_POSITION_LOST} stop, or tell of the gap and go on. Price: an outage until somebody
   * looks, or a gap where there was none.
   */
  POSITION_LOST,
  /**
   * An event that cannot be encoded or published. By {@code SLUICE_ON_POISON} stop, or park it.
   * Price: an outage, or an event in the wrong queue.
   */
  POISON_EVENT,
  /**
   * A server refuses what we ask for, and will again; also what it refuses for a reason we do not
   * know. Stop. Price: an outage.
   */
  MISCONFIGURED,
  /**
   * The pipeline is not ours any more: another instance has claimed it, or our lease ran out. Stand
   * by. Price: some seconds in which nobody runs it.
   */
  TAKEN_OVER,
  /** What should be impossible: a mistake of ours. Stop, with the whole stack trace. */
  BUG;

  /** Whether it goes away without anybody doing anything. */
  public boolean isPassing() {
    return this == TRANSIENT;
  }
}
