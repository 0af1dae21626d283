package dev.sluice.config;

import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Where RabbitMQ is and what is declared there.
 *
 * @param exchange a durable exchange bound to the queue so that everything arrives there; empty for
 *     the default exchange, which goes straight to the queue
 */
public record RabbitSettings(
    Broker broker, String exchange, String queue, TopologySettings topology) {
  /** What the name of the parking queue ends in. */
  static final String PARKED = ".parked";

  /** What the name of the alternate of a direct exchange ends in. */
  static final String ALTERNATE = ".alternate";

  public RabbitSettings {
    Objects.requireNonNull(broker, "broker");
    Objects.requireNonNull(exchange, "exchange");
    Objects.requireNonNull(queue, "queue");
    Objects.requireNonNull(topology, "topology");
  }

  /** The same with one address only: the one that is spoken of. */
  public RabbitSettings at(HostPort address) {
    return new RabbitSettings(broker.at(address), exchange, queue, topology);
  }

  /** The same with another queue, and straight to it: by the exchange without a name. */
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

  /** Where a direct exchange leaves what nobody has asked for by its routing key. */
  public String alternateExchange() {
    return exchange + ALTERNATE;
  }

  /** Whether messages go through the exchange without a name, which nothing can be bound to. */
  public boolean usesDefaultExchange() {
    return exchange.isEmpty();
  }
}
