package dev.sluice.prove;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TcpProxy;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The faults of RabbitMQ and of the way there. Deleting the queue is none of them: it destroys
 * messages that were delivered into it, and no publisher could know.
 */
final class BrokerCauses {
  /**
   * Set before the limit: a classic queue is given its limit before it is told what to do there,
   * and throws away, as is its default, what was confirmed and is beyond it.
   */
  private static final String REJECTING = "{\"overflow\": \"reject-publish\"}";

  /** Reached within a moment at any rate that finds a fault at all. */
  private static final String FULL = "{\"max-length\": 50, \"overflow\": \"reject-publish\"}";

  private final Site site;
  private final Consumers consumers;

  private BrokerCauses(Site site, Consumers consumers) {
    this.site = site;
    this.consumers = consumers;
  }

  static void add(Causes causes, Site site, Consumers consumers) {
    BrokerCauses own = new BrokerCauses(site, consumers);
    if (site.layout().shape() == Shape.STREAM) {
      causes.cannot(
          "is nothing to a stream, which events go straight to, and which is never full",
          FaultKind.BINDING_REMOVED,
          FaultKind.EXCHANGE_DELETED,
          FaultKind.CLASSIC_QUEUE_FULL,
          FaultKind.QUORUM_QUEUE_FULL);
    } else {
      causes.can(FaultKind.BINDING_REMOVED, own::unbind);
      causes.can(FaultKind.EXCHANGE_DELETED, own::deleteExchange);
    }
    if (!site.rabbit().nodes().isEmpty()) {
      own.ofNodes(causes);
    } else {
      causes.cannot(
          "needs a RabbitMQ of this run's own (an installed rabbitmq-server)",
          FaultKind.BROKER_RESTART,
          FaultKind.BROKER_KILL,
          FaultKind.BROKER_DOWN,
          FaultKind.CONNECTION_CLOSED,
          FaultKind.MEMORY_ALARM,
          FaultKind.DISK_ALARM,
          FaultKind.CLASSIC_QUEUE_FULL,
          FaultKind.QUORUM_QUEUE_FULL);
    }
    if (!site.proxies().isEmpty()) {
      ofNetwork(causes, site.proxies());
    } else {
      causes.cannot(
          "needs a way that a proxy can stand in: not one with TLS, nor to a cluster's stream leader",
          FaultKind.CONFIRMS_SWALLOWED,
          FaultKind.HALF_OPEN,
          FaultKind.NETWORK_CUT);
    }
  }

  private void ofNodes(Causes causes) {
    causes.can(FaultKind.BROKER_RESTART, random -> away(random, RabbitNode::stop));
    causes.can(FaultKind.BROKER_KILL, random -> away(random, RabbitNode::kill));
    causes.can(
        FaultKind.BROKER_DOWN,
        random -> {
          RabbitNode node = anyNode(random);
          return Cause.Struck.until(detail(node), node::stopApp, node::startApp);
        });
    causes.can(
        FaultKind.CONNECTION_CLOSED,
        random -> {
          anyNode(random).closeAllConnections("make prove");
          return Cause.Struck.once("");
        });
    causes.can(FaultKind.MEMORY_ALARM, random -> alarm(random, RabbitNode::memoryAlarm));
    causes.can(FaultKind.DISK_ALARM, random -> alarm(random, RabbitNode::diskAlarm));
    if (site.layout().shape() == Shape.STREAM) {
      return;
    }
    boolean quorum = site.queueType().equals("quorum");
    causes.can(quorum ? FaultKind.QUORUM_QUEUE_FULL : FaultKind.CLASSIC_QUEUE_FULL, this::full);
    causes.cannot(
        "needs a run with SLUICE_QUEUE_TYPE=" + (quorum ? "classic" : "quorum"),
        quorum ? FaultKind.CLASSIC_QUEUE_FULL : FaultKind.QUORUM_QUEUE_FULL);
  }

  private Cause.Struck away(Random random, Consumer<RabbitNode> deed) throws Exception {
    RabbitNode node = anyNode(random);
    return Cause.Struck.until(detail(node), () -> deed.accept(node), node::start);
  }

  private Cause.Struck alarm(Random random, Function<RabbitNode, RabbitNode.Fault> deed) {
    RabbitNode node = anyNode(random);
    return new Cause.Struck(detail(node), deed.apply(node)::close);
  }

  /** Of a cluster one is lost, and the others are to do. */
  private RabbitNode anyNode(Random random) {
    List<RabbitNode> nodes = site.rabbit().nodes();
    return nodes.get(random.nextInt(nodes.size()));
  }

  private String detail(RabbitNode node) {
    List<RabbitNode> nodes = site.rabbit().nodes();
    return nodes.size() == 1 ? "" : "node " + (nodes.indexOf(node) + 1);
  }

  private Cause.Struck full(Random random) throws Exception {
    RabbitNode node = anyNode(random);
    QueueReader reader = consumers.any(site.layout().places(), random);
    String policy = reader.queue() + "-full";
    return Cause.Struck.until(
        detail(reader.queue()),
        () -> {
          node.setPolicy(policy, "^" + reader.queue() + "$", REJECTING);
          reader.pause();
          node.setPolicy(policy, "^" + reader.queue() + "$", FULL);
        },
        () -> {
          reader.resume();
          node.clearPolicy(policy);
        });
  }

  private static void ofNetwork(Causes causes, List<TcpProxy> proxies) {
    causes.can(
        FaultKind.CONFIRMS_SWALLOWED,
        random ->
            Cause.Struck.until(
                "",
                () ->
                    proxies.forEach(proxy -> proxy.dropBytes(TcpProxy.Direction.SERVER_TO_CLIENT)),
                () -> proxies.forEach(BrokerCauses::mend)));
    causes.can(
        FaultKind.HALF_OPEN,
        random ->
            Cause.Struck.until(
                "",
                () -> proxies.forEach(TcpProxy::freeze),
                () -> proxies.forEach(TcpProxy::thaw)));
    causes.can(
        FaultKind.NETWORK_CUT,
        random ->
            Cause.Struck.until(
                "",
                () -> proxies.forEach(BrokerCauses::cut),
                () -> proxies.forEach(TcpProxy::accept)));
  }

  private static void cut(TcpProxy proxy) {
    proxy.refuse();
    proxy.sever();
  }

  /** A stream with a hole must not go on. */
  private static void mend(TcpProxy proxy) {
    proxy.sever();
    proxy.thaw();
  }

  private Cause.Struck unbind(Random random) throws IOException, TimeoutException {
    Layout.Binding binding = anyBinding(random);
    try (Connection connection = site.rabbit().connect();
        Channel channel = connection.createChannel()) {
      channel.queueUnbind(binding.queue(), binding.exchange(), binding.key());
    }
    return Cause.Struck.once(detail(binding.queue()));
  }

  private Cause.Struck deleteExchange(Random random) throws IOException, TimeoutException {
    Layout.Binding binding = anyBinding(random);
    try (Connection connection = site.rabbit().connect();
        Channel channel = connection.createChannel()) {
      channel.exchangeDelete(binding.exchange());
    }
    return Cause.Struck.once(detail(binding.exchange()));
  }

  private Layout.Binding anyBinding(Random random) {
    return site.layout().bindings().get(random.nextInt(site.layout().bindings().size()));
  }

  /** Which one of several; where there is one only, its name says nothing. */
  private String detail(String name) {
    return site.layout().shape() != Shape.WIDE ? "" : name.substring(site.layout().name().length());
  }
}
