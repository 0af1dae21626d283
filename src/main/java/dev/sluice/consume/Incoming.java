package dev.sluice.consume;

import dev.sluice.message.Message;
import java.util.Objects;

/**
 * A message as it was delivered.
 *
 * @param tag the channel's number of the delivery, for the acknowledgement
 * @param message its headers are texts
 * @param deliveries how often the queue has given it back, if it counts that; else 0
 * @param offset its place in a stream; {@link #NO_OFFSET} of a queue
 */
public record Incoming(long tag, Message message, long deliveries, long offset) {
  /** Of a message that a queue has given. */
  public static final long NO_OFFSET = -1;

  public Incoming {
    Objects.requireNonNull(message, "message");
  }
}
