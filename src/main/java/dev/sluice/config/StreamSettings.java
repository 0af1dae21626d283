package dev.sluice.config;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * How events are published by RabbitMQ's stream protocol.
 *
 * @param pipeline its name, under which RabbitMQ counts what it has
 * @param port of the protocol at each node; empty for {@link #PORT}, or {@link #TLS_PORT} with TLS
 * @param repeatable whether the same events come again whenever they are read from a position, so
 *     that they can be told by counting
 */
public record StreamSettings(String pipeline, OptionalInt port, boolean repeatable) {
  public static final int PORT = 5552;
  public static final int TLS_PORT = 5551;

  public StreamSettings {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(port, "port");
  }

  /** Where the protocol is spoken to the first of the broker's addresses. */
  public HostPort at(Broker broker) {
    return new HostPort(
        broker.addresses().get(0).host(), port.orElse(broker.tls() ? TLS_PORT : PORT));
  }
}
