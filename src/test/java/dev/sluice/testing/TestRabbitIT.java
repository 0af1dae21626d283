package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TestRabbitIT {
  private final TestRabbit rabbit = TestRabbit.shared();

  @Test
  void servesWhatItsAddressSays() throws Exception {
    String queue = TestRabbit.freshName("queue");
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(rabbit.uri());
    try (Connection connection = factory.newConnection();
        Channel channel = connection.createChannel()) {
      channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", "quorum"));
      channel.confirmSelect();
      channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, new byte[1]);
      channel.waitForConfirmsOrDie(10_000);
    }

    assertThat(rabbit.queueMessages(queue)).isEqualTo(1);
    assertThat(factory.getHost()).isEqualTo(rabbit.host());
    assertThat(factory.getPort()).isEqualTo(rabbit.port());
  }

  @Test
  void isSharedAndGivesFreshNames() {
    assertThat(TestRabbit.shared()).isSameAs(rabbit);
    assertThat(TestRabbit.freshName("queue")).isNotEqualTo(TestRabbit.freshName("queue"));
  }

  @Test
  void leavesATraceOfWhatWasTested() throws Exception {
    String kind = rabbit.isReal() ? "real " : "embedded ";

    assertThat(Files.readAllLines(Path.of("target/test-rabbitmq.txt")))
        .anyMatch(line -> line.startsWith(kind + TestRabbitIT.class.getName() + " "));
  }

  @Test
  void refusesToFallBackWhereARealBrokerIsRequired() {
    assertThatThrownBy(
            () ->
                TestRabbit.choose(
                    Map.of(
                        "SLUICE_TEST_REQUIRE_REAL_RABBITMQ", "1", "SLUICE_TEST_RABBITMQ", "none")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("install rabbitmq-server");
  }
}
