package dev.sluice.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import dev.sluice.config.DeliverySettings;
import dev.sluice.config.ExchangeType;
import dev.sluice.config.QueueType;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.TopologyMode;
import dev.sluice.config.TopologySettings;
import dev.sluice.message.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Sends a message as the pipeline does, with a confirm, to a queue that nobody else sees and that
 * goes away with its connection, and takes it out there.
 */
public final class CanaryQueue {
  private final RabbitConnection connection;
  private final DeliverySettings delivery;
  private final Scheduler timer;

  /**
   * @param connection which the queue belongs to
   */
  public CanaryQueue(RabbitConnection connection, DeliverySettings delivery, Scheduler timer) {
    this.connection = connection;
    this.delivery = delivery;
    this.timer = timer;
  }

  /**
   * The message-id with which it arrived. Cold; does not give up by itself. Fails with a {@link
   * dev.sluice.pipeline.PipelineException}.
   */
  public Mono<String> carry(Message message) {
    return Mono.usingWhen(
            Mono.fromCallable(() -> RabbitConnection.channelOn(connection.openNow()))
                .subscribeOn(connection.blocking()),
            channel -> declared(channel).flatMap(queue -> carry(message, channel, queue)),
            channel ->
                Mono.<Void>fromRunnable(connection::close).subscribeOn(connection.blocking()))
        .onErrorMap(failure -> RabbitFailures.recognise(failure, connection.settings()));
  }

  private Mono<String> declared(Channel channel) {
    return Mono.fromCallable(() -> channel.queueDeclare("", false, true, true, Map.of()).getQueue())
        .subscribeOn(connection.blocking());
  }

  private Mono<String> carry(Message message, Channel channel, String queue) {
    return Mono.using(
            () ->
                new RabbitConnection(
                    straightTo(queue), "sluice canary", connection.blocking(), new Random()),
            publishing -> new SingleMessages(publishing, delivery).send(to(queue, message)),
            RabbitConnection::close)
        .then(Mono.fromCallable(() -> take(channel, queue)).subscribeOn(connection.blocking()))
        .filter(Optional::isPresent)
        .map(Optional::get)
        // A confirm may come before the message can be taken.
        .repeatWhenEmpty(tries -> tries.delayElements(Duration.ofMillis(20), timer));
  }

  private static Optional<String> take(Channel channel, String queue) throws IOException {
    GetResponse got = channel.basicGet(queue, true);
    return Optional.ofNullable(got).map(one -> one.getProps().getMessageId());
  }

  private static Message to(String queue, Message message) {
    return new Message(
        message.body(),
        message.content(),
        message.messageId(),
        queue,
        message.type(),
        message.timestampSeconds(),
        message.headers(),
        Message.Destination.EXCHANGE);
  }

  /** By the default exchange, and nothing is declared. */
  private RabbitSettings straightTo(String queue) {
    return new RabbitSettings(
        connection.settings().broker(),
        "",
        queue,
        new TopologySettings(
            TopologyMode.NONE, ExchangeType.TOPIC, QueueType.CLASSIC, Map.of(), false));
  }
}
