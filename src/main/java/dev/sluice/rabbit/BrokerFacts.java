package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Command;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.QueueSettings;
import dev.sluice.config.RabbitSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;

/**
 * What can be found out about the broker by AMQP without changing anything there, for whoever
 * judges it. All methods are cold, wait on the connection's blocking threads, and fail with a
 * {@link dev.sluice.pipeline.PipelineException}.
 */
public final class BrokerFacts {
  /** What RabbitMQ calls itself; others that speak its protocol may do other things. */
  private static final String RABBITMQ = "RabbitMQ";

  /** A message of many megabytes takes its time on a slow network. */
  private static final long LOOKED_AT_SECONDS = 20;

  private final RabbitConnection connection;

  /**
   * @param connection for this alone: a broker with an alarm stops reading from it
   */
  public BrokerFacts(RabbitConnection connection) {
    this.connection = connection;
  }

  /**
   * What broker and client have agreed on.
   *
   * @param frameMax in bytes, 0 for no limit
   * @param channelMax how many channels a connection may have, 0 for no limit
   */
  public record Greeting(
      String product, String version, int frameMax, int channelMax, int heartbeatSeconds) {
    public boolean isRabbitMq() {
      return product.equals(RABBITMQ);
    }

    /** Whether it is RabbitMQ of this version or a later one. */
    public boolean isAtLeast(int major, int minor) {
      String[] parts = version.split("\\D+");
      return isRabbitMq()
          && parts.length > 1
          && !parts[0].isEmpty()
          && (Integer.parseInt(parts[0]) > major
              || Integer.parseInt(parts[0]) == major && Integer.parseInt(parts[1]) >= minor);
    }
  }

  /**
   * A queue as a passive declaration tells it.
   *
   * @param there false if it is not; then the numbers are 0
   * @param messages that no consumer holds
   */
  public record Queue(String name, boolean there, long messages, long consumers) {}

  /**
   * What became of a message that no queue gets.
   *
   * @param alarm why the broker takes no messages for now; empty if it does
   * @param refusal what it says of the message's size; empty if it takes such messages
   * @param known false where the user may not publish so, and nothing was learned of the size
   */
  public record Taken(Optional<String> alarm, Optional<String> refusal, boolean known) {}

  public Mono<Greeting> greeting() {
    return call(
        () -> {
          Connection open = connection.openNow();
          Map<String, Object> said = open.getServerProperties();
          return new Greeting(
              Objects.toString(said.get("product"), "unknown"),
              Objects.toString(said.get("version"), "unknown"),
              open.getFrameMax(),
              open.getChannelMax(),
              open.getHeartbeat());
        });
  }

  /** Those of the settings, the parking queue too where there is one. */
  public Mono<List<Queue>> queues() {
    return call(
        () -> {
          RabbitSettings settings = connection.settings();
          Set<String> names = new LinkedHashSet<>(settings.queues());
          if (settings.topology().parking()) {
            names.add(settings.parkingQueue());
          }
          List<Queue> queues = new ArrayList<>();
          for (String name : names) {
            queues.add(queue(name));
          }
          return queues;
        });
  }

  /** The types of the queues of the settings, by name. */
  public Map<String, QueueSettings> wanted() {
    Map<String, QueueSettings> wanted = new LinkedHashMap<>();
    connection.settings().outlets().stream()
        .flatMap(outlet -> outlet.queue().stream())
        .forEach(queue -> wanted.putIfAbsent(queue.name(), queue));
    return wanted;
  }

  private Queue queue(String name) throws IOException {
    Channel channel = RabbitConnection.channelOn(connection.openNow());
    try {
      AMQP.Queue.DeclareOk found = channel.queueDeclarePassive(name);
      return new Queue(name, true, found.getMessageCount(), found.getConsumerCount());
    } catch (IOException e) {
      if (code(e) == AMQP.NOT_FOUND) {
        return new Queue(name, false, 0, 0);
      }
      throw e;
    } finally {
      channel.abort();
    }
  }

  /**
   * Publishes to the default exchange by a routing key that no queue has, so that RabbitMQ looks at
   * the message and drops it: an empty one, which it answers by saying that it blocks publishers if
   * it does, and then one of this size.
   */
  public Mono<Taken> takes(int bytes) {
    return call(
        () -> {
          Connection open = connection.openNow();
          CompletableFuture<String> alarm = new CompletableFuture<>();
          open.addBlockedListener(alarm::complete, () -> {});
          try {
            boolean known = publish(open, 0, alarm).isEmpty();
            Optional<ShutdownSignalException> refusal =
                known && !alarm.isDone() ? publish(open, bytes, alarm) : Optional.empty();
            return new Taken(
                alarm.isDone() ? Optional.of(alarm.join()) : Optional.empty(),
                refusal.map(BrokerFacts::words),
                known);
          } finally {
            connection.close();
          }
        });
  }

  /**
   * Returns when the broker has looked at it, or says that it takes none. Who is blocked gets no
   * answer to anything any more, not even to closing the channel: that ends with its connection.
   *
   * @return why the channel was closed for it; empty if it was not
   */
  private static Optional<ShutdownSignalException> publish(
      Connection open, int bytes, CompletableFuture<String> alarm)
      throws IOException, TimeoutException, InterruptedException {
    Channel channel = RabbitConnection.channelOn(open);
    try {
      channel.basicPublish("", "sluice-doctor " + UUID.randomUUID(), null, new byte[bytes]);
      CompletableFuture<Command> behind =
          channel.asyncCompletableRpc(new AMQP.Basic.Qos.Builder().prefetchCount(1).build());
      CompletableFuture.anyOf(behind, alarm).get(LOOKED_AT_SECONDS, TimeUnit.SECONDS);
      return Optional.empty();
    } catch (ExecutionException | ShutdownSignalException e) {
      ShutdownSignalException closed = shutdown(e);
      if (closed == null || closed.isHardError()) {
        throw new IOException(e);
      }
      return Optional.of(closed);
    }
  }

  /** The channel's end, where that is what the failure tells of; null otherwise. */
  static ShutdownSignalException shutdown(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof ShutdownSignalException shutdown) {
        return shutdown;
      }
    }
    return null;
  }

  /** The reply code for which a channel was closed; 0 if it is another failure. */
  static int code(Throwable failure) {
    ShutdownSignalException closed = shutdown(failure);
    return closed != null && closed.getReason() instanceof AMQP.Channel.Close close
        ? close.getReplyCode()
        : 0;
  }

  /** What the broker said; empty if it said nothing. */
  static String words(Throwable failure) {
    ShutdownSignalException closed = shutdown(failure);
    return closed != null && closed.getReason() instanceof AMQP.Channel.Close close
        ? close.getReplyText()
        : "";
  }

  private <T> Mono<T> call(Callable<T> asking) {
    return Mono.fromCallable(asking)
        .subscribeOn(connection.blocking())
        .onErrorMap(failure -> RabbitFailures.recognise(failure, connection.settings()));
  }
}
