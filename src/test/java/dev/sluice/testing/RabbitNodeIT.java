package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Shows, on each RabbitMQ of this machine, that a fault is the fault that its name says. */
@ParameterizedClass(allowZeroInvocations = true)
@MethodSource("installations")
class RabbitNodeIT {
  /** RabbitMQ looks at its memory and disk every second or ten, later where it lacks a core. */
  private static final Duration ALARMED = Duration.ofSeconds(30);

  private static RabbitNode node;

  @Parameter RabbitInstallation installation;

  static List<RabbitInstallation> installations() {
    return RabbitNode.installations();
  }

  @BeforeParameterizedClassInvocation
  static void launch(RabbitInstallation installation) {
    node = RabbitNode.launch(installation);
  }

  @AfterParameterizedClassInvocation
  static void close() {
    node.close();
  }

  @Test
  void closesConnectionsWithTheReason() throws Exception {
    Connection connection = node.connect();

    node.closeAllConnections("maintenance tonight");

    await().until(() -> !connection.isOpen());
    assertThat(connection.getCloseReason())
        .hasMessageContaining("320")
        .hasMessageContaining("maintenance tonight");
  }

  @Test
  @SuppressWarnings("try") // An alarm is only ever closed.
  void blocksAPublisherWhileAnAlarmIsOn() throws Exception {
    String queue = declare("alarm");
    try (Connection connection = node.connect();
        Channel channel = connection.createChannel()) {
      List<String> heard = new CopyOnWriteArrayList<>();
      connection.addBlockedListener(reason -> heard.add(reason), () -> heard.add("unblocked"));
      channel.confirmSelect();

      try (RabbitNode.Fault alarm = node.memoryAlarm()) {
        channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, new byte[1]);
        await().atMost(ALARMED).until(() -> heard.equals(List.of("low on memory")));
      }
      await().atMost(ALARMED).until(() -> heard.equals(List.of("low on memory", "unblocked")));
      assertThat(channel.waitForConfirms(10_000)).isTrue();
      heard.clear();

      try (RabbitNode.Fault alarm = node.diskAlarm()) {
        channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, new byte[1]);
        await().atMost(ALARMED).until(() -> heard.equals(List.of("low on disk")));
      }
      await().atMost(ALARMED).until(() -> heard.equals(List.of("low on disk", "unblocked")));
      assertThat(channel.waitForConfirms(10_000)).isTrue();
    }
    assertThat(node.queueMessages(queue)).isEqualTo(2);
  }

  @Test
  void keepsConfirmedMessagesWhenItIsRestartedAndKilled() throws Exception {
    String queue = declare("kept");

    node.restart();
    publishConfirmed(queue);
    node.kill();
    assertThatThrownBy(() -> new Socket(RabbitNode.HOST, node.port()).close())
        .isInstanceOf(IOException.class);
    node.start();

    await().until(() -> node.queueMessages(queue) == 1);
  }

  @Test
  void refusesConnectionsWhileItsAppIsStopped() throws Exception {
    node.stopApp();
    try {
      assertThatThrownBy(() -> node.connect()).isInstanceOf(IOException.class);
    } finally {
      node.startApp();
    }

    node.connect().close();
  }

  @Test
  void knowsUsersPermissionsAndPolicies() throws Exception {
    String queue = declare("ruled");
    node.addUser("reader", "secret");
    node.setPermissions("reader", "^$", "^$", ".*");
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri("amqp://reader:secret@" + RabbitNode.HOST + ":" + node.port() + "/%2F");
    try (Connection connection = factory.newConnection()) {
      Channel channel = connection.createChannel();
      assertThatThrownBy(() -> channel.queueDeclare("mine", true, false, false, Map.of()))
          .rootCause()
          .hasMessageContaining("403");
    }

    node.setPolicy(
        "short", "^" + queue + "$", "{\"max-length\":1,\"overflow\":\"reject-publish\"}");
    publishConfirmed(queue);
    try (Connection connection = node.connect();
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      await()
          .until(
              () -> {
                channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, new byte[1]);
                return !channel.waitForConfirms(10_000);
              });
    }
    node.clearPolicy("short");
  }

  /** What 4 allows by itself is 16 MiB, and looked up elsewhere than by 3.10. */
  @Test
  @SuppressWarnings("try") // A limit is only ever closed.
  void refusesAMessageThatIsLargerThanItWasTold() throws Exception {
    String queue = declare("limited");
    try (RabbitNode.Fault limit = node.maxMessageBytes(1_000);
        Connection connection = node.connect()) {
      Channel channel = connection.createChannel();
      channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, new byte[1_001]);
      await().until(() -> !channel.isOpen());
      assertThat(channel.getCloseReason()).hasMessageContaining("406");
    }

    publishConfirmed(queue, new byte[17 * 1024 * 1024]);
  }

  @Test
  void isOfTheInstallationThatWasAskedFor() {
    assertThat(node.ctl("version").strip()).isEqualTo(installation.version());
  }

  @Test
  void leavesNothingBehind() throws Exception {
    List<Long> processes = children();

    RabbitNode other = RabbitNode.launch(installation);
    assertThat(other.directory()).isNotEmptyDirectory();
    other.close();

    assertThat(other.directory()).doesNotExist();
    await().untilAsserted(() -> assertThat(children()).isEqualTo(processes));
  }

  private static List<Long> children() {
    return ProcessHandle.current().descendants().map(ProcessHandle::pid).sorted().toList();
  }

  private static String declare(String name) throws Exception {
    try (Connection connection = node.connect();
        Channel channel = connection.createChannel()) {
      channel.queueDeclare(name, true, false, false, Map.of("x-queue-type", "quorum"));
      return name;
    }
  }

  private static void publishConfirmed(String queue) throws Exception {
    publishConfirmed(queue, new byte[1]);
  }

  private static void publishConfirmed(String queue, byte[] body) throws Exception {
    try (Connection connection = node.connect();
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, body);
      channel.waitForConfirmsOrDie(10_000);
    }
  }
}
