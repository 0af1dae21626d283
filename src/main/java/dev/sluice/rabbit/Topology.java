package dev.sluice.rabbit;

import com.rabbitmq.client.Channel;
import dev.sluice.config.ExchangeType;
import dev.sluice.config.Outlet;
import dev.sluice.config.QueueSettings;
import dev.sluice.config.QueueType;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.SuperStream;
import dev.sluice.config.TopologyMode;
import dev.sluice.config.TopologySettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
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
 * What has to be there before a message can be published: exchanges, queues, bindings. Declared
 * through reactor-rabbitmq, which does this well; publishing is ours (docs/decisions/0001).
 */
final class Topology {
  private static final int PRACTICALLY_UNLIMITED = 1_000_000_000;

  /** Of the exchange that several streams are bound to. */
  static final Map<String, Object> SUPER_STREAM = Map.of("x-super-stream", true);

  private final RabbitSettings settings;

  /** By name; of those that several ways lead to, one that needs the alternate if any does. */
  private final Map<String, BoundExchange> exchanges = new LinkedHashMap<>();

  private final Map<String, QueueSpecification> queues = new LinkedHashMap<>();
  private final List<BindingSpecification> bindings = new ArrayList<>();
  private final List<ExchangeSpecification> superStreams = new ArrayList<>();

  Topology(RabbitSettings settings) {
    this.settings = settings;
    settings.outlets().forEach(this::add);
    settings.topology().superStream().ifPresent(this::add);
    if (settings.topology().parking()) {
      queues.put(settings.parkingQueue(), parkingQueue());
    }
  }

  private void add(Outlet outlet) {
    BoundExchange exchange = new BoundExchange(outlet);
    if (!outlet.isStraight()) {
      exchanges.merge(exchange.name(), exchange, (one, next) -> one.hasAlternate() ? one : next);
    }
    outlet
        .queue()
        .ifPresent(
            queue -> {
              queues.put(
                  queue.name(),
                  QueueSpecification.queue(queue.name()).durable(true).arguments(arguments(queue)));
              if (!outlet.isStraight()) {
                bindings.add(binding(exchange, queue.name()));
              }
            });
  }

  /**
   * As RabbitMQ's own tool declares it ({@code rabbitmq-streams add_super_stream}), but for the
   * streams of the other partitions, which they declare themselves.
   */
  private void add(SuperStream set) {
    superStreams.add(
        ExchangeSpecification.exchange(set.name())
            .type(ExchangeType.DIRECT.text())
            .durable(true)
            .arguments(SUPER_STREAM));
    bindings.add(
        BindingSpecification.binding(set.name(), set.bindingKey(), set.stream())
            // A long, as there: with a number of another type it would be a second binding.
            .arguments(Map.of("x-stream-partition-order", (long) set.number())));
  }

  private static BindingSpecification binding(BoundExchange exchange, String queue) {
    return BindingSpecification.binding(exchange.source(), exchange.bindingKey(), queue)
        .arguments(exchange.bindingArguments());
  }

  /** How many things are asked for, one after the other. */
  int size() {
    return exchanges.size() + queues.size() + superStreams.size() + bindings.size();
  }

  /** But for the alternates of direct ones. */
  Collection<BoundExchange> exchanges() {
    return exchanges.values();
  }

  /** All arguments of each queue, by its name. */
  Map<String, Map<String, Object>> queues() {
    Map<String, Map<String, Object>> arguments = new LinkedHashMap<>();
    queues.forEach((name, queue) -> arguments.put(name, queue.getArguments()));
    return arguments;
  }

  /** All arguments of the exchange. */
  static Map<String, Object> arguments(BoundExchange exchange) {
    return exchange.hasAlternate() ? Map.of("alternate-exchange", exchange.alternate()) : Map.of();
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
          for (String exchange : exchanges.keySet()) {
            channel.exchangeDeclarePassive(exchange);
          }
          for (ExchangeSpecification set : superStreams) {
            channel.exchangeDeclarePassive(set.getName());
          }
          for (String queue : queues.keySet()) {
            channel.queueDeclarePassive(queue);
          }
          return null;
        });
  }

  private Mono<Void> declare(Sender sender, Channel channel) {
    ResourceManagementOptions onChannel =
        new ResourceManagementOptions().channelMono(Mono.just(channel));
    return Flux.fromIterable(exchanges.values())
        .concatMap(exchange -> declare(exchange, sender, onChannel))
        .thenMany(Flux.fromIterable(queues.values()))
        .concatMap(queue -> sender.declareQueue(queue, onChannel))
        .thenMany(Flux.fromIterable(superStreams))
        .concatMap(set -> sender.declareExchange(set, onChannel))
        .thenMany(Flux.fromIterable(bindings))
        .concatMap(binding -> sender.bind(binding, onChannel))
        .then();
  }

  private static Mono<?> declare(
      BoundExchange exchange, Sender sender, ResourceManagementOptions onChannel) {
    ExchangeSpecification declared =
        ExchangeSpecification.exchange(exchange.name()).type(exchange.type()).durable(true);
    if (!exchange.hasAlternate()) {
      return sender.declareExchange(declared, onChannel);
    }
    ExchangeSpecification alternate =
        ExchangeSpecification.exchange(exchange.alternate())
            .type(ExchangeType.FANOUT.text())
            .durable(true);
    return sender
        .declareExchange(alternate, onChannel)
        .then(sender.declareExchange(declared.arguments(arguments(exchange)), onChannel));
  }

  /** All arguments of the queue, with its type. */
  static Map<String, Object> arguments(QueueSettings queue) {
    return typed(queue.type(), queue.arguments());
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
