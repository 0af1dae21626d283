package dev.sluice.embedded.rabbit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.SystemLauncherListener.DefaultSystemLauncherListener;
import org.apache.qpid.server.model.Port;
import org.apache.qpid.server.model.State;
import org.apache.qpid.server.model.SystemConfig;
import org.slf4j.LoggerFactory;

/**
 * An AMQP 0-9-1 broker inside this JVM, for trying Sluice out and for tests where no RabbitMQ is at
 * hand. It is Apache Qpid Broker-J with everything in memory: what it holds is gone when it closes.
 *
 * <p>It is not RabbitMQ. The differences that reach a publisher are kept as tests in {@code
 * EmbeddedBrokerIT}: an unroutable mandatory message is <em>nacked and then returned</em> (RabbitMQ
 * returns it and then acks), and a queue declared again with other arguments is simply accepted.
 */
public final class EmbeddedBroker implements AutoCloseable {
  public static final String HOST = "127.0.0.1";
  public static final String USER = "guest";
  public static final String PASSWORD = "guest";

  private static final String CONFIGURATION =
      """
      {
        "name": "embedded",
        "modelVersion": "8.0",
        "authenticationproviders": [{
          "name": "users",
          "type": "Plain",
          "secureOnlyMechanisms": [],
          "users": [{"name": "%s", "type": "managed", "password": "%s"}]
        }],
        "ports": [{
          "name": "amqp",
          "type": "AMQP",
          "bindingAddress": "%s",
          "port": %d,
          "protocols": ["AMQP_0_9_1"],
          "authenticationProvider": "users",
          "virtualhostaliases": [{"name": "default", "type": "defaultAlias"}]
        }],
        "virtualhostnodes": [{
          "name": "default",
          "type": "Memory",
          "defaultVirtualHostNode": "true",
          "virtualHostInitialConfiguration": "{\\"type\\": \\"Memory\\"}"
        }]
      }
      """;

  /** What the broker does by default is made for a machine of its own; this is for a laptop. */
  private static final Map<String, String> CONTEXT =
      Map.of(
          // RabbitMQ's own arguments, such as x-queue-type, must not stop a queue from existing.
          "queue.behaviourOnUnknownDeclareArgument", "IGNORE",
          "exchange.behaviourOnUnknownDeclareArgument", "IGNORE",
          "broker.failStartupWithErroredChild", "true",
          // close() waits for the next of these checks: at the default of 1 s it is all that it
          // does.
          "qpid.compact_memory_interval", "100",
          // A client may be stopped in a debugger, or starved by a build beside it.
          "qpid.port.protocol_handshake_timeout", "10000",
          "qpid.port.amqp.threadPool.size", "2",
          "virtualhost.connectionThreadPool.size", "4",
          "virtualhost.connectionThreadPool.numberOfSelectors", "1",
          "virtualhost.housekeepingThreadCount", "1");

  private final SystemLauncher launcher;
  private final int port;

  private EmbeddedBroker(SystemLauncher launcher, int port) {
    this.launcher = launcher;
    this.port = port;
  }

  /** Starts a broker on a free port of 127.0.0.1. */
  public static EmbeddedBroker start() {
    return start(0);
  }

  /**
   * Starts a broker on the given port of 127.0.0.1; 0 stands for a free one.
   *
   * @throws IllegalStateException naming the port if somebody else has it
   */
  public static EmbeddedBroker start(int port) {
    requireFree(port);
    quieten();
    Opened opened = new Opened();
    SystemLauncher launcher = new SystemLauncher(opened);
    Path directory = workDirectory(port);
    try {
      launcher.startup(
          Map.of(
              SystemConfig.TYPE,
              "Memory",
              SystemConfig.INITIAL_CONFIGURATION_LOCATION,
              directory.resolve("broker.json").toString(),
              SystemConfig.STARTUP_LOGGED_TO_SYSTEM_OUT,
              false,
              SystemConfig.CONTEXT,
              contextIn(directory)));
      return new EmbeddedBroker(launcher, opened.port());
    } catch (Exception e) {
      launcher.shutdown();
      throw new IllegalStateException("The embedded AMQP broker did not start on port " + port, e);
    } finally {
      // Only the start reads it, and a JVM that is killed later then has nothing to leave.
      delete(directory);
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

  /** Drops the connections and the messages, and gives the port back before it returns. */
  @Override
  public void close() {
    launcher.shutdown();
  }

  /** Asked first because the broker itself only says that one of its ports is in error. */
  private static void requireFree(int port) {
    if (port == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
    } catch (IOException e) {
      throw new IllegalStateException(
          "Port " + port + " of " + HOST + " is taken: the embedded AMQP broker cannot start", e);
    }
  }

  /**
   * The broker reports each of its objects at INFO, under names of its own; and its task executor
   * takes a connection that ends while the broker closes for an error.
   */
  private static void quieten() {
    quieten("org.apache.qpid", Level.WARN);
    quieten("qpid.message", Level.WARN);
    quieten("qpid.statistics", Level.WARN);
    quieten("org.apache.qpid.server.configuration.updater.TaskExecutorImpl", Level.OFF);
  }

  /** Unless the configuration of the logs has its own say about this one. */
  private static void quieten(String name, Level level) {
    if (LoggerFactory.getLogger(name) instanceof Logger logger && logger.getLevel() == null) {
      logger.setLevel(level);
    }
  }

  private static Path workDirectory(int port) {
    try {
      Path directory = Files.createTempDirectory("sluice-amqp-");
      Files.writeString(
          directory.resolve("broker.json"), CONFIGURATION.formatted(USER, PASSWORD, HOST, port));
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> contextIn(Path directory) {
    Map<String, String> context = new HashMap<>(CONTEXT);
    context.put(SystemConfig.QPID_WORK_DIR, directory.toString());
    return context;
  }

  private static void delete(Path directory) {
    try (var paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Keeps hold of what the launcher opened, and of why it could not. */
  private static final class Opened extends DefaultSystemLauncherListener {
    private final AtomicReference<SystemConfig<?>> system = new AtomicReference<>();
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

    @Override
    public void onContainerResolve(SystemConfig<?> systemConfig) {
      system.set(systemConfig);
    }

    @Override
    public void errorOnStartup(RuntimeException e) {
      failure.set(e);
    }

    int port() {
      if (failure.get() != null) {
        throw failure.get();
      }
      @SuppressWarnings("rawtypes")
      Collection<Port> ports = system.get().getContainer().getChildren(Port.class);
      Port<?> port = ports.iterator().next();
      if (port.getState() != State.ACTIVE) {
        throw new IllegalStateException("The port is " + port.getState());
      }
      return port.getBoundPort();
    }
  }
}
