package dev.sluice.consuming;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.Map;

/** A queue beside the one that Sluice declares. */
public final class OwnQueue {
  private OwnQueue() {}

  // region: queue
  /** Declares the exchange just as Sluice does, so that either may come first. */
  public static void declare(Channel channel, String exchange, String queue) throws IOException {
    channel.exchangeDeclare(exchange, "topic", true);
    channel.queueDeclare(
        queue,
        true,
        false,
        false,
        // RabbitMQ 4 drops what has come back 20 times, unless a higher limit is set.
        Map.of(
            "x-queue-type",
            "quorum",
            "x-single-active-consumer",
            true,
            "x-delivery-limit",
            1_000_000_000));
    channel.queueBind(queue, exchange, "#");
  }
  // end region
}
