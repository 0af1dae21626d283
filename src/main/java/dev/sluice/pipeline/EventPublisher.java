package dev.sluice.pipeline;

import dev.sluice.message.Message;
import reactor.core.publisher.Mono;

/** Where events go. */
public interface EventPublisher {
  /**
   * Hears what becomes of the messages of one channel, which are numbered from 1 in the order in
   * which they were published. Called on the connection's thread, which must not be held up.
   */
  interface Outcomes {
    /** The broker has taken over responsibility for the message, or for all up to it. */
    void confirmed(long number, boolean upTo);

    /** The broker has refused a message: the channel is of no more use. */
    void refused(PipelineException failure);

    /** No queue takes the message of this id: the channel is of no more use. */
    void returned(String messageId, PipelineException failure);

    /** The channel is gone, and with it what is known of its unconfirmed messages. */
    void lost(PipelineException failure);

    /** The broker takes nothing for the time being, because of an alarm. */
    void blocked(String reason);

    void unblocked();
  }

  /** A channel in confirm mode. It lives until its first failure, and is never repaired. */
  interface ConfirmChannel {
    /**
     * Publishes the next message: persistent, and to be returned if no queue takes it. It may be
     * kept back until {@link #flush}. May block while the broker does. One thread at a time.
     *
     * @param document what of one value stays in order, see {@link
     *     dev.sluice.change.Change#documentHash}
     * @throws PipelineException if it could not be written; the channel is then of no more use
     */
    void publish(Message message, long document);

    /**
     * Sends what was kept back: to be called when there is nothing more to publish for now. May
     * block while the broker does.
     *
     * @throws PipelineException if it could not be written; the channel is then of no more use
     */
    void flush();

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
}
