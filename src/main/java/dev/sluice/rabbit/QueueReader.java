package dev.sluice.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.rabbitmq.ConsumeOptions;
import reactor.rabbitmq.RabbitFlux;
import reactor.rabbitmq.Receiver;
import reactor.rabbitmq.ReceiverOptions;

/** Reads a queue by a consumer of its own. Reading is reactor-rabbitmq's. */
final class QueueReader {
  /** How many messages may be under way to us: bounds the memory of a slow reader. */
  private static final int PREFETCH = 500;

  private final RabbitConnection connection;

  QueueReader(RabbitConnection connection) {
    this.connection = connection;
  }

  /**
   * Each message, acknowledged as it is handed on. Cold; fails when the channel is closed.
   *
   * @param arguments of the consumer
   */
  Flux<Delivery> read(Connection opened, String queue, Map<String, Object> arguments) {
    AtomicReference<Channel> consuming = new AtomicReference<>();
    return Flux.using(
        () -> receiver(opened),
        receiver ->
            receiver
                .consumeManualAck(
                    queue,
                    new ConsumeOptions()
                        .qos(PREFETCH)
                        .arguments(arguments)
                        .channelCallback(consuming::set))
                .map(
                    delivery -> {
                      delivery.ack();
                      return (Delivery) delivery;
                    })
                .concatWith(Mono.error(() -> lost(consuming.get()))),
        Receiver::close);
  }

  /** The receiver only completes when its channel is closed, whatever the reason. */
  private PipelineException lost(Channel channel) {
    if (channel != null && channel.getCloseReason() != null) {
      return RabbitFailures.recognise(channel.getCloseReason(), connection.settings());
    }
    return new PipelineException(
        FailureKind.TRANSIENT,
        "The connection to RabbitMQ at " + connection.settings().address() + " is lost");
  }

  private Receiver receiver(Connection opened) {
    return RabbitFlux.createReceiver(
        new ReceiverOptions()
            .connectionMono(Mono.just(opened))
            .connectionSubscriptionScheduler(connection.blocking()));
  }
}
