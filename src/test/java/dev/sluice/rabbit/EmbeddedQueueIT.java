package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.SettingsReader;
import dev.sluice.embedded.rabbit.EmbeddedBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A queue of the embedded broker, by which the demos and {@code make local-start} run where there
 * is no Docker. It answers some questions otherwise than RabbitMQ does.
 */
class EmbeddedQueueIT {
  /** It closes the connection over a queue that is not there, where RabbitMQ closes the channel. */
  @Test
  void aConsumerBeginsWhereNothingWasEverParked() throws Exception {
    Scheduler blocking = Schedulers.newBoundedElastic(4, 16, "embedded-consume", 60, true);
    try (EmbeddedBroker broker = EmbeddedBroker.start()) {
      publish(broker, "numbers", "7");
      RabbitSettings settings =
          SettingsReader.read(
                  Map.of("RABBITMQ_URI", broker.uri().toString()), Path.of("no-such-file"))
              .rabbit();
      try (NumberReader reader =
          new NumberReader(settings, blocking, "numbers", "numbers", null, false)) {
        List<String> parked = new ArrayList<>();
        reader.inbox.parked(each -> parked.add(each.messageId()));

        assertThat(parked).isEmpty();
        assertThat(reader.read(1)).containsExactly("7");
      }
    } finally {
      blocking.dispose();
    }
  }

  private static void publish(EmbeddedBroker broker, String queue, String body) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(broker.uri());
    try (Connection connection = factory.newConnection()) {
      var channel = connection.createChannel();
      channel.confirmSelect();
      channel.queueDeclare(queue, true, false, false, Map.of());
      channel.basicPublish(
          "", queue, MessageProperties.MINIMAL_PERSISTENT_BASIC, body.getBytes("UTF-8"));
      channel.waitForConfirmsOrDie();
    }
  }
}
