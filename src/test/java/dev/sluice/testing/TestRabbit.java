package dev.sluice.testing;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.embedded.rabbit.EmbeddedBroker;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.testcontainers.rabbitmq.RabbitMQContainer;

/**
 * The RabbitMQ that the integration tests of this JVM share: the best that is at hand, started on
 * first use and gone with the JVM. In this order:
 *
 * <ol>
 *   <li>the one at {@code SLUICE_TEST_RABBITMQ_URI},
 *   <li>a private node of the preferred {@link RabbitInstallation},
 *   <li>a container, where a Docker engine answers,
 *   <li>the embedded broker, unless {@code SLUICE_TEST_REQUIRE_REAL_RABBITMQ=1}.
 * </ol>
 *
 * <p>{@code SLUICE_TEST_RABBITMQ} set to {@code node}, {@code docker} or {@code embedded} allows
 * one of them only. Tests share it, so they take their names from {@link #freshName}; one that
 * stops or blocks the broker belongs on a {@link RabbitNode} of its own.
 */
public final class TestRabbit {
  /** The same as in docker-compose.yaml, which {@code ComposeFileTest} sees to. */
  static final String IMAGE = "rabbitmq:4.2.5-management";

  private static final AtomicInteger NAMES = new AtomicInteger();

  private final String description;
  private final ConnectionFactory address;
  private final boolean real;
  private final List<RabbitNode> nodes;

  private TestRabbit(String description, String uri, boolean real, List<RabbitNode> nodes) {
    this.description = description;
    this.address = addressOf(uri);
    this.real = real;
    this.nodes = List.copyOf(nodes);
  }

  /** Initialised by the JVM once, when the first test asks. */
  private static final class Shared {
    private static final TestRabbit INSTANCE = choose(System.getenv());

    static {
      System.out.println("RabbitMQ under test: " + INSTANCE.description);
    }
  }

  public static TestRabbit shared() {
    TestRabbit rabbit = Shared.INSTANCE;
    ServersUnderTest.note("rabbitmq", rabbit.real, rabbit.description);
    return rabbit;
  }

  /** Every node of a cluster as one RabbitMQ; the cluster stays the caller's to close. */
  public static TestRabbit of(RabbitCluster cluster) {
    List<RabbitNode> nodes = cluster.nodes();
    return new TestRabbit(
        "a cluster of three of " + nodes.get(0).installed(), nodes.get(0).uri(), true, nodes);
  }

  /** One that is not shared: whoever has started the node closes it. */
  public static TestRabbit of(RabbitNode node) {
    return new TestRabbit("a private node of " + node.installed(), node.uri(), true, List.of(node));
  }

  /** A name that no other test uses, here or in another run against the same server. */
  public static String freshName(String stem) {
    return stem
        + "-"
        + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX)
        + "-"
        + ProcessHandle.current().pid()
        + "-"
        + NAMES.incrementAndGet();
  }

  /** False for the embedded broker. */
  public boolean isReal() {
    return real;
  }

  /** For the faults; empty where the server is not ours to hurt. */
  public Optional<RabbitNode> node() {
    return nodes.size() == 1 ? Optional.of(nodes.get(0)) : Optional.empty();
  }

  /** All that are ours to hurt; several of a cluster, none of a server that is not ours. */
  public List<RabbitNode> nodes() {
    return nodes;
  }

  /** Where it listens: at each node of a cluster. */
  public List<Address> addresses() {
    return nodes.isEmpty()
        ? List.of(new Address(host(), port()))
        : nodes.stream().map(node -> new Address(node.host(), node.port())).toList();
  }

  public String host() {
    return address.getHost();
  }

  public int port() {
    return address.getPort();
  }

  public String user() {
    return address.getUsername();
  }

  public String password() {
    return address.getPassword();
  }

  public String virtualHost() {
    return address.getVirtualHost();
  }

  /** The address in the form that {@code RABBITMQ_URI} takes. */
  public String uri() {
    return uri(addresses());
  }

  /** The same, by way of others that stand before it. */
  public String uri(List<Address> before) {
    return (address.isSSL() ? "amqps://" : "amqp://")
        + encode(user())
        + ":"
        + encode(password())
        + "@"
        + before.stream()
            .map(each -> each.getHost() + ":" + each.getPort())
            .collect(Collectors.joining(","))
        + "/"
        + encode(virtualHost());
  }

  @Override
  public String toString() {
    return description;
  }

  /** A new connection, without the client's own recovery; the caller closes it. */
  public Connection connect() throws IOException, TimeoutException {
    return address.newConnection(addresses(), "test");
  }

  /** How many messages of the queue no consumer holds. */
  public long queueMessages(String queue) {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      return channel.messageCount(queue);
    } catch (IOException | TimeoutException e) {
      throw new IllegalStateException("Cannot ask for the length of " + queue, e);
    }
  }

  static TestRabbit choose(Map<String, String> environment) {
    String only = environment.getOrDefault("SLUICE_TEST_RABBITMQ", "");
    String uri = environment.getOrDefault("SLUICE_TEST_RABBITMQ_URI", "");
    if (!uri.isEmpty()) {
      return new TestRabbit("the one at SLUICE_TEST_RABBITMQ_URI", uri, true, List.of());
    }
    if (allows(only, "node") && RabbitNode.installation().isPresent()) {
      RabbitNode node = RabbitNode.launch();
      String what = "a private node of " + node.installed();
      return new TestRabbit(what, node.uri(), true, List.of(node));
    }
    if (allows(only, "docker") && DockerEngine.isThere(environment)) {
      return container();
    }
    boolean mustBeReal = "1".equals(environment.get("SLUICE_TEST_REQUIRE_REAL_RABBITMQ"));
    if (mustBeReal || !allows(only, "embedded")) {
      throw new IllegalStateException(
          "The tests require a real RabbitMQ (SLUICE_TEST_REQUIRE_REAL_RABBITMQ=1 or"
              + " SLUICE_TEST_RABBITMQ), and there is none: install rabbitmq-server, start a Docker"
              + " engine, or set SLUICE_TEST_RABBITMQ_URI");
    }
    return new TestRabbit(
        "the embedded broker (not a RabbitMQ)", EmbeddedBroker.start().uri(), false, List.of());
  }

  private static boolean allows(String only, String backend) {
    return only.isEmpty() || only.equals(backend);
  }

  /** Never closed here: Testcontainers' own reaper removes it when this JVM is gone. */
  @SuppressWarnings("resource")
  private static TestRabbit container() {
    RabbitMQContainer container = new RabbitMQContainer(IMAGE);
    container.start();
    return new TestRabbit("a container of " + IMAGE, container.getAmqpUrl(), true, List.of());
  }

  private static ConnectionFactory addressOf(String uri) {
    ConnectionFactory factory = new ConnectionFactory();
    try {
      factory.setUri(uri);
    } catch (URISyntaxException | GeneralSecurityException e) {
      throw new IllegalArgumentException("Not the address of a RabbitMQ", e);
    }
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    return factory;
  }

  private static String encode(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
