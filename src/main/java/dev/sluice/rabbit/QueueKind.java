package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.config.QueueType;
import java.io.IOException;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a queue is, found out by asking for what RabbitMQ answers by it: AMQP has no question for
 * it. Nothing is changed. Each blocks, and takes a channel of its own, which a no closes.
 */
final class QueueKind {
  /** Stands in the answer to whoever declares as a stream what is none: a stream is durable. */
  private static final Pattern NO_STREAM =
      Pattern.compile("inequivalent arg '(x-queue-type|durable|auto_delete|exclusive)'");

  private QueueKind() {}

  /** Whether it is there. */
  static boolean isThere(Connection connection, String queue) throws IOException {
    Channel asking = RabbitConnection.channelOn(connection);
    try {
      asking.queueDeclarePassive(queue);
      return true;
    } catch (IOException e) {
      if (!QueueInboxes.isAnswered(e, AMQP.NOT_FOUND)) {
        throw e;
      }
      return false;
    } finally {
      asking.abort();
    }
  }

  /**
   * Whether a queue that is there is a stream: only that takes an offset. To be asked of a broker
   * that {@linkplain #refusesWrongArguments refuses wrong arguments}.
   */
  static boolean isStream(Connection connection, String queue) throws IOException {
    Channel asking = RabbitConnection.channelOn(connection);
    try {
      asking.basicQos(1);
      asking.basicConsume(
          queue,
          false,
          Map.of(StreamOffset.ARGUMENT, StreamOffset.NEXT.value()),
          (tag, none) -> {},
          tag -> {});
      return true;
    } catch (IOException e) {
      // A stream whose leader is away is refused by the same code.
      if (!QueueInboxes.isAnswered(e, AMQP.PRECONDITION_FAILED)
          || !e.getCause().getMessage().contains(StreamOffset.ARGUMENT)) {
        throw e;
      }
      return false;
    } finally {
      asking.abort();
    }
  }

  /** As RabbitMQ does from 3.10 on. */
  static boolean refusesWrongArguments(Connection connection) {
    Map<String, Object> server = connection.getServerProperties();
    return String.valueOf(server.get("product")).equals("RabbitMQ")
        && !String.valueOf(server.get("version")).matches("([012]|3\\.[0-9])\\..*");
  }

  /**
   * Whether RabbitMQ says that it is no stream when it is declared as one, which changes nothing of
   * a queue that is there: a message may have its offset from a stream in which it lay before. Who
   * may not declare it does not know.
   */
  static boolean isDeclaredAsQueue(Connection connection, String queue) throws IOException {
    Channel channel = RabbitConnection.channelOn(connection);
    try {
      channel.queueDeclare(
          queue, true, false, false, Map.of("x-queue-type", QueueType.STREAM.text()));
      return false;
    } catch (IOException e) {
      if (QueueInboxes.isAnswered(e, AMQP.PRECONDITION_FAILED)) {
        // Other arguments of a stream may be others too.
        return NO_STREAM.matcher(e.getCause().getMessage()).find();
      }
      if (QueueInboxes.isAnswered(e, AMQP.ACCESS_REFUSED)) {
        return false;
      }
      throw e;
    } finally {
      channel.abort();
    }
  }
}
