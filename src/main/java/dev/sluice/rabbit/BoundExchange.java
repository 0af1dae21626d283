package dev.sluice.rabbit;

import dev.sluice.config.ExchangeType;
import dev.sluice.config.Outlet;
import java.util.Map;

/**
 * An exchange, and how a queue is bound to it so that everything arrives there, or what it is to
 * get (AMQP 0-9-1, 3.1.3; https://www.rabbitmq.com/docs/exchanges).
 */
final class BoundExchange {
  /** Matches every routing key of a topic exchange. */
  private static final String EVERYTHING = "#";

  /** The queue's share of what comes: one of as many as there are, where all have one. */
  private static final String ONE_SHARE = "1";

  private final Outlet outlet;

  BoundExchange(Outlet outlet) {
    this.outlet = outlet;
  }

  String name() {
    return outlet.exchange();
  }

  String type() {
    return outlet.exchangeType().text();
  }

  /** A direct exchange gives what nobody asked for by its key to its alternate, and that to us. */
  boolean hasAlternate() {
    return outlet.exchangeType() == ExchangeType.DIRECT && outlet.takesEverything();
  }

  String alternate() {
    return outlet.alternateExchange();
  }

  /** The exchange that has for the queue what it is to get. */
  String source() {
    return hasAlternate() ? alternate() : name();
  }

  String bindingKey() {
    return outlet.bindingKey().orElseGet(() -> bindingKey(EVERYTHING));
  }

  /**
   * @param pattern of routing keys, where the exchange looks at them
   */
  String bindingKey(String pattern) {
    return switch (outlet.exchangeType()) {
      case TOPIC -> pattern;
      case DIRECT, FANOUT, HEADERS -> "";
      case X_CONSISTENT_HASH, X_MODULUS_HASH -> ONE_SHARE;
    };
  }

  /** All of no headers: every message has them. */
  Map<String, Object> bindingArguments() {
    return outlet.exchangeType() == ExchangeType.HEADERS ? Map.of("x-match", "all") : Map.of();
  }

  /** Whether one more queue can be bound to it without taking anything from the others. */
  boolean canBeLookedAt() {
    return !outlet.isStraight()
        && switch (outlet.exchangeType()) {
          case TOPIC, FANOUT, HEADERS -> true;
          case DIRECT, X_CONSISTENT_HASH, X_MODULUS_HASH -> false;
        };
  }
}
