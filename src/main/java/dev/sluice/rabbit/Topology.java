package dev.sluice.rabbit;

import com.rabbitmq.client.Channel;
import dev.sluice.config.RabbitSettings;
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
    QueueSpecification queue =
        QueueSpecification.queue(settings.queue())
            .durable(true)
            .arguments(
                Map.of("x-queue-type", settings.queueType().name().toLowerCase(Locale.ROOT)));
    Mono<?> declared = sender.declareQueue(queue, onChannel);
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

  /** The schedulers are given, or the sender would start pools of its own. */
  private static Sender sender(Channel channel, Scheduler scheduler) {
    return RabbitFlux.createSender(
        new SenderOptions()
            .connectionMono(Mono.just(channel.getConnection()))
            .resourceManagementScheduler(scheduler)
            .connectionSubscriptionScheduler(scheduler));
  }
}
