package dev.sluice.rabbit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.config.RabbitSettings;
import dev.sluice.tls.PemContext;
import java.io.IOException;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Holds a connection to RabbitMQ: opened when it is first needed, handed to all, closed once. The
 * process has one for publishing; who reads has one of its own, since a broker that is short of
 * memory stops reading from whoever publishes.
 *
 * <p>The client's automatic recovery is off. With it, sequence numbers of a lost channel and of its
 * successor get mixed, and messages count as confirmed that never arrived (docs/decisions/0001). A
 * connection that is lost stays lost; the next who asks gets a new one.
 */
public final class RabbitConnection implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RabbitConnection.class);

  private static final int CONNECT_MILLIS = 5_000;

  /** Two missed beats and the peer counts as gone; RabbitMQ advises 5 to 20 seconds. */
  private static final int HEARTBEAT_SECONDS = 10;

  /** What a polite close may take before the socket is closed under it. */
  private static final int CLOSE_MILLIS = 2_000;

  private final RabbitSettings settings;
  private final String name;
  private final Scheduler blocking;
  private final Optional<SSLContext> tls;
  private volatile Socket socket;
  private Connection connection;

  /**
   * @param name shown in RabbitMQ's list of connections
   * @param blocking where connections are opened and closed; its threads may block
   * @throws dev.sluice.config.WrongSettings if a file for TLS cannot be used
   */
  public RabbitConnection(RabbitSettings settings, String name, Scheduler blocking) {
    this.settings = settings;
    this.name = name;
    this.blocking = blocking;
    this.tls = settings.tls() ? Optional.of(PemContext.of(settings.tlsFiles())) : Optional.empty();
  }

  public RabbitSettings settings() {
    return settings;
  }

  Scheduler blocking() {
    return blocking;
  }

  /** The open connection, or a new one. Cold. Fails with a {@code PipelineException}. */
  public Mono<Connection> open() {
    return Mono.fromCallable(this::openNow)
        .subscribeOn(blocking)
        .onErrorMap(failure -> RabbitFailures.recogniseOpening(failure, settings));
  }

  private synchronized Connection openNow() throws IOException, TimeoutException {
    if (connection == null || !connection.isOpen()) {
      connection = factory().newConnection(name);
    }
    return connection;
  }

  private ConnectionFactory factory() {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(settings.host());
    factory.setPort(settings.port());
    factory.setUsername(settings.username());
    factory.setPassword(settings.password().reveal());
    factory.setVirtualHost(settings.virtualHost());
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    factory.setConnectionTimeout(CONNECT_MILLIS);
    factory.setHandshakeTimeout(CONNECT_MILLIS);
    factory.setChannelRpcTimeout(CONNECT_MILLIS);
    factory.setRequestedHeartbeat(HEARTBEAT_SECONDS);
    factory.setThreadFactory(daemonThreads());
    if (tls.isPresent()) {
      factory.useSslProtocol(tls.get());
      factory.enableHostnameVerification();
    } else {
      factory.setSocketFactory(new BurstSockets());
    }
    factory.setSocketConfigurator(
        factory
            .getSocketConfigurator()
            .andThen(
                opened -> {
                  socket = opened;
                }));
    return factory;
  }

  /** For the burst of messages that begins now; one with TLS is not collected. */
  void hold() {
    if (socket instanceof BurstSocket burst) {
      burst.hold();
    }
  }

  /** The end of the burst. */
  void release() throws IOException {
    if (socket instanceof BurstSocket burst) {
      burst.release();
    }
  }

  /**
   * What was held back of a burst that came to no end is not to be sent any more: by now another
   * instance may run the pipeline.
   */
  private void discard() {
    if (socket instanceof BurstSocket burst) {
      burst.discard();
    }
  }

  private ThreadFactory daemonThreads() {
    return task -> {
      Thread thread = new Thread(task, "sluice-amqp");
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Closes what is open. Ends within seconds whatever the state of the connection, and never fails.
   * Cold.
   */
  public Mono<Void> closeLater() {
    return Mono.<Void>fromRunnable(this::close).subscribeOn(blocking);
  }

  /**
   * Closes what is open. A connection that the broker blocks does not even take notice of an abort:
   * a write hangs in the socket and holds the lock. So the socket itself is closed in the end.
   */
  @Override
  public void close() {
    Connection closing;
    synchronized (this) {
      closing = connection;
      connection = null;
    }
    if (closing == null) {
      return;
    }
    var cutOff = blocking.schedule(this::closeSocket, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    try {
      discard();
      closing.abort(CLOSE_MILLIS);
    } finally {
      cutOff.dispose();
      closeSocket();
    }
  }

  private void closeSocket() {
    Socket open = socket;
    if (open != null && !open.isClosed()) {
      cutOff(open);
    }
  }

  /**
   * Closes a socket at once, even while a write hangs in it. Without the linger time of zero, one
   * with TLS would first say goodbye, and wait behind that write for its turn.
   */
  static void cutOff(Socket open) {
    try {
      open.setSoLinger(true, 0);
      open.close();
    } catch (IOException e) {
      log.debug("A socket to RabbitMQ did not close cleanly", e);
    }
  }
}
