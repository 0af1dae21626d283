package dev.sluice.it;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.sluice.testing.RabbitNode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Takes one message after the other from a queue, at a steady pace, as a slow consumer does. */
final class PacedReader implements AutoCloseable {
  /** The message-ids of what was taken, in order. */
  final List<String> taken = new CopyOnWriteArrayList<>();

  private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();
  private final Connection connection;
  private final Channel channel;
  private final String queue;

  PacedReader(RabbitNode node, String queue, int perSecond) throws Exception {
    this.connection = node.connect();
    this.channel = connection.createChannel();
    this.queue = queue;
    ticks.scheduleAtFixedRate(this::take, 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
  }

  private void take() {
    try {
      GetResponse message = channel.basicGet(queue, true);
      if (message != null) {
        taken.add(message.getProps().getMessageId());
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many different messages were taken. */
  long events() {
    return taken.stream().distinct().count();
  }

  /** How many messages were taken that had been taken before. */
  long repeats() {
    return taken.size() - events();
  }

  @Override
  public void close() {
    ticks.shutdownNow();
    connection.abort();
  }
}
