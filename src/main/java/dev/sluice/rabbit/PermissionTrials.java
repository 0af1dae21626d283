package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.Outlet;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.SuperStream;
import dev.sluice.config.TopologyMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import reactor.core.publisher.Mono;

/**
 * Finds out which of the permissions that these settings need the user lacks, by asking for what
 * RabbitMQ refuses in any case, or what changes nothing: it looks at permissions first
 * (rabbit_channel.erl, 3.10 to 4.3). Nothing is declared, bound or published.
 *
 * <ul>
 *   <li>configure: a declaration with an argument that no queue and no exchange can have;
 *   <li>write: taking away a binding to an exchange that is not there;
 *   <li>read from an exchange: taking away a binding of a routing key that nobody has;
 *   <li>read from a queue: a consumer with an argument that none can have.
 * </ul>
 */
public final class PermissionTrials {
  private static final Map<String, Object> IMPOSSIBLE_QUEUE = Map.of("x-max-length", -1);
  private static final Map<String, Object> IMPOSSIBLE_EXCHANGE = Map.of("alternate-exchange", 1);

  private static final Map<String, Object> IMPOSSIBLE_CONSUMER = Map.of("x-priority", "none");

  /** What RabbitMQ calls the exchange without a name when it speaks of permissions. */
  static final String DEFAULT_EXCHANGE = "amq.default";

  private final RabbitConnection connection;

  public PermissionTrials(RabbitConnection connection) {
    this.connection = connection;
  }

  /** What a user may be allowed to do. */
  public enum Kind {
    CONFIGURE,
    WRITE,
    READ
  }

  /**
   * A permission that is needed.
   *
   * @param type {@code exchange} or {@code queue}
   */
  public record Permission(Kind kind, String type, String name) {
    /** For a sentence: {@code read on the queue "plays"}. */
    @Override
    public String toString() {
      return kind.name().toLowerCase(Locale.ROOT) + " on the " + type + " \"" + name + "\"";
    }
  }

  /**
   * Those of these that are lacking. Cold. Fails with a {@link
   * dev.sluice.pipeline.PipelineException}.
   */
  public Mono<List<Permission>> lackingOf(List<Permission> needed) {
    return Mono.fromCallable(() -> lacking(needed))
        .subscribeOn(connection.blocking())
        .onErrorMap(failure -> RabbitFailures.recognise(failure, connection.settings()));
  }

  /** Those that are lacking of these. Blocks. */
  List<Permission> lacking(List<Permission> needed) throws IOException {
    List<Permission> lacking = new ArrayList<>();
    for (Permission each : needed) {
      if (isRefused(each, lacking)) {
        lacking.add(each);
      }
    }
    return lacking;
  }

  /**
   * As docs/PRIVILEGES.md has them; writing to a queue before reading what is bound to it.
   *
   * @param byStream whether it is published by the stream protocol, which asks for permissions on
   *     the stream itself, to read from it for the number of its last message
   *     (rabbit_stream_reader.erl)
   */
  public static List<Permission> needed(RabbitSettings settings, boolean byStream) {
    Set<Permission> needed = new LinkedHashSet<>();
    boolean declares = settings.topology().mode() == TopologyMode.DECLARE;
    for (Outlet outlet : settings.outlets()) {
      if (declares) {
        addDeclaring(outlet, needed);
      }
      String exchange = outlet.isStraight() ? DEFAULT_EXCHANGE : outlet.exchange();
      needed.add(new Permission(Kind.WRITE, "exchange", exchange));
    }
    if (byStream) {
      needed.add(new Permission(Kind.WRITE, "queue", settings.queue()));
      needed.add(new Permission(Kind.READ, "queue", settings.queue()));
    }
    if (declares) {
      settings.topology().superStream().ifPresent(set -> addDeclaring(set, needed));
    }
    if (settings.topology().parking()) {
      if (declares) {
        needed.add(new Permission(Kind.CONFIGURE, "queue", settings.parkingQueue()));
      }
      needed.add(new Permission(Kind.WRITE, "exchange", DEFAULT_EXCHANGE));
    }
    return List.copyOf(needed);
  }

