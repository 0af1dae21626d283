package dev.sluice.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.sluice.config.QueueSettings;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.TopologyMode;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Sees what is published without taking it from anybody: a queue of its own on the exchange, and on
 * those of the routes, which goes away with its connection.
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
    List<BoundExchange> exchanges = exchanges().filter(BoundExchange::canBeLookedAt).toList();
    if (exchanges.isEmpty()) {
      return Flux.error(nothingToLookAt(connection.settings()));
    }
    return connection
        .open()
        .flatMapMany(
            opened ->
                Mono.fromCallable(() -> declare(opened, exchanges, routingKeys))
                    .subscribeOn(connection.blocking())
                    .doOnNext(queue -> ready.run())
                    .flatMapMany(queue -> reader.read(opened, queue, Map.of())))
        .onErrorMap(failure -> RabbitFailures.recognise(failure, connection.settings()));
  }

  /** The exchanges that are looked at. */
  public List<String> seen() {
    return exchanges()
        .filter(BoundExchange::canBeLookedAt)
        .map(BoundExchange::name)
        .distinct()
        .toList();
  }

  /** The queues of what is not seen, because one more queue cannot be bound beside them. */
  public List<String> unseen() {
    return connection.settings().outlets().stream()
        .filter(outlet -> !new BoundExchange(outlet).canBeLookedAt())
        .map(
            outlet ->
                outlet
                    .queue()
                    .map(QueueSettings::name)
                    .orElseGet(() -> "of the exchange " + outlet.exchange()))
        .distinct()
        .toList();
  }

  private Stream<BoundExchange> exchanges() {
    return connection.settings().outlets().stream().map(BoundExchange::new);
  }

  private static PipelineException nothingToLookAt(RabbitSettings settings) {
    return new PipelineException(
        FailureKind.MISCONFIGURED,
        settings.usesDefaultExchange()
            ? "SLUICE_EXCHANGE is empty, and nothing can be bound to the default exchange to look on:"
                + " give the exchange a name, or read the queue \""
                + settings.queue()
                + "\" itself"
            : "SLUICE_EXCHANGE_TYPE is "
                + settings.topology().exchangeType().text()
                + ", and one more queue on such an exchange takes messages from the others: read"
                + " the queue \""
                + settings.queue()
                + "\" itself");
  }

  private String declare(Connection opened, List<BoundExchange> exchanges, String routingKeys)
      throws Exception {
    try (Channel channel = RabbitConnection.channelOn(opened)) {
      String queue = channel.queueDeclare("", false, true, true, Map.of()).getQueue();
      for (BoundExchange exchange : exchanges) {
        if (connection.settings().topology().mode() == TopologyMode.DECLARE) {
          // Declared here too: who looks on may come before the pipeline.
          channel.exchangeDeclare(exchange.name(), exchange.type(), true);
        }
        channel.queueBind(
            queue, exchange.name(), exchange.bindingKey(routingKeys), exchange.bindingArguments());
      }
      return queue;
    }
  }
}
