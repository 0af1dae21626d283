package dev.sluice.testing;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A private RabbitMQ node of an installation, 3.10 and 4 alike: free ports of 127.0.0.1 and an
 * {@link ErlangHost} of its own, unless {@link RabbitCluster} has made it. It cannot meet the
 * system's node or another test's, and nothing of it is left when it closes or this JVM dies.
 *
 * <p>The methods after {@link #start} are the faults and the few questions that tests need. Each
 * returns when the node has done it; a call of {@code rabbitmqctl} takes about half a second. Not
 * for several threads at once.
 */
public final class RabbitNode implements AutoCloseable {
  /** A state of the node that lasts until this is closed. */
  public interface Fault extends AutoCloseable {
    @Override
    void close();
  }

  public static final String HOST = ErlangHost.ADDRESS;
  public static final String USER = "guest";
  public static final String PASSWORD = "guest";

  /** A boot takes 4 to 7 s on two idle cores. */
  private static final Duration BOOT_LIMIT = Duration.ofSeconds(90);

  private static final Duration CTL_LIMIT = Duration.ofSeconds(60);
  private static final int HEARTBEAT_SECONDS = 60;

  private final ErlangHost host;
  private final Path binaries;
  private final RabbitNodeFiles files;
  private final Map<String, String> environment;
  private Process server;

  private RabbitNode(ErlangHost host, RabbitNodeFiles files) {
    this.host = host;
    this.binaries = host.installation().binaries();
    this.files = files;
    this.environment = files.environment(FreePorts.one());
  }

  /**
   * A node that does not run yet.
   *
   * @param name in Erlang's form, node@localhost
   * @param configuration lines of {@code rabbitmq.conf} over those that every node has
   */
  static RabbitNode on(ErlangHost host, String name, int port, List<String> configuration) {
    RabbitNodeFiles files = new RabbitNodeFiles(host.directory().resolve(name), name, port);
    files.write(configuration);
    return new RabbitNode(host, files);
  }

  /** The preferred RabbitMQ of this machine, if there is any. */
  public static Optional<RabbitInstallation> installation() {
    return RabbitInstallation.preferred();
  }

  /** All of this machine, the preferred one first: for a test that tells versions apart. */
  public static List<RabbitInstallation> installations() {
    return RabbitInstallation.all();
  }

  /**
   * A new node of the preferred installation that serves.
   *
   * @param configuration lines of {@code rabbitmq.conf} over those that every node has
   */
  public static RabbitNode launch(String... configuration) {
    return launch(
        installation()
            .orElseThrow(() -> new IllegalStateException("rabbitmq-server is not installed")),
        configuration);
  }

  /** A new node of this installation that serves. */
  public static RabbitNode launch(RabbitInstallation installation, String... configuration) {
    ErlangHost host = ErlangHost.open(installation);
    try {
      int port = FreePorts.one();
      RabbitNode node = on(host, "sluice-" + port + "@localhost", port, List.of(configuration));
      node.start();
      node.noteUse();
      return node;
    } catch (RuntimeException e) {
      host.close();
      throw e;
    }
  }

  /**
   * Writes down that the asking test uses this node, which {@code .ci/assert-real-broker} counts.
   */
  public RabbitNode noteUse() {
    ServersUnderTest.note("rabbitmq", true, "a private node of " + host.installation());
    return this;
  }

  public RabbitInstallation installed() {
    return host.installation();
  }

  /** Where all that it and its host write is, as long as it is there. */
  Path directory() {
    return host.directory();
  }

  /** What other nodes call it. */
  String name() {
    return files.name();
  }

  public String host() {
    return HOST;
  }

  public int port() {
    return files.port();
  }

  /** The address in the form that {@code RABBITMQ_URI} takes. */
  public String uri() {
    return "amqp://" + USER + ":" + PASSWORD + "@" + HOST + ":" + port() + "/%2F";
  }

  /**
   * Restarts it with the stream protocol enabled.
   *
   * @return the port of that
   */
  public int speakStreams() {
    int port = FreePorts.one();
    stop();
    files.write(StreamRabbitNode.configuration(port));
    start();
    return port;
  }

  /** Starts the node again, on the same port and data, after {@link #kill} or {@link #stop}. */
  public void start() {
    spawnServer();
    awaitServing();
  }

  public boolean isRunning() {
    return server != null && server.isAlive();
  }

  /** Starts it and waits for nothing: the nodes of a cluster wait for each other. */
  void spawnServer() {
    if (isRunning()) {
      throw new IllegalStateException("The node runs");
    }
    server =
        host.spawn(
            files.directory().resolve("server.log"),
            environment,
            binaries.resolve("rabbitmq-server").toString());
    host.hold(server);
  }

  /**
   * As a crash: SIGKILL. What was confirmed is on the disk, with one exception that RabbitMQ 3.10
   * makes: a quorum queue that was declared within the last second or so comes back empty, because
   * the node writes down which log belongs to which queue with a delay. A test that kills should
   * have declared its queues earlier, or {@link #restart} in between.
   */
  public void kill() {
    server.destroyForcibly();
    awaitEnd();
  }

  /** An orderly stop, as for an upgrade. */
  public void stop() {
    server.destroy();
    awaitEnd();
  }

  /** An orderly stop and a start, on the same port and data. */
  public void restart() {
    stop();
    start();
  }

  /** Stops the broker but not its virtual machine: connections end, the port refuses. */
  public void stopApp() {
    ctl("stop_app");
  }

  public void startApp() {
    ctl("start_app");
    awaitServing();
  }

  /** The broker closes each connection with 320 CONNECTION_FORCED. */
  public void closeAllConnections(String reason) {
    ctl("close_all_connections", reason);
  }

  /** Blocks all that publish, as a node does that is short of memory. */
  public Fault memoryAlarm() {
    ctl("set_vm_memory_high_watermark", "0");
    return () -> ctl("set_vm_memory_high_watermark", RabbitNodeFiles.MEMORY_WATERMARK);
  }

  /** Blocks all that publish, as a node does whose disk is nearly full. */
  public Fault diskAlarm() {
    ctl("set_disk_free_limit", "1000000000000000");
    return () -> ctl("set_disk_free_limit", RabbitNodeFiles.DISK_LIMIT_BYTES);
  }

  /** Refuses larger messages: the channel that brings one is closed with 406. */
  public Fault maxMessageBytes(int bytes) {
    setMaxMessageBytes(bytes);
    return () -> setMaxMessageBytes(RabbitNodeFiles.MAX_MESSAGE_BYTES);
  }

  /** RabbitMQ 3.10 looks into the application's environment, 4 into a term that it keeps. */
  private void setMaxMessageBytes(int bytes) {
    ctl(
        "eval",
        ("application:set_env(rabbit, max_message_size, %d),"
                + " persistent_term:put(max_message_size, %d).")
            .formatted(bytes, bytes));
  }

  /** What the node proposes to clients from now on; the smaller of two proposals holds. */
  public Fault heartbeat(int seconds) {
    ctl("eval", "application:set_env(rabbit, heartbeat, " + seconds + ").");
    return () -> ctl("eval", "application:set_env(rabbit, heartbeat, " + HEARTBEAT_SECONDS + ").");
  }

  /**
   * How many messages of the queue no consumer holds. Asked by AMQP: for a quorum queue, {@code
   * rabbitmqctl} tells a count that is up to five seconds old. Right after a start a quorum queue
   * says 0 until it has elected its leader, so await the number.
   */
  public long queueMessages(String queue) {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      return channel.messageCount(queue);
    } catch (IOException | TimeoutException e) {
      throw new IllegalStateException("Cannot ask for the length of " + queue, e);
    }
  }

  /** Adds a user who may do nothing until {@link #setPermissions}. */
  public void addUser(String user, String password) {
    ctl("add_user", user, password);
  }

  /** What the user may configure, write and read in the virtual host /, as regular expressions. */
  public void setPermissions(String user, String configure, String write, String read) {
    ctl("set_permissions", "-p", "/", user, configure, write, read);
  }

  /** Applies a definition, such as {@code {"max-length": 10}}, to the queues with such names. */
  public void setPolicy(String policy, String queuePattern, String definition) {
    ctl("set_policy", "-p", "/", "--apply-to", "queues", policy, queuePattern, definition);
  }

  public void clearPolicy(String policy) {
    ctl("clear_policy", "-p", "/", policy);
  }

  /** Any other command of {@code rabbitmqctl}; returns what it printed. */
  public String ctl(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(binaries.resolve("rabbitmqctl").toString());
    command.addAll(List.of("--quiet", "--node", name()));
    command.addAll(List.of(arguments));
    Path output = files.directory().resolve("ctl-" + UUID.randomUUID() + ".log");
    Process process = host.spawn(output, environment, command.toArray(String[]::new));
    try {
      if (!process.waitFor(CTL_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(String.join(" ", arguments) + ": no answer");
      }
      String printed = Files.readString(output);
      Files.delete(output);
      if (process.exitValue() != 0) {
        throw new IllegalStateException(String.join(" ", arguments) + ": " + printed);
      }
      return printed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A new connection as guest, without the client's own recovery. */
  public Connection connect() throws IOException, TimeoutException {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(HOST);
    factory.setPort(port());
    factory.setUsername(USER);
    factory.setPassword(PASSWORD);
    factory.setAutomaticRecoveryEnabled(false);
    return factory.newConnection("test");
  }

  /** Ends the host, and whatever else runs on it. */
  @Override
  public void close() {
    host.close();
  }

  /** Serves when it greets a client: the port alone opens a moment earlier. */
  void awaitServing() {
    try {
      Awaitility.await()
          .atMost(BOOT_LIMIT)
          .pollInSameThread()
          .pollInterval(Duration.ofMillis(100))
          .until(() -> !server.isAlive() || greets());
    } catch (ConditionTimeoutException e) {
      throw new IllegalStateException("RabbitMQ did not start in time:\n" + logs(), e);
    }
    if (!server.isAlive()) {
      throw new IllegalStateException("RabbitMQ ended while it started:\n" + logs());
    }
  }

  private boolean greets() {
    try (Connection connection = connect()) {
      return connection.isOpen();
    } catch (IOException | TimeoutException notYet) {
      return false;
    }
  }

  private void awaitEnd() {
    try {
      if (!server.waitFor(CTL_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("RabbitMQ does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The ends of all logs of its host. */
  public String logs() {
    return host.logs();
  }
}
