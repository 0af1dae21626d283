package dev.sluice.bench;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * One exchange with one queue, declared as Sluice declares them, for one run of one contender, so
 * that the broker has the same work whoever publishes. Both go when this closes.
 */
final class Lane implements AutoCloseable {
  private final String name = TestRabbit.freshName("bench");
  private final String queueType;
  private final Connection connection;
  private final Channel channel;

  Lane(TestRabbit rabbit, String queueType) {
    this.queueType = queueType;
    try {
      connection = rabbit.connect();
      channel = connection.createChannel();
      channel.exchangeDeclare(name, BuiltinExchangeType.TOPIC, true);
      channel.queueDeclare(name, true, false, false, Map.of("x-queue-type", queueType));
      channel.queueBind(name, name, "#");
    } catch (IOException | TimeoutException e) {
      throw new IllegalStateException("Cannot declare a queue of type " + queueType, e);
    }
  }

  /** Of the exchange, and of the queue. */
  String name() {
    return name;
  }

  String queueType() {
    return queueType;
  }

  Connection connection() {
    return connection;
  }

  /** How many messages wait in the queue, as the broker counts them. */
  long messages() {
    try {
      AMQP.Queue.DeclareOk state = channel.queueDeclarePassive(name);
      return state.getMessageCount();
    } catch (IOException e) {
      throw new IllegalStateException("The queue is gone", e);
    }
  }

  @Override
  public void close() {
    try (connection) {
      channel.queueDelete(name);
      channel.exchangeDelete(name);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot remove " + name, e);
    }
  }
}
