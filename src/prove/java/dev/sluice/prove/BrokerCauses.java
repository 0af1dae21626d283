package dev.sluice.prove;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TcpProxy;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeoutException;

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
    if (site.rabbit().node().isPresent()) {
      own.ofNode(causes, site.rabbit().node().get());
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
    if (site.proxy().isPresent()) {
      ofNetwork(causes, site.proxy().get());
    } else {
      causes.cannot(
          "needs a connection without TLS, which a proxy can stand in",
          FaultKind.CONFIRMS_SWALLOWED,
          FaultKind.HALF_OPEN,
          FaultKind.NETWORK_CUT);
    }
  }

  private void ofNode(Causes causes, RabbitNode node) {
    causes.can(FaultKind.BROKER_RESTART, random -> Cause.Struck.until("", node::stop, node::start));
    causes.can(FaultKind.BROKER_KILL, random -> Cause.Struck.until("", node::kill, node::start));
    causes.can(
        FaultKind.BROKER_DOWN, random -> Cause.Struck.until("", node::stopApp, node::startApp));
    causes.can(
        FaultKind.CONNECTION_CLOSED,
        random -> {
          node.closeAllConnections("make prove");
          return Cause.Struck.once("");
        });
    causes.can(FaultKind.MEMORY_ALARM, random -> new Cause.Struck("", node.memoryAlarm()::close));
    causes.can(FaultKind.DISK_ALARM, random -> new Cause.Struck("", node.diskAlarm()::close));
    if (site.layout().shape() == Shape.STREAM) {
      return;
    }
    boolean quorum = site.queueType().equals("quorum");
    causes.can(
        quorum ? FaultKind.QUORUM_QUEUE_FULL : FaultKind.CLASSIC_QUEUE_FULL,
        random -> full(node, random));
    causes.cannot(
        "needs a run with SLUICE_QUEUE_TYPE=" + (quorum ? "classic" : "quorum"),
        quorum ? FaultKind.CLASSIC_QUEUE_FULL : FaultKind.QUORUM_QUEUE_FULL);
  }

  private Cause.Struck full(RabbitNode node, Random random) throws Exception {
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

  private static void ofNetwork(Causes causes, TcpProxy proxy) {
    causes.can(
        FaultKind.CONFIRMS_SWALLOWED,
        random ->
            Cause.Struck.until(
                "", () -> proxy.dropBytes(TcpProxy.Direction.SERVER_TO_CLIENT), () -> mend(proxy)));
    causes.can(FaultKind.HALF_OPEN, random -> Cause.Struck.until("", proxy::freeze, proxy::thaw));
    causes.can(
        FaultKind.NETWORK_CUT, random -> Cause.Struck.until("", () -> cut(proxy), proxy::accept));
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
