package dev.sluice.rabbit;

import static java.util.stream.Collectors.joining;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.Broker;
import dev.sluice.config.HostPort;
import dev.sluice.config.RabbitSettings;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.tls.PemContext;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
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

  /** What the broker may take to answer once it is reached. */
  private static final int RPC_MILLIS = 5_000;

  /** What a polite close may take before the socket is closed under it. */
  private static final int CLOSE_MILLIS = 2_000;

  private final RabbitSettings settings;
  private final String name;
  private final Scheduler blocking;
  private final Random random;
  private final Optional<SSLContext> tls;
  private volatile RabbitSettings spokenOf;
  private volatile Socket socket;
  private Connection connection;

  /**
   * @param name shown in RabbitMQ's list of connections
   * @param blocking where connections are opened and closed; its threads may block
   * @param random in which order several addresses are tried
   * @throws dev.sluice.config.WrongSettings if a file for TLS cannot be used
   */
  public RabbitConnection(RabbitSettings settings, String name, Scheduler blocking, Random random) {
    this.settings = settings;
    this.spokenOf = settings;
    this.name = name;
    this.blocking = blocking;
    this.random = random;
    Broker broker = settings.broker();
    this.tls = broker.tls() ? Optional.of(PemContext.of(broker.tlsFiles())) : Optional.empty();
  }

  /** Of several addresses only the one that the newest connection leads, or led, to. */
  public RabbitSettings settings() {
    return spokenOf;
  }

  Scheduler blocking() {
    return blocking;
  }

  /**
   * A channel of its own on that connection; blocks. The client gives null where RabbitMQ allows no
   * more of them.
   *
   * @throws PipelineException with the remedy in that case
   */
  static Channel channelOn(Connection opened) throws IOException {
    Channel channel = opened.createChannel();
    if (channel == null) {
      throw new PipelineException(
          FailureKind.MISCONFIGURED,
          "RabbitMQ allows "
              + opened.getChannelMax()
              + " channels on a connection, and more are needed: raise its channel_max, or lower"
              + " SLUICE_LANES where that is set");
    }
    return channel;
  }

  /** The open connection, or a new one. Cold. Fails with a {@code PipelineException}. */
  public Mono<Connection> open() {
    return Mono.fromCallable(this::openNow).subscribeOn(blocking);
  }

  /** As {@link #open}, for a thread that may block. */
  synchronized Connection openNow() {
    if (connection == null || !connection.isOpen()) {
      connection = openAny();
    }
    return connection;
  }

  /**
   * Tries the addresses in an order of chance, so that many pipelines do not all go to one node.
   * One that is away, or cannot be used, costs no more than its time-out: any other will do.
   */
  private Connection openAny() {
    List<HostPort> addresses = settings.broker().addresses();
    List<HostPort> inTurn = new ArrayList<>(addresses);
    Collections.shuffle(inTurn, random);
    Map<HostPort, PipelineException> failures = new HashMap<>();
    for (HostPort address : inTurn) {
      RabbitSettings one = settings.at(address);
      try {
        Connection opened = factory(address).newConnection(name);
        spokenOf = one;
        if (addresses.size() > 1) {
          log.info("Connected to RabbitMQ at {}", address);
        }
        return opened;
      } catch (IOException | TimeoutException | RuntimeException e) {
        PipelineException failure = RabbitFailures.recogniseOpening(e, one);
        if (concernsAll(e, failure)) {
          throw failure;
        }
        failures.put(address, failure);
      }
      if (Thread.currentThread().isInterrupted()) {
        // Nobody waits for it any more.
        break;
      }
    }
    throw noneServes(addresses.stream().map(failures::get).filter(Objects::nonNull).toList());
  }

  /** Users, permissions and virtual hosts are those of the cluster: no other node thinks better. */
  private static boolean concernsAll(Exception failure, PipelineException recognised) {
    return switch (recognised.kind()) {
      case TRANSIENT -> false;
      case MISCONFIGURED ->
          failure instanceof AuthenticationFailureException
              || failure instanceof ShutdownSignalException
              || failure.getCause() instanceof ShutdownSignalException;
      default -> true;
    };
  }

  /**
   * While one of them may come back it is worth waiting. All are named in the order of the
   * settings, so that the same failure again is known for the same.
   */
  private static PipelineException noneServes(List<PipelineException> failures) {
    PipelineException first =
        failures.stream()
            .filter(failure -> failure.kind() == FailureKind.TRANSIENT)
            .findFirst()
            .orElse(failures.get(0));
    return failures.size() == 1
        ? first
        : new PipelineException(
            first.kind(),
            failures.stream().map(Throwable::getMessage).distinct().collect(joining("; ")),
            first.getCause());
  }

  private ConnectionFactory factory(HostPort address) {
    Broker broker = settings.broker();
    int connectMillis = (int) broker.connectTimeout().toMillis();
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(address.host());
    factory.setPort(address.port());
    factory.setUsername(broker.username());
    factory.setPassword(broker.password().reveal());
    factory.setVirtualHost(broker.virtualHost());
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    factory.setConnectionTimeout(connectMillis);
    factory.setHandshakeTimeout(connectMillis);
    factory.setChannelRpcTimeout(RPC_MILLIS);
    factory.setRequestedHeartbeat((int) broker.heartbeat().toSeconds());
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
