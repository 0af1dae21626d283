package dev.sluice.pipeline;

import dev.sluice.change.Numbering;
import dev.sluice.message.Message;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Where events go. */
public interface EventPublisher {
  /**
   * Hears what becomes of the messages of one channel, by the numbers under which they were
   * published. Called on the connection's thread, which must not be held up.
   */
  interface Outcomes {
    /** The broker has taken over responsibility for the messages from the first to the last. */
    void confirmed(long first, long last);

    /**
     * The broker has not taken a message, and may take it if it is published again: a full queue's
     * back-pressure.
     *
     * @param why what that says of the broker, as a sentence
     */
    void refused(long number, String why);

    /**
     * No queue takes the message of this id. It may be confirmed all the same, later, and its
     * number refused, earlier. The channel lives on.
     */
    void returned(String messageId, PipelineException failure);

    /** The channel is gone, and with it what is known of its unconfirmed messages. */
    void lost(PipelineException failure);

    /** The broker takes nothing for the time being, because of an alarm. */
    void blocked(String reason);

    void unblocked();
  }

  /** A channel in confirm mode. It lives until it fails, and is never repaired. */
  interface ConfirmChannel {
    /**
     * Publishes a message: persistent, and to be returned if no queue takes it. It may be kept back
     * until {@link #flush}. May block while the broker does. One thread at a time.
     *
     * @param number what it is called when its outcome is told; one that was refused may be
     *     published again under its number
     * @param document what of one value stays in order, see {@link
     *     dev.sluice.change.Change#documentHash}
     * @throws PipelineException if it could not be written; the channel is then of no more use
     */
    void publish(long number, Message message, long document);

    /**
     * As {@link #publish(long, Message, long)}, where the broker drops what it has.
     *
     * @param id what the broker knows it by, above that of all before it
     */
    default void publish(long number, long id, Message message, long document) {
      publish(number, message, document);
    }

    /**
     * Sends what was kept back: to be called when there is nothing more to publish for now. May
     * block while the broker does.
     *
     * @throws PipelineException if it could not be written; the channel is then of no more use
     */
    void flush();

    /**
     * Whether a message is to be published when no other is on its way, and none behind it before
     * its outcome is known.
     */
    default boolean wantsToBeAlone(Message message) {
      return false;
    }

    /**
     * Closes the channel. Ends within seconds, whatever the state of the connection; never fails.
     */
    Mono<Void> close();
  }

  /**
   * Opens a channel, with the exchange, the queue and the binding in place. Cold. Fails with a
   * {@link PipelineException}.
   */
  Mono<ConfirmChannel> open(Outcomes outcomes);

  /**
   * What the events of an attempt are called, if the broker drops by their numbers what it has.
   * Empty if it drops nothing.
   *
   * @param saved what those behind the position of the attempt were called before, if they are the
   *     same as then
   */
  default Optional<Numbering> numbering(Optional<Numbering> saved) {
    return Optional.empty();
  }

  /**
   * As {@link #open(Outcomes)}, of a channel to publish on by {@link ConfirmChannel#publish(long,
   * long, Message, long)} only. On it nothing is refused or confirmed before all that was published
   * before it. Only where {@link #numbering} is not empty.
   */
  default Mono<ConfirmChannel> open(Outcomes outcomes, Numbering numbering) {
    throw new UnsupportedOperationException("nothing is numbered here");
  }
}
