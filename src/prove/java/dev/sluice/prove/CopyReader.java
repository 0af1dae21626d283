package dev.sluice.prove;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.sluice.testing.TestRabbit;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;

/** The one consumer of a run with a snapshot: takes every message and notes it. */
final class CopyReader implements AutoCloseable {
  private static final int PREFETCH = 2_000;

  /** Half of what is on its way, so that it never stops. */
  private static final int ACKNOWLEDGED_AT_ONCE = PREFETCH / 2;

  private static final int ABORT_LIMIT_MS = 2_000;

  private final Connection connection;
  private final Copy copy;
  private final BufferedWriter told;

  /**
   * @param file where every message leaves a line
   */
  CopyReader(TestRabbit rabbit, String queue, Copy copy, Path file) {
    this.copy = copy;
    try {
      this.told =
          new BufferedWriter(
              new OutputStreamWriter(
                  new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8));
      this.connection = rabbit.connect();
      Channel channel = connection.createChannel();
      channel.basicQos(PREFETCH);
      channel.basicConsume(queue, false, (tag, delivery) -> take(channel, delivery), tag -> {});
    } catch (IOException | TimeoutException e) {
      throw new IllegalStateException("Cannot read the queue " + queue, e);
    }
  }

  private void take(Channel channel, Delivery delivery) throws IOException {
    CopyMessage message =
        CopyMessage.read(delivery.getProperties().getMessageId(), delivery.getBody());
    synchronized (told) {
      told.write(
          "%s\t%s\t%s\t%s\t%d\n"
              .formatted(
                  message.position(),
                  message.operation(),
                  message.key(),
                  message.id(),
                  message.number()));
    }
    copy.arrived(message);
    long tag = delivery.getEnvelope().getDeliveryTag();
    if (tag % ACKNOWLEDGED_AT_ONCE == 0) {
      channel.basicAck(tag, true);
    }
  }

  @Override
  public void close() {
    connection.abort(ABORT_LIMIT_MS);
    synchronized (told) {
      try {
        told.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
