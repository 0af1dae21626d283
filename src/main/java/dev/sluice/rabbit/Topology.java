package dev.sluice.rabbit;

import com.rabbitmq.client.Channel;
import dev.sluice.config.QueueType;
import dev.sluice.config.RabbitSettings;
import java.util.HashMap;
import java.util.Locale;
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
  /** Matches every routing key of a topic exchange. */
  static final String EVERYTHING = "#";

  private static final int PRACTICALLY_UNLIMITED = 1_000_000_000;

  private final RabbitSettings settings;

  Topology(RabbitSettings settings) {
    this.settings = settings;
  }

  /**
   * Declares everything on this channel. What is there already and alike is left as it is; what
   * differs closes the channel.
   */
  Mono<Void> declare(Channel channel, Scheduler scheduler) {
    return Mono.using(
        () -> sender(channel, scheduler), sender -> declare(sender, channel), Sender::close);
  }

  private Mono<Void> declare(Sender sender, Channel channel) {
    ResourceManagementOptions onChannel =
        new ResourceManagementOptions().channelMono(Mono.just(channel));
    Mono<?> declared = sender.declareQueue(queue(settings.queue(), Map.of()), onChannel);
    if (settings.parking()) {
      declared = declared.then(sender.declareQueue(parkingQueue(), onChannel));
    }
    if (!settings.usesDefaultExchange()) {
      ExchangeSpecification exchange =
          ExchangeSpecification.exchange(settings.exchange()).type("topic").durable(true);
      BindingSpecification binding =
          BindingSpecification.binding(settings.exchange(), EVERYTHING, settings.queue());
      declared =
          sender
              .declareExchange(exchange, onChannel)
              .then(declared)
              .then(sender.bind(binding, onChannel));
    }
    return declared.then();
  }

  private QueueSpecification queue(String name, Map<String, Object> arguments) {
    Map<String, Object> all = new HashMap<>(arguments);
    all.put("x-queue-type", settings.queueType().name().toLowerCase(Locale.ROOT));
    return QueueSpecification.queue(name).durable(true).arguments(all);
  }

  /**
   * Whoever lists what is parked takes it and gives it back, which a quorum queue counts. RabbitMQ
   * 4 drops a message that came back twenty times unless told otherwise.
   */
  private QueueSpecification parkingQueue() {
    return queue(
        settings.parkingQueue(),
        settings.queueType() == QueueType.QUORUM
            ? Map.of("x-delivery-limit", PRACTICALLY_UNLIMITED)
            : Map.of());
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
