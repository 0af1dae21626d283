package dev.sluice.rabbit;

import com.rabbitmq.client.Channel;
import dev.sluice.config.ExchangeType;
import dev.sluice.config.QueueType;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.TopologyMode;
import dev.sluice.config.TopologySettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.rabbitmq.BindingSpecification;
import reactor.rabbitmq.ExchangeSpecification;
import reactor.rabbitmq.QueueSpecification;
import reactor.rabbitmq.RabbitFlux;
import reactor.rabbitmq.ResourceManagementOptions;
import reactor.rabbitmq.Sender;
import reactor.rabbitmq.SenderOptions;

/**
 * What has to be there before a message can be published: the exchange, the queue, the binding.
 * Declared through reactor-rabbitmq, which does this well; publishing is ours
 * (docs/decisions/0001).
 */
final class Topology {
  private static final int PRACTICALLY_UNLIMITED = 1_000_000_000;

  private final RabbitSettings settings;
  private final BoundExchange exchange;

  Topology(RabbitSettings settings) {
    this.settings = settings;
    this.exchange = new BoundExchange(settings);
  }

  /**
   * Declares everything on this channel, or only sees whether it is there, as the settings say.
   * What is there already and alike is left as it is; what differs or is missing closes the
   * channel.
   */
  Mono<Void> prepare(Channel channel, Scheduler scheduler) {
    return switch (settings.topology().mode()) {
      case DECLARE ->
          Mono.using(
              () -> sender(channel, scheduler), sender -> declare(sender, channel), Sender::close);
      case VERIFY -> verify(channel).subscribeOn(scheduler);
      case NONE -> Mono.empty();
    };
  }

  /** Passive declarations need no permission, and look at nothing but the name. */
  private Mono<Void> verify(Channel channel) {
    return Mono.fromCallable(
        () -> {
          if (!settings.usesDefaultExchange()) {
            channel.exchangeDeclarePassive(settings.exchange());
          }
          channel.queueDeclarePassive(settings.queue());
          if (settings.topology().parking()) {
            channel.queueDeclarePassive(settings.parkingQueue());
          }
          return null;
        });
  }

  private Mono<Void> declare(Sender sender, Channel channel) {
    ResourceManagementOptions onChannel =
        new ResourceManagementOptions().channelMono(Mono.just(channel));
    Mono<?> declared = sender.declareQueue(queue(), onChannel);
    if (settings.topology().parking()) {
      declared = declared.then(sender.declareQueue(parkingQueue(), onChannel));
    }
    if (!settings.usesDefaultExchange()) {
      declared =
          declareExchange(sender, onChannel).then(declared).then(sender.bind(binding(), onChannel));
    }
    return declared.then();
  }

  private Mono<?> declareExchange(Sender sender, ResourceManagementOptions onChannel) {
    Mono<?> declared =
        sender.declareExchange(
            ExchangeSpecification.exchange(settings.exchange())
                .type(exchange.type())
                .durable(true)
                .arguments(exchange.arguments()),
            onChannel);
    if (!exchange.hasAlternate()) {
      return declared;
    }
    return sender
        .declareExchange(
            ExchangeSpecification.exchange(settings.alternateExchange())
                .type(ExchangeType.FANOUT.text())
                .durable(true),
            onChannel)
        .then(declared);
  }

  private BindingSpecification binding() {
    return BindingSpecification.binding(exchange.source(), exchange.bindingKey(), settings.queue())
        .arguments(exchange.bindingArguments());
  }

  private QueueSpecification queue() {
    return QueueSpecification.queue(settings.queue())
        .durable(true)
        .arguments(queueArguments(settings.topology()));
  }

  /** All arguments of the queue, with its type. */
  static Map<String, Object> queueArguments(TopologySettings topology) {
    return typed(topology.queueType(), topology.queueArguments());
  }

  /**
   * Whoever lists what is parked takes it and gives it back, which a quorum queue counts. RabbitMQ
   * 4 drops a message that came back twenty times unless told otherwise.
   */
  private static Map<String, Object> parkingArguments(TopologySettings topology) {
    QueueType type = topology.parkingQueueType();
    return typed(
        type,
        type == QueueType.QUORUM ? Map.of("x-delivery-limit", PRACTICALLY_UNLIMITED) : Map.of());
  }

  private QueueSpecification parkingQueue() {
    return QueueSpecification.queue(settings.parkingQueue())
        .durable(true)
        .arguments(parkingArguments(settings.topology()));
  }

  /** For a consumer, which needs it and nothing else. */
  static void declareParkingQueue(Channel channel, RabbitSettings settings) throws IOException {
    if (settings.topology().mode() == TopologyMode.DECLARE) {
      channel.queueDeclare(
          settings.parkingQueue(), true, false, false, parkingArguments(settings.topology()));
    }
  }

  private static Map<String, Object> typed(QueueType type, Map<String, Object> arguments) {
    Map<String, Object> all = new HashMap<>(arguments);
    all.put("x-queue-type", type.text());
    return all;
  }

  /** The schedulers are given, or the sender would start pools of its own. */
  private static Sender sender(Channel channel, Scheduler scheduler) {
    return RabbitFlux.createSender(
        new SenderOptions()
            .connectionMono(Mono.just(channel.getConnection()))
            .resourceManagementScheduler(scheduler)
            .connectionSubscriptionScheduler(scheduler));
  }
}
