package dev.sluice.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DeliverCallback;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.RabbitSettings;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Where a stream begins and ends, found out by reading one message there: AMQP has no question for
 * it, and each release of RabbitMQ answers this one. From any thread; blocks.
 */
final class StreamEnds {
  /** Of a consumer: where to begin. */
  static final String OFFSET = "x-stream-offset";

  /** What a node may take to give the first message of a stream that has one. */
  private static final Duration FIRST_MESSAGE = Duration.ofSeconds(2);

  private final Connection connection;
  private final RabbitSettings settings;

  /**
   * @param settings of the stream
   */
  StreamEnds(Connection connection, RabbitSettings settings) {
    this.connection = connection;
    this.settings = settings;
  }

  /** The offset of the first message that is there; empty if none comes in time. */
  OptionalLong oldest() {
    return firstFrom(StreamOffset.FIRST);
  }

  /**
   * The offset of the first message of what was written last at once, the chunk; empty if none
   * comes in time.
   */
  OptionalLong newest() {
    return firstFrom(StreamOffset.LAST);
  }

  private OptionalLong firstFrom(StreamOffset place) {
    try {
      Channel looking = connection.createChannel();
      try {
        BlockingQueue<Long> found = new LinkedBlockingQueue<>();
        DeliverCallback note =
            (tag, delivery) ->
                ReceivedMessage.offset(delivery.getProperties()).ifPresent(found::add);
        looking.basicQos(1);
        looking.basicConsume(
            settings.queue(), false, Map.of(OFFSET, place.value()), note, tag -> {});
        Long first = found.poll(FIRST_MESSAGE.toMillis(), TimeUnit.MILLISECONDS);
        return first == null ? OptionalLong.empty() : OptionalLong.of(first);
      } finally {
        looking.abort();
      }
    } catch (IOException | ShutdownSignalException e) {
      throw RabbitFailures.recognise(e, settings);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PipelineException(
          FailureKind.TRANSIENT, "The stream \"" + settings.queue() + "\" was not waited for", e);
    }
  }
}
