package dev.sluice.embedded.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import dev.sluice.testing.NoThreadLeftBehind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What Sluice asks of an AMQP broker, asked of the embedded one. */
@ExtendWith(NoThreadLeftBehind.class)
class EmbeddedBrokerIT {
  private static final Map<String, Object> QUORUM = Map.of("x-queue-type", "quorum");

  private EmbeddedBroker broker;

  @BeforeEach
  void start() {
    broker = EmbeddedBroker.start();
  }

  @AfterEach
  void close() {
    broker.close();
  }

  @Test
  void confirmsEachMessageThatATopicExchangeRoutesToAQuorumQueue() throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      declareTopology(channel);
      channel.confirmSelect();

      for (int n = 0; n < 1_000; n++) {
        publish(channel, "scrabble.scrabble.insert", "event " + n);
      }

      assertThat(channel.waitForConfirms(10_000)).isTrue();
      assertThat(channel.messageCount("test_queue")).isEqualTo(1_000);
      assertThat(IntStream.range(0, 1_000).mapToObj(n -> take(channel)))
          .containsExactlyElementsOf(
              IntStream.range(0, 1_000).mapToObj(n -> "event " + n).toList());
    }
  }

  @Test
  void nacksAnUnroutableMandatoryMessageAndThenReturnsIt() throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      channel.exchangeDeclare("nowhere", BuiltinExchangeType.TOPIC, true);
      List<String> heard = listen(channel);

      publishTo(channel, "nowhere", "lost", "unroutable");
      await().until(() -> heard.size() == 2);

      // RabbitMQ says the same in the other order and with an ack: "return lost", "ack 1".
      assertThat(heard).containsExactly("nack 1", "return lost");
      assertThat(channel.isOpen()).isTrue();
    }
  }

  @Test
  void confirmsAgainAfterAnUnroutableMessage() throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      declareTopology(channel);
      channel.exchangeDeclare("nowhere", BuiltinExchangeType.TOPIC, true);
      List<String> heard = listen(channel);

      publishTo(channel, "nowhere", "lost", "unroutable");
      publish(channel, "found", "routable");
      await().until(() -> heard.size() == 3);

      assertThat(heard).containsExactlyInAnyOrder("nack 1", "return lost", "ack 2");
    }
  }

  @Test
  void routesTheDefaultExchangeToTheQueueOfThatName() throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      channel.queueDeclare("direct", true, false, false, Map.of());
      channel.confirmSelect();

      publishTo(channel, "", "direct", "straight");

      assertThat(channel.waitForConfirms(10_000)).isTrue();
      assertThat(channel.basicGet("direct", true).getBody())
          .isEqualTo("straight".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void takesAMessageAsLargeAsADocumentCanBe() throws Exception {
    byte[] body = new byte[16 * 1024 * 1024];
    body[body.length - 1] = 7;
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      declareTopology(channel);
      channel.confirmSelect();

      channel.basicPublish("sluice", "large", true, MessageProperties.PERSISTENT_BASIC, body);

      assertThat(channel.waitForConfirms(10_000)).isTrue();
      assertThat(channel.basicGet("test_queue", true).getBody()).isEqualTo(body);
    }
  }

  @Test
  void deliversToAConsumerOfAnExclusiveQueueAndForgetsTheQueueAfterwards() throws Exception {
    String queue;
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      declareTopology(channel);
      queue = channel.queueDeclare("", false, true, true, Map.of()).getQueue();
      channel.queueBind(queue, "sluice", "#");
      List<String> delivered = new CopyOnWriteArrayList<>();
      channel.basicConsume(
          queue,
          true,
          (tag, delivery) -> delivered.add(new String(delivery.getBody(), StandardCharsets.UTF_8)),
          tag -> {});

      publish(channel, "scrabble.scrabble.update", "seen");

      await().until(() -> delivered.equals(List.of("seen")));
    }
    try (Connection connection = connect()) {
      Channel channel = connection.createChannel();
      assertThatThrownBy(() -> channel.queueDeclarePassive(queue))
          .rootCause()
          .hasMessageContaining("404");
    }
  }

  @Test
  void acceptsTheSameTopologyAgain() throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      declareTopology(channel);
      publish(channel, "kept", "still here");
      declareTopology(channel);

      await().until(() -> channel.messageCount("test_queue") == 1);
    }
  }

  @Test
  void acceptsAQueueAgainWithOtherArgumentsWhereRabbitMqWouldRefuse() throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      declareTopology(channel);

      channel.queueDeclare("test_queue", true, false, false, Map.of("x-queue-type", "classic"));
      channel.queueDeclare("test_queue", false, false, false, Map.of("x-max-length", 5));

      assertThat(channel.isOpen()).isTrue();
    }
  }

  @Test
  void closesTheConnectionWhenAnExchangeIsDeclaredAgainAsAnotherType() throws Exception {
    Connection connection = connect();
    Channel channel = connection.createChannel();
    declareTopology(channel);

    // RabbitMQ closes the channel alone, with 406.
    assertThatThrownBy(() -> channel.exchangeDeclare("sluice", BuiltinExchangeType.FANOUT, true))
        .rootCause()
        .hasMessageContaining("530");
    await().until(() -> !connection.isOpen());
  }

  @Test
  void saysThatAQueueIsUnknown() throws Exception {
    try (Connection connection = connect()) {
      Channel channel = connection.createChannel();

      assertThatThrownBy(() -> channel.queueDeclarePassive("unheard"))
          .rootCause()
          .hasMessageContaining("404");
      assertThat(connection.isOpen()).isTrue();
    }
  }

  @Test
  void refusesAWrongPassword() {
    ConnectionFactory factory = factory();
    factory.setPassword("wrong");

    // RabbitMQ's refusal is the AuthenticationFailureException below this one.
    assertThatThrownBy(factory::newConnection)
        .isInstanceOf(PossibleAuthenticationFailureException.class);
  }

  @Test
  void takesItsOwnUriAndAnEmptyVirtualHost() throws Exception {
    ConnectionFactory factory = factory();
    factory.setUri(URI.create(broker.uri()));
    factory.newConnection().close();

    factory.setVirtualHost("");
    factory.newConnection().close();
  }

  @Test
  void refusesAnUnknownVirtualHost() {
    ConnectionFactory factory = factory();
    factory.setVirtualHost("elsewhere");

    assertThatThrownBy(factory::newConnection).rootCause().hasMessageContaining("elsewhere");
  }

  @Test
  void namesThePortThatSomebodyElseHas() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(EmbeddedBroker.HOST))) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> EmbeddedBroker.start(port))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Port " + port + " of 127.0.0.1 is taken");
    }
  }

  @Test
  void leavesNoThreadAndNoPortBehind() throws Exception {
    EmbeddedBroker another = EmbeddedBroker.start();
    try (Connection connection = connect(another.port())) {
      declareTopology(connection.createChannel());
    }
    List<Thread> before = threads();

    EmbeddedBroker third = EmbeddedBroker.start();
    int port = third.port();
    try (Connection connection = connect(port)) {
      declareTopology(connection.createChannel());
    }
    third.close();
    another.close();

    await().pollInSameThread().untilAsserted(() -> assertThat(before).containsAll(threads()));
    assertThatThrownBy(() -> new Socket(EmbeddedBroker.HOST, port).close())
        .isInstanceOf(IOException.class);
    try (EmbeddedBroker again = EmbeddedBroker.start(port)) {
      assertThat(again.port()).isEqualTo(port);
    }
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream().filter(Thread::isAlive).toList();
  }

  private static void declareTopology(Channel channel) throws IOException {
    channel.exchangeDeclare("sluice", BuiltinExchangeType.TOPIC, true);
    channel.queueDeclare("test_queue", true, false, false, QUORUM);
    channel.queueBind("test_queue", "sluice", "#");
  }

  private static List<String> listen(Channel channel) throws IOException {
    List<String> heard = new CopyOnWriteArrayList<>();
    channel.addReturnListener(returned -> heard.add("return " + returned.getRoutingKey()));
    channel.addConfirmListener(
        (tag, multiple) -> heard.add("ack " + tag), (tag, multiple) -> heard.add("nack " + tag));
    channel.confirmSelect();
    return heard;
  }

  private static void publish(Channel channel, String key, String body) throws IOException {
    publishTo(channel, "sluice", key, body);
  }

  private static void publishTo(Channel channel, String exchange, String key, String body)
      throws IOException {
    channel.basicPublish(
        exchange,
        key,
        true,
        MessageProperties.PERSISTENT_TEXT_PLAIN,
        body.getBytes(StandardCharsets.UTF_8));
  }

  private static String take(Channel channel) {
    try {
      return new String(channel.basicGet("test_queue", true).getBody(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Connection connect() throws Exception {
    return connect(broker.port());
  }

  private static Connection connect(int port) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(EmbeddedBroker.HOST);
    factory.setPort(port);
    factory.setAutomaticRecoveryEnabled(false);
    return factory.newConnection();
  }

  private ConnectionFactory factory() {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(EmbeddedBroker.HOST);
    factory.setPort(broker.port());
    factory.setAutomaticRecoveryEnabled(false);
    return factory;
  }
}
