package dev.sluice.consuming;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import java.io.IOException;

/** The loop around each recipe. */
public final class AcknowledgeAfterWork {
  /** What is done with a message. */
  public interface Work {
    void on(Delivery delivery) throws Exception;
  }

  private AcknowledgeAfterWork() {}

  // region: loop
  /** Enough to keep the network busy; so many messages come again after a crash. */
  private static final int PREFETCH = 100;

  public static void consume(Channel channel, String queue, Work work) throws IOException {
    channel.basicQos(PREFETCH);
    channel.basicConsume(
        queue,
        false,
        (tag, delivery) -> {
          try {
            work.on(delivery);
          } catch (Exception failure) {
            // The client closes the channel for this: what is not acknowledged comes again.
            throw new IllegalStateException(failure);
          }
          channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        },
        tag -> {});
  }
  // end region
}