  private static void addDeclaring(SuperStream set, Set<Permission> needed) {
    needed.add(new Permission(Kind.CONFIGURE, "exchange", set.name()));
    needed.add(new Permission(Kind.WRITE, "queue", set.stream()));
    needed.add(new Permission(Kind.READ, "exchange", set.name()));
  }

  private static void addDeclaring(Outlet outlet, Set<Permission> needed) {
    BoundExchange exchange = new BoundExchange(outlet);
    if (!outlet.isStraight()) {
      needed.add(new Permission(Kind.CONFIGURE, "exchange", exchange.name()));
    }
    if (exchange.hasAlternate()) {
      needed.add(new Permission(Kind.CONFIGURE, "exchange", exchange.alternate()));
      needed.add(new Permission(Kind.WRITE, "exchange", exchange.alternate()));
    }
    if (outlet.queue().isPresent()) {
      String queue = outlet.queue().get().name();
      needed.add(new Permission(Kind.CONFIGURE, "queue", queue));
      if (!outlet.isStraight()) {
        needed.add(new Permission(Kind.WRITE, "queue", queue));
        needed.add(new Permission(Kind.READ, "exchange", exchange.source()));
      }
      if (exchange.hasAlternate()) {
        // Who names an alternate when declaring needs to read what he declares.
        needed.add(new Permission(Kind.READ, "exchange", exchange.name()));
      }
    }
  }

  private boolean isRefused(Permission wanted, List<Permission> lacking) throws IOException {
    Optional<String> queue = aQueue(lacking);
    if (wanted.kind() == Kind.READ && wanted.type().equals("exchange") && queue.isEmpty()) {
      // Of that one RabbitMQ would tell first.
      return false;
    }
    Channel channel = RabbitConnection.channelOn(connection.openNow());
    try {
      ask(channel, wanted, queue.orElse(""));
      return false;
    } catch (IOException | ShutdownSignalException e) {
      ShutdownSignalException closed = BrokerFacts.shutdown(e);
      if (closed == null || closed.isHardError()) {
        throw e;
      }
      return BrokerFacts.code(e) == AMQP.ACCESS_REFUSED
          && BrokerFacts.words(e).contains(wanted.type() + " '" + wanted.name() + "'");
    } finally {
      channel.abort();
    }
  }

  /** A queue that may be written to, so that what is refused is refused for the exchange. */
  private Optional<String> aQueue(List<Permission> lacking) {
    return connection.settings().outlets().stream()
        .filter(outlet -> !outlet.isStraight())
        .flatMap(outlet -> outlet.queue().stream())
        .map(queue -> queue.name())
        .filter(name -> !lacking.contains(new Permission(Kind.WRITE, "queue", name)))
        .findFirst();
  }

  private static void ask(Channel channel, Permission wanted, String queue) throws IOException {
    String nobody = "sluice-doctor-" + UUID.randomUUID();
    boolean isQueue = wanted.type().equals("queue");
    switch (wanted.kind()) {
      case CONFIGURE -> {
        if (isQueue) {
          channel.queueDeclare(wanted.name(), true, false, false, IMPOSSIBLE_QUEUE);
        } else {
          channel.exchangeDeclare(wanted.name(), "fanout", true, false, IMPOSSIBLE_EXCHANGE);
        }
      }
      case WRITE -> {
        if (isQueue) {
          channel.queueUnbind(wanted.name(), nobody, "");
        } else {
          channel.exchangeUnbind(
              wanted.name().equals(DEFAULT_EXCHANGE) ? "" : wanted.name(), nobody, "");
        }
      }
      case READ -> {
        if (isQueue) {
          channel.basicQos(1);
          channel.basicConsume(
              wanted.name(), false, IMPOSSIBLE_CONSUMER, (tag, none) -> {}, tag -> {});
        } else {
          channel.queueUnbind(queue, wanted.name(), nobody);
        }
      }
    }
  }
}
