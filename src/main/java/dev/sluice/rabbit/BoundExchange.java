package dev.sluice.rabbit;

import dev.sluice.config.ExchangeType;
import dev.sluice.config.RabbitSettings;
import java.util.Map;

/**
 * The exchange, and how a queue is bound to it so that everything arrives there (AMQP 0-9-1, 3.1.3;
 * https://www.rabbitmq.com/docs/exchanges).
 */
final class BoundExchange {
  /** Matches every routing key of a topic exchange. */
  private static final String EVERYTHING = "#";

  /** The queue's share of what comes: one of as many as there are, where all have one. */
  private static final String ONE_SHARE = "1";

  private final RabbitSettings settings;

  BoundExchange(RabbitSettings settings) {
    this.settings = settings;
  }

  String type() {
    return settings.topology().exchangeType().text();
  }

  /** A direct exchange gives what nobody asked for by its key to its alternate, and that to us. */
  boolean hasAlternate() {
    return settings.topology().exchangeType() == ExchangeType.DIRECT;
  }

  Map<String, Object> arguments() {
    return hasAlternate() ? Map.of("alternate-exchange", settings.alternateExchange()) : Map.of();
  }

  /** The exchange that has everything for the queue, or its share. */
  String source() {
    return hasAlternate() ? settings.alternateExchange() : settings.exchange();
  }

  String bindingKey() {
    return bindingKey(EVERYTHING);
  }

  /**
   * @param pattern of routing keys, where the exchange looks at them
   */
  String bindingKey(String pattern) {
    return switch (settings.topology().exchangeType()) {
      case TOPIC -> pattern;
      case DIRECT, FANOUT, HEADERS -> "";
      case X_CONSISTENT_HASH -> ONE_SHARE;
    };
  }

  /** All of no headers: every message has them. */
  Map<String, Object> bindingArguments() {
    return settings.topology().exchangeType() == ExchangeType.HEADERS
        ? Map.of("x-match", "all")
        : Map.of();
  }

  /** Whether one more queue can be bound to it without taking anything from the others. */
  boolean canBeLookedAt() {
    return switch (settings.topology().exchangeType()) {
      case TOPIC, FANOUT, HEADERS -> true;
      case DIRECT, X_CONSISTENT_HASH -> false;
    };
  }
}
