package dev.sluice.consume;

import dev.sluice.message.Message;
import java.util.Objects;

/**
 * A message as it was delivered.
 *
 * @param tag the channel's number of the delivery, for the acknowledgement
 * @param message its headers are texts
 * @param deliveries how often the queue has given it back, if it counts that; else 0
 */
public record Incoming(long tag, Message message, long deliveries) {
  public Incoming {
    Objects.requireNonNull(message, "message");
  }
}
