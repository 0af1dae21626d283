package dev.sluice.rabbit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.SettingsReader;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TestRabbit;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A node whose streams have numbers for messages, for a {@link NumberReader}. */
final class NumberStreams implements AutoCloseable {
  private final RabbitNode node;
  private final Scheduler blocking =
      Schedulers.newBoundedElastic(4, 16, "stream-consume", 60, true);

  NumberStreams(RabbitNode node) {
    this.node = node;
  }

  RabbitNode node() {
    return node;
  }

  Scheduler blocking() {
    return blocking;
  }

  NumberReader reader(String stream, String name, String from, boolean passesLosses) {
    return new NumberReader(rabbit(), blocking, stream, name, from, passesLosses);
  }

  /** What the doctor is told of the reader. */
  ReaderFacts.Reader seen(String stream, String name) {
    return seen(rabbit(), stream, name);
  }

  ReaderFacts.Reader seen(RabbitSettings as, String stream, String name) {
    try (RabbitConnection looking =
        new RabbitConnection(as.straightTo(stream), "looking", blocking, new Random())) {
      return new ReaderFacts(looking).look(name).block();
    }
  }

  RabbitSettings rabbit() {
    return rabbit("guest:guest");
  }

  RabbitSettings rabbit(String login) {
    String uri = node.uri().replace("guest:guest", login);
    return SettingsReader.read(Map.of("RABBITMQ_URI", uri), Path.of("no-such-file")).rabbit();
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

  @Override
  public void close() {
    blocking.dispose();
    node.close();
  }

  static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }
}
