package dev.sluice.config;

import java.util.Objects;

/**
 * Where RabbitMQ is and what is declared there.
 *
 * @param tls whether to speak {@code amqps}
 * @param tlsFiles what TLS is made with; there are none without it
 * @param keys where address and login were set
 * @param exchange a durable topic exchange bound to the queue with {@code #}; empty for the default
 *     exchange, which goes straight to the queue
 * @param parking whether the parking queue is declared as well
 */
public record RabbitSettings(
    String host,
    int port,
    boolean tls,
    TlsFiles tlsFiles,
    String username,
    Secret password,
    String virtualHost,
    AmqpKeys keys,
    String exchange,
    String queue,
    QueueType queueType,
    boolean parking) {
  /** What the name of the parking queue ends in. */
  static final String PARKED = ".parked";

  public RabbitSettings {
    Objects.requireNonNull(host, "host");
    if (tlsFiles.any() && !tls) {
      throw new IllegalArgumentException("files for TLS, and no TLS");
    }
    Objects.requireNonNull(username, "username");
    Objects.requireNonNull(password, "password");
    Objects.requireNonNull(virtualHost, "virtualHost");
    Objects.requireNonNull(keys, "keys");
    Objects.requireNonNull(exchange, "exchange");
    Objects.requireNonNull(queue, "queue");
    Objects.requireNonNull(queueType, "queueType");
  }

  /** Host and port, as a log line names the server. */
  public String address() {
    return host + ":" + port;
  }

  /** The queue of what could not be published. */
  public String parkingQueue() {
    return queue + PARKED;
  }

  /** Whether messages go through the exchange without a name, which nothing can be bound to. */
  public boolean usesDefaultExchange() {
    return exchange.isEmpty();
  }
}
