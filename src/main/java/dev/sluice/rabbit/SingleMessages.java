package dev.sluice.rabbit;

import dev.sluice.config.DeliverySettings;
import dev.sluice.message.Message;
import reactor.core.publisher.Mono;

/**
 * Publishes a message now and then, on a connection of its own that stays open between them, and is
 * opened anew by the next message after a failure.
 */
public final class SingleMessages {
  private final RabbitConnection connection;
  private final ConfirmingPublisher publisher;
  private volatile OneByOne open;

  public SingleMessages(RabbitConnection connection, DeliverySettings delivery) {
    this.connection = connection;
    this.publisher = new ConfirmingPublisher(connection, delivery);
  }

  /**
   * Publishes it and completes when it is confirmed. One at a time. Cold. Fails with a {@link
   * dev.sluice.pipeline.PipelineException}.
   */
  public Mono<Void> send(Message message) {
    return Mono.defer(this::channel)
        .flatMap(channel -> channel.publish(message))
        .onErrorResume(failure -> close().then(Mono.error(failure)));
  }

  private Mono<OneByOne> channel() {
    OneByOne current = open;
    return current != null
        ? Mono.just(current)
        : OneByOne.open(publisher, connection.blocking()).doOnNext(opened -> open = opened);
  }

  private Mono<Void> close() {
    OneByOne failed = open;
    open = null;
    return failed == null ? Mono.empty() : failed.close();
  }
}
