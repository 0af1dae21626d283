package dev.sluice.config;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Where and as whom to reach RabbitMQ.
 *
 * @param addresses the nodes of one cluster, any of which will do; never empty
 * @param tls whether to speak {@code amqps}
 * @param tlsFiles what TLS is made with; there are none without it
 * @param keys which settings say all this
 * @param connectTimeout how long one address may take to answer
 * @param heartbeat two missed beats and the peer counts as gone; whole seconds
 */
public record Broker(
    List<HostPort> addresses,
    boolean tls,
    TlsFiles tlsFiles,
    String username,
    Secret password,
    String virtualHost,
    AmqpKeys keys,
    Duration connectTimeout,
    Duration heartbeat) {
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** RabbitMQ advises 5 to 20 seconds. */
  static final Duration HEARTBEAT = Duration.ofSeconds(10);

  public Broker {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("no address of RabbitMQ");
    }
    if (tlsFiles.any() && !tls) {
      throw new IllegalArgumentException("files for TLS, and no TLS");
    }
    Objects.requireNonNull(username, "username");
    Objects.requireNonNull(password, "password");
    Objects.requireNonNull(virtualHost, "virtualHost");
    Objects.requireNonNull(keys, "keys");
    Objects.requireNonNull(connectTimeout, "connectTimeout");
    Objects.requireNonNull(heartbeat, "heartbeat");
  }

  /** The same with one of its addresses only. */
  Broker at(HostPort address) {
    return new Broker(
        List.of(address),
        tls,
        tlsFiles,
        username,
        password,
        virtualHost,
        keys,
        connectTimeout,
        heartbeat);
  }
}
