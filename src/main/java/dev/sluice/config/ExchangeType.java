package dev.sluice.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How the exchange chooses who gets a message. */
public enum ExchangeType {
  /** By patterns of the routing key. */
  TOPIC,
  /** By the routing key, word for word. */
  DIRECT,
  /** Everybody gets everything. */
  FANOUT,
  /** By headers. */
  HEADERS,
  /** Each message goes to one of the queues, by a hash of its routing key; needs a plugin. */
  X_CONSISTENT_HASH,
  /** The same, by the hash modulo the number of queues; built in from RabbitMQ 4.3 on. */
  X_MODULUS_HASH;

  /** As AMQP and the setting write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<ExchangeType> named(String text) {
    return Arrays.stream(values()).filter(type -> type.text().equals(text)).findFirst();
  }
}
