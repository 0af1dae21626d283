package dev.sluice.pipeline;

import dev.sluice.change.Change;
import dev.sluice.message.Message;

/**
 * Counts what goes through the pipeline. Called on the paths of events, so it must neither block
 * nor throw; each method says on which thread. Numbers are those of the window of the attempt: they
 * begin anew with each, and one that is confirmed may be another event's after it.
 */
public interface PipelineMeter {
  /** Counts nothing. */
  PipelineMeter NONE = new PipelineMeter() {};

  /** Where something broke or works again. */
  enum Side {
    /** MongoDB. */
    SOURCE,
    /** RabbitMQ. */
    BROKER
  }

  /** A change was taken in under this number. On the thread that brings it, one at a time. */
  default void admitted(long number, Change change) {}

  /** A change has become a message. On the encoder's thread. */
  default void encoded(Message message) {}

  /**
   * A message is about to be given to RabbitMQ, for the first time or once more. On the publishing
   * thread, before anybody can hear of its confirm.
   */
  default void published(long number, Message message) {}

  /** RabbitMQ has a message. On the connection's thread. */
  default void confirmed(long number, Message message) {}

  /** So many messages were left without an answer. On any thread, one at a time. */
  default void leftUnanswered(int messages) {}

  /** A try has failed, whatever follows. On any thread, one at a time. */
  default void failed(PipelineException failure) {}

  /** A side has failed. On any thread. */
  default void broke(Side side) {}

  /** A side works. On any thread. */
  default void works(Side side) {}
}
