package dev.sluice.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.TopologyMode;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Sees what is published without taking it from anybody: a queue of its own on the exchange, which
 * goes away with its connection.
 */
public final class TemporaryQueue {
  private final RabbitConnection connection;
  private final QueueReader reader;

  /**
   * @param connection not the one that is used for publishing
   */
  public TemporaryQueue(RabbitConnection connection) {
    this.connection = connection;
    this.reader = new QueueReader(connection);
  }

  /**
   * The messages that are published from now on. Cold; does not end by itself.
   *
   * @param routingKeys which ones, as a topic exchange's pattern; one of another type gives all
   * @param ready told when nothing published from then on can be missed
   */
  public Flux<Delivery> messages(String routingKeys, Runnable ready) {
    RabbitSettings settings = connection.settings();
    if (settings.usesDefaultExchange()) {
      return Flux.error(
          new PipelineException(
              FailureKind.MISCONFIGURED,
              "SLUICE_EXCHANGE is empty, and nothing can be bound to the default exchange to look on:"
                  + " give the exchange a name, or read the queue \""
                  + settings.queue()
                  + "\" itself"));
    }
    BoundExchange exchange = new BoundExchange(settings);
    if (!exchange.canBeLookedAt()) {
      return Flux.error(
          new PipelineException(
              FailureKind.MISCONFIGURED,
              "SLUICE_EXCHANGE_TYPE is "
                  + exchange.type()
                  + ", and one more queue on such an exchange takes messages from the others: read"
                  + " the queue \""
                  + settings.queue()
                  + "\" itself"));
    }
    return connection
        .open()
        .flatMapMany(
            opened ->
                Mono.fromCallable(() -> declare(opened, exchange, routingKeys))
                    .subscribeOn(connection.blocking())
                    .doOnNext(queue -> ready.run())
                    .flatMapMany(queue -> reader.read(opened, queue, Map.of())))
        .onErrorMap(failure -> RabbitFailures.recognise(failure, connection.settings()));
  }

  private String declare(Connection opened, BoundExchange exchange, String routingKeys)
      throws Exception {
    RabbitSettings settings = connection.settings();
    try (Channel channel = opened.createChannel()) {
      if (settings.topology().mode() == TopologyMode.DECLARE) {
        // Declared here too: who looks on may come before the pipeline.
        channel.exchangeDeclare(settings.exchange(), exchange.type(), true);
      }
      String queue = channel.queueDeclare("", false, true, true, Map.of()).getQueue();
      channel.queueBind(
          queue,
          settings.exchange(),
          exchange.bindingKey(routingKeys),
          exchange.bindingArguments());
      return queue;
    }
  }
}
