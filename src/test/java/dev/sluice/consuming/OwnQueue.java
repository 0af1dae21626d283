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
        Map.of("x-queue-type", "quorum", "x-single-active-consumer", true));
    channel.queueBind(queue, exchange, "#");
  }
  // end region
}
