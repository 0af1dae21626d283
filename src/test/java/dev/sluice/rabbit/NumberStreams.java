package dev.sluice.rabbit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TestRabbit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Streams whose messages are numbers, for a {@link NumberReader}. */
final class NumberStreams {
  private final RabbitNode node;

  NumberStreams(RabbitNode node) {
    this.node = node;
  }

  /** One of a name of its own. */
  String make(Map<String, Object> arguments) throws Exception {
    String stream = TestRabbit.freshName("stream");
    declare(stream, arguments);
    return stream;
  }

  void declare(String stream, Map<String, Object> arguments) throws Exception {
    Map<String, Object> all = new HashMap<>(arguments);
    all.put("x-queue-type", "stream");
    try (Connection connection = node.connect()) {
      connection.createChannel().queueDeclare(stream, true, false, false, all);
    }
  }

  void delete(String queue) throws Exception {
    try (Connection connection = node.connect()) {
      connection.createChannel().queueDelete(queue);
    }
  }

  /** Messages whose bodies are their numbers, and so many bytes long. */
  void publish(String queue, int from, int to, int bytes) throws Exception {
    try (Connection connection = node.connect();
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      for (int i = from; i < to; i++) {
        byte[] body = String.format("%-" + bytes + "d", i).getBytes(UTF_8);
        channel.basicPublish(
            "", queue, new AMQP.BasicProperties.Builder().messageId("m" + i).build(), body);
        if (i % 20 == 0) {
          channel.waitForConfirmsOrDie();
        }
      }
      channel.waitForConfirmsOrDie();
    }
  }

  /** One message with these headers. */
  void publishWith(String queue, Map<String, Object> headers) throws Exception {
    try (Connection connection = node.connect();
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      channel.basicPublish(
          "",
          queue,
          new AMQP.BasicProperties.Builder().messageId("foreign").headers(headers).build(),
          "{}".getBytes(UTF_8));
      channel.waitForConfirmsOrDie();
    }
  }

  static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }
}
