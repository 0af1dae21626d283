package dev.sluice.trace;

import dev.sluice.change.Numbering;
import dev.sluice.message.Message;
import dev.sluice.pipeline.EventPublisher;
import dev.sluice.pipeline.PipelineException;
import java.util.Optional;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * A publisher whose batches are spans, and whose messages say so: the header {@code traceparent} of
 * those that carry none of their own. docs/TRACING.md says what a batch is.
 */
public final class TracedPublisher implements EventPublisher {
  private static final String UNANSWERED = "The channel ended before all messages were confirmed";

  private final EventPublisher publisher;
  private final Spans spans;
  private final String destination;

  /**
   * @param destination the exchange of the settings, or the queue behind the default one
   */
  public TracedPublisher(EventPublisher publisher, Spans spans, String destination) {
    this.publisher = publisher;
    this.spans = spans;
    this.destination = destination;
  }

  @Override
  public Optional<Numbering> numbering(Optional<Numbering> saved) {
    return publisher.numbering(saved);
  }

  @Override
  public Mono<ConfirmChannel> open(Outcomes outcomes) {
    return open(outcomes, publisher::open);
  }

  @Override
  public Mono<ConfirmChannel> open(Outcomes outcomes, Numbering numbering) {
    return open(outcomes, heard -> publisher.open(heard, numbering));
  }

  private Mono<ConfirmChannel> open(
      Outcomes outcomes, Function<Outcomes, Mono<ConfirmChannel>> opening) {
    return Mono.defer(
        () -> {
          SentBatches batches = new SentBatches(spans, destination);
          return opening
              .apply(new Heard(outcomes, batches))
              .map(channel -> new Channel(channel, batches));
        });
  }

  private record Channel(ConfirmChannel channel, SentBatches batches) implements ConfirmChannel {
    @Override
    public void publish(long number, Message message, long document) {
      channel.publish(number, batches.add(number, message), document);
    }

    @Override
    public void publish(long number, long id, Message message, long document) {
      channel.publish(number, id, batches.add(number, message), document);
    }

    /** As it will be published: what hardly fits without the header may not with it. */
    @Override
    public boolean wantsToBeAlone(Message message) {
      return channel.wantsToBeAlone(SentBatches.ofFullSize(message));
    }

    @Override
    public void flush() {
      batches.close();
      channel.flush();
    }

    @Override
    public Mono<Void> close() {
      return channel.close().doFinally(signal -> batches.fail(UNANSWERED));
    }
  }

  private record Heard(Outcomes outcomes, SentBatches batches) implements Outcomes {
    @Override
    public void confirmed(long first, long last) {
      batches.confirmed(first, last);
      outcomes.confirmed(first, last);
    }

    @Override
    public void refused(long number, String why) {
      outcomes.refused(number, why);
    }

    @Override
    public void returned(String messageId, PipelineException failure) {
      outcomes.returned(messageId, failure);
    }

    @Override
    public void lost(PipelineException failure) {
      batches.fail(failure.getMessage());
      outcomes.lost(failure);
    }

    @Override
    public void blocked(String reason) {
      outcomes.blocked(reason);
    }

    @Override
    public void unblocked() {
      outcomes.unblocked();
    }
  }
}
