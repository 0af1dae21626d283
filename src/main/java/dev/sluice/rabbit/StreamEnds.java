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
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Where a stream begins and ends, found out by reading one message there: AMQP has no question for
 * it, and each release of RabbitMQ answers this one. From any thread; blocks.
 */
final class StreamEnds {
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

  /**
   * A message of the stream.
   *
   * @param messageId by which it is known again, as offsets begin anew in a stream that is made
   *     anew
   */
  record Place(long offset, String messageId) {}

  /** The offset of the first message that is there; empty if none comes in time. */
  OptionalLong oldest() {
    return offset(StreamOffset.FIRST);
  }

  /**
   * The offset of the first message of what was written last at once, the chunk; empty if none
   * comes in time.
   */
  OptionalLong newest() {
    return offset(StreamOffset.LAST);
  }

  /** How many messages the leader has; 0 while it is away. */
  long count() {
    try {
      Channel asking = RabbitConnection.channelOn(connection);
      try {
        return asking.messageCount(settings.queue());
      } finally {
        asking.abort();
      }
    } catch (IOException | ShutdownSignalException e) {
      throw RabbitFailures.recognise(e, settings);
    }
  }

  private OptionalLong offset(StreamOffset place) {
    return firstFrom(place)
        .map(found -> OptionalLong.of(found.offset()))
        .orElse(OptionalLong.empty());
  }

  /** The first message from there on; empty if none comes in time. */
  Optional<Place> firstFrom(StreamOffset place) {
    try {
      Channel looking = RabbitConnection.channelOn(connection);
      try {
        BlockingQueue<Place> found = new LinkedBlockingQueue<>();
        DeliverCallback note =
            (tag, delivery) -> {
              String id = delivery.getProperties().getMessageId();
              ReceivedMessage.offset(delivery.getProperties())
                  .ifPresent(offset -> found.add(new Place(offset, String.valueOf(id))));
            };
        looking.basicQos(1);
        looking.basicConsume(
            settings.queue(), false, Map.of(StreamOffset.ARGUMENT, place.value()), note, tag -> {});
        return Optional.ofNullable(found.poll(FIRST_MESSAGE.toMillis(), TimeUnit.MILLISECONDS));
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
