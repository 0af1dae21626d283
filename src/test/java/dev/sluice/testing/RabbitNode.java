package dev.sluice.testing;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A private RabbitMQ node of the installed {@code rabbitmq-server}: free ports of 127.0.0.1, a
 * directory, an Erlang cookie and a port mapper ({@code epmd}) of its own. It cannot meet the
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

  public static final String HOST = "127.0.0.1";
  public static final String USER = "guest";
  public static final String PASSWORD = "guest";

  /** Debian's {@code /usr/sbin/rabbitmq-server} changes to another user first; these do not. */
  private static final List<Path> KNOWN_PLACES =
      List.of(
          Path.of("/usr/lib/rabbitmq/bin"),
          Path.of("/opt/rabbitmq/sbin"),
          Path.of("/opt/homebrew/sbin"),
          Path.of("/usr/local/sbin"));

  /** A boot takes 4 to 7 s on two idle cores. */
  private static final Duration BOOT_LIMIT = Duration.ofSeconds(90);

  private static final Duration CTL_LIMIT = Duration.ofSeconds(60);
  private static final String MEMORY_WATERMARK = "0.4";
  private static final String DISK_LIMIT_BYTES = "1000000";

  /** The defaults of RabbitMQ 3.10. */
  private static final int MAX_MESSAGE_BYTES = 134_217_728;

  private static final int HEARTBEAT_SECONDS = 60;

  private final Leash leash;
  private final Path binaries;
  private final Path directory;
  private final String name;
  private final int port;
  private final int distributionPort;
  private final int mapperPort;
  private final Process mapper;
  private Process server;

  /** Where all that it writes is, as long as it is there. */
  Path directory() {
    return directory;
  }

  private RabbitNode(Leash leash, Path binaries, List<String> configuration) {
    List<Integer> ports = FreePorts.take(3);
    this.leash = leash;
    this.binaries = binaries;
    this.directory = leash.directory();
    this.port = ports.get(0);
    this.distributionPort = ports.get(1);
    this.mapperPort = ports.get(2);
    this.name = "sluice-" + port + "@localhost";
    writeConfiguration(configuration);
    this.mapper =
        spawn("epmd.log", "epmd", "-port", Integer.toString(mapperPort), "-address", HOST);
  }

  /** Where {@code rabbitmq-server} and {@code rabbitmqctl} are, if they are installed. */
  public static Optional<Path> installation() {
    return KNOWN_PLACES.stream()
        .filter(place -> Files.isExecutable(place.resolve("rabbitmq-server")))
        .findFirst();
  }

  /**
   * A new node that serves.
   *
   * @param configuration lines of {@code rabbitmq.conf} over those that every node has
   */
  public static RabbitNode launch(String... configuration) {
    Path binaries =
        installation()
            .orElseThrow(() -> new IllegalStateException("rabbitmq-server is not installed"));
    Leash leash = Leash.onDirectory("sluice-rabbitmq-");
    try {
      RabbitNode node = new RabbitNode(leash, binaries, List.of(configuration));
      node.start();
      return node;
    } catch (RuntimeException e) {
      leash.close();
      throw e;
    }
  }

  public String host() {
    return HOST;
  }

  public int port() {
    return port;
  }

  /** The address in the form that {@code RABBITMQ_URI} takes. */
  public String uri() {
    return "amqp://" + USER + ":" + PASSWORD + "@" + HOST + ":" + port + "/%2F";
  }

  /** Starts the node again, on the same port and data, after {@link #kill} or {@link #stop}. */
  public void start() {
    if (server != null && server.isAlive()) {
      throw new IllegalStateException("The node runs");
    }
    server = spawn("server.log", binaries.resolve("rabbitmq-server").toString());
    leash.holds(mapper, server);
    awaitServing();
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
    return () -> ctl("set_vm_memory_high_watermark", MEMORY_WATERMARK);
  }

  /** Blocks all that publish, as a node does whose disk is nearly full. */
  public Fault diskAlarm() {
    ctl("set_disk_free_limit", "1000000000000000");
    return () -> ctl("set_disk_free_limit", DISK_LIMIT_BYTES);
  }

  /** Refuses larger messages: the channel that brings one is closed with 406. */
  public Fault maxMessageBytes(int bytes) {
    ctl("eval", "application:set_env(rabbit, max_message_size, " + bytes + ").");
    return () ->
        ctl("eval", "application:set_env(rabbit, max_message_size, " + MAX_MESSAGE_BYTES + ").");
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
    command.addAll(List.of("--quiet", "--node", name));
    command.addAll(List.of(arguments));
    Path output = directory.resolve("ctl-" + UUID.randomUUID() + ".log");
    Process process = spawn(output.getFileName().toString(), command.toArray(String[]::new));
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
    factory.setPort(port);
    factory.setUsername(USER);
    factory.setPassword(PASSWORD);
    factory.setAutomaticRecoveryEnabled(false);
    return factory.newConnection("test");
  }

  @Override
  public void close() {
    leash.close();
  }

  private void writeConfiguration(List<String> more) {
    try {
      Path home = Files.createDirectory(directory.resolve("home"));
      Path cookie = home.resolve(".erlang.cookie");
      Files.writeString(cookie, UUID.randomUUID().toString());
      // Erlang refuses a cookie that others may read.
      Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("r--------"));
      Files.writeString(directory.resolve("enabled_plugins"), "[].\n");
      Files.writeString(directory.resolve("env.conf"), "");
      Files.writeString(
          directory.resolve("rabbitmq.conf"),
          """
          listeners.tcp.1 = %s:%d
          log.file.level = warning
          vm_memory_high_watermark.relative = %s
          disk_free_limit.absolute = %s
          %s
          """
              .formatted(HOST, port, MEMORY_WATERMARK, DISK_LIMIT_BYTES, String.join("\n", more)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> environment() {
    return Map.ofEntries(
        Map.entry("HOME", directory.resolve("home").toString()),
        Map.entry("ERL_EPMD_PORT", Integer.toString(mapperPort)),
        Map.entry("ERL_EPMD_ADDRESS", HOST),
        Map.entry("RABBITMQ_NODENAME", name),
        Map.entry("RABBITMQ_DIST_PORT", Integer.toString(distributionPort)),
        Map.entry("RABBITMQ_BASE", directory.toString()),
        Map.entry("RABBITMQ_MNESIA_BASE", directory.resolve("data").toString()),
        Map.entry("RABBITMQ_LOG_BASE", directory.resolve("log").toString()),
        Map.entry("RABBITMQ_CONFIG_FILE", directory.resolve("rabbitmq.conf").toString()),
        Map.entry("RABBITMQ_ADVANCED_CONFIG_FILE", directory.resolve("none.config").toString()),
        Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", directory.resolve("enabled_plugins").toString()),
        Map.entry("RABBITMQ_CONF_ENV_FILE", directory.resolve("env.conf").toString()),
        Map.entry(
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}"),
        // Makes the script become the Erlang machine: our child is then the one to kill.
        Map.entry("RUNNING_UNDER_SYSTEMD", "true"));
  }

  private Process spawn(String log, String... command) {
    File output = directory.resolve(log).toFile();
    List<String> line = new ArrayList<>(OwnSession.PREFIX);
    line.addAll(List.of(command));
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output));
    builder.environment().keySet().removeIf(key -> key.startsWith("RABBITMQ_"));
    builder.environment().putAll(environment());
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Serves when it greets a client: the port alone opens a moment earlier. */
  private void awaitServing() {
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
    leash.holds(mapper);
  }

  /** The ends of all its logs: what it has to say when a test cannot explain something. */
  public String logs() {
    try (Stream<Path> files = Files.walk(directory)) {
      StringBuilder text = new StringBuilder();
      for (Path file : files.filter(path -> path.toString().endsWith(".log")).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        text.append(file.getFileName()).append(":\n");
        text.append(content.substring(Math.max(0, content.length() - 4_000))).append('\n');
      }
      return text.toString();
    } catch (IOException e) {
      return e.toString();
    }
  }
}
