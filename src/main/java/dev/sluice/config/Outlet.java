package dev.sluice.config;

import java.util.Objects;
import java.util.Optional;

/**
 * An exchange that messages go to, and the queue that gets them there.
 *
 * @param route the number of the route that it is of, from 1 on; 0 for that of the settings
 * @param exchange its name; empty for the default exchange, which goes straight to the queue
 * @param queue empty where others bind theirs
 * @param bindingKey of the queue to the exchange; empty where it gets everything, or what the type
 *     of the exchange leaves it
 */
public record Outlet(
    int route,
    String exchange,
    ExchangeType exchangeType,
    Optional<QueueSettings> queue,
    Optional<String> bindingKey) {
  public Outlet {
    Objects.requireNonNull(exchange, "exchange");
    Objects.requireNonNull(exchangeType, "exchangeType");
    Objects.requireNonNull(queue, "queue");
    Objects.requireNonNull(bindingKey, "bindingKey");
  }

  /** Whether messages go straight to the queue, by the exchange that nothing can be bound to. */
  public boolean isStraight() {
    return exchange.isEmpty();
  }

  /** Whether the queue gets all that comes to the exchange and that no other has asked for. */
  public boolean takesEverything() {
    return queue.isPresent() && bindingKey.isEmpty();
  }

  /** Where a direct exchange leaves what nobody has asked for by its routing key. */
  public String alternateExchange() {
    return exchange + RabbitSettings.ALTERNATE;
  }
}
