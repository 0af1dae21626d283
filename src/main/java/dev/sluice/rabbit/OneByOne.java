package dev.sluice.rabbit;

import dev.sluice.change.Change;
import dev.sluice.message.Message;
import dev.sluice.pipeline.EventPublisher;
import dev.sluice.pipeline.EventPublisher.ConfirmChannel;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** Publishes one message at a time and waits for what becomes of it. Ends at the first failure. */
final class OneByOne implements EventPublisher.Outcomes {
  /** Longer than a broker takes that is alive. */
  private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(30);

  private final Scheduler blocking;
  private volatile Sinks.Empty<Void> outcome = Sinks.empty();
  private ConfirmChannel channel;

  private OneByOne(Scheduler blocking) {
    this.blocking = blocking;
  }

  static Mono<OneByOne> open(EventPublisher publisher, Scheduler blocking) {
    return Mono.defer(
        () -> {
          OneByOne publishing = new OneByOne(blocking);
          return publisher
              .open(publishing)
              .map(
                  opened -> {
                    publishing.channel = opened;
                    return publishing;
                  });
        });
  }

  /** Completes when RabbitMQ has confirmed it; fails if it is refused, returned or lost. */
  Mono<Void> publish(Message message) {
    return Mono.defer(
            () -> {
              Sinks.Empty<Void> mine = Sinks.empty();
              outcome = mine;
              channel.publish(1, message, Change.EVERY_DOCUMENT);
              channel.flush();
              return mine.asMono();
            })
        .subscribeOn(blocking)
        .timeout(CONFIRM_TIMEOUT, Mono.error(OneByOne::unconfirmed), blocking)
        // Confirms come on the connection's thread, which must not do what follows.
        .publishOn(blocking);
  }

  private static PipelineException unconfirmed() {
    return new PipelineException(
        FailureKind.TRANSIENT,
        "RabbitMQ has confirmed nothing for " + CONFIRM_TIMEOUT.toSeconds() + " s");
  }

  Mono<Void> close() {
    return channel.close();
  }

  @Override
  public void confirmed(long first, long last) {
    outcome.tryEmitEmpty();
  }

  @Override
  public void refused(long number, String why) {
    outcome.tryEmitError(new PipelineException(FailureKind.TRANSIENT, why));
  }

  @Override
  public void returned(String messageId, PipelineException failure) {
    outcome.tryEmitError(failure);
  }

  @Override
  public void lost(PipelineException failure) {
    outcome.tryEmitError(failure);
  }

  /** An alarm may end: the time-out decides. */
  @Override
  public void blocked(String reason) {}

  @Override
  public void unblocked() {}
}
