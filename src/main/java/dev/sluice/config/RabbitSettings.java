package dev.sluice.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where RabbitMQ is and what is declared there.
 *
 * @param exchange a durable exchange bound to the queue so that everything arrives there; empty for
 *     the default exchange, which goes straight to the queue
 * @param routes where else messages go
 */
public record RabbitSettings(
    Broker broker, String exchange, String queue, TopologySettings topology, List<Outlet> routes) {
  /** What the name of the parking queue ends in. */
  static final String PARKED = ".parked";

  /** What the name of the alternate of a direct exchange ends in. */
  static final String ALTERNATE = ".alternate";

  public RabbitSettings {
    Objects.requireNonNull(broker, "broker");
    Objects.requireNonNull(exchange, "exchange");
    Objects.requireNonNull(queue, "queue");
    Objects.requireNonNull(topology, "topology");
    routes = List.copyOf(routes);
  }

  /** One way for all. */
  public RabbitSettings(Broker broker, String exchange, String queue, TopologySettings topology) {
    this(broker, exchange, queue, topology, List.of());
  }

  /** The same with these beside it. */
  RabbitSettings with(List<Outlet> outlets) {
    return new RabbitSettings(broker, exchange, queue, topology, outlets);
  }

  /** The same with one address only: the one that is spoken of. */
  public RabbitSettings at(HostPort address) {
    return new RabbitSettings(broker.at(address), exchange, queue, topology, routes);
  }

  /** The same with another queue alone, and straight to it: by the exchange without a name. */
  public RabbitSettings straightTo(String other) {
    return new RabbitSettings(broker, "", other, topology);
  }

  /** Host and port, as a log line names the server; with commas between where there are several. */
  public String address() {
    return broker.addresses().stream().map(HostPort::toString).collect(Collectors.joining(","));
  }

  public boolean tls() {
    return broker.tls();
  }

  public String username() {
    return broker.username();
  }

  public String virtualHost() {
    return broker.virtualHost();
  }

  /** The settings that hold user and password, as a sentence names them. */
  public String loginKeys() {
    return broker.keys().login();
  }

  /** The setting that names the virtual host. */
  public String virtualHostKey() {
    return broker.keys().virtualHost();
  }

  /** The queue of what could not be published. */
  public String parkingQueue() {
    return queue + PARKED;
  }

  /** All ways out, this one first. */
  public List<Outlet> outlets() {
    List<Outlet> all = new ArrayList<>();
    all.add(outlet());
    all.addAll(routes);
    return all;
  }

  /** The names of all queues that are declared, but for the parking queue. */
  public Set<String> queues() {
    return outlets().stream()
        .flatMap(outlet -> outlet.queue().stream())
        .map(QueueSettings::name)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** The way of what no route is for. */
  public Outlet outlet() {
    return new Outlet(
        0,
        exchange,
        topology.exchangeType(),
        Optional.of(new QueueSettings(queue, topology.queueType(), topology.queueArguments())),
        Optional.empty());
  }

  /** Whether messages go through the exchange without a name, which nothing can be bound to. */
  public boolean usesDefaultExchange() {
    return exchange.isEmpty();
  }
}
