package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.ExchangeType;
import dev.sluice.config.SuperStream;
import dev.sluice.config.TopologyMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Compares the exchanges and queues that are there with those that the settings want. What is
 * missing stays missing; what is there is declared once more, which changes nothing and is refused
 * where an argument differs.
 */
public final class ExistingTopology {
  /** How a thing is, against how it is wanted. */
  public enum State {
    ALIKE,
    MISSING,
    DIFFERENT,
    /** There, and not compared: the settings do not declare it, or the user may not. */
    THERE
  }

  /**
   * An exchange or a queue.
   *
   * @param name with the word for what it is
   * @param problem a whole sentence with the remedy, where that is known; else empty
   */
  public record Thing(String name, State state, Optional<String> problem) {
    public Thing {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(state, "state");
      Objects.requireNonNull(problem, "problem");
    }
  }

  private interface Declaration {
    void on(Channel channel) throws IOException;
  }

  private final RabbitConnection connection;

  public ExistingTopology(RabbitConnection connection) {
    this.connection = connection;
  }

  /** Cold. Fails with a {@link dev.sluice.pipeline.PipelineException}. */
  public Mono<List<Thing>> look() {
    return Mono.fromCallable(this::lookNow)
        .subscribeOn(connection.blocking())
        .onErrorMap(failure -> RabbitFailures.recognise(failure, connection.settings()));
  }

  private List<Thing> lookNow() throws IOException {
    Topology topology = new Topology(connection.settings());
    List<Thing> things = new ArrayList<>();
    for (BoundExchange exchange : topology.exchanges()) {
      String name = exchange.name();
      Map<String, Object> arguments = Topology.arguments(exchange);
      things.add(
          thing(
              "exchange \"" + name + "\"",
              channel -> channel.exchangeDeclarePassive(name),
              channel -> channel.exchangeDeclare(name, exchange.type(), true, false, arguments)));
    }
    Optional<SuperStream> set = connection.settings().topology().superStream();
    if (set.isPresent()) {
      String name = set.get().name();
      things.add(
          thing(
              "super stream \"" + name + "\"",
              channel -> channel.exchangeDeclarePassive(name),
              channel ->
                  channel.exchangeDeclare(
                      name, ExchangeType.DIRECT.text(), true, false, Topology.SUPER_STREAM)));
    }
    for (Map.Entry<String, Map<String, Object>> queue : topology.queues().entrySet()) {
      String name = queue.getKey();
      things.add(
          thing(
              "queue \"" + name + "\"",
              channel -> channel.queueDeclarePassive(name),
              channel -> channel.queueDeclare(name, true, false, false, queue.getValue())));
    }
    return things;
  }

  private Thing thing(String name, Declaration look, Declaration declare) throws IOException {
    Optional<Exception> failure = refusal(look);
    if (failure.isPresent()) {
      boolean missing = BrokerFacts.code(failure.get()) == AMQP.NOT_FOUND;
      boolean wanted = connection.settings().topology().mode() == TopologyMode.DECLARE;
      return new Thing(
          name,
          missing ? State.MISSING : State.DIFFERENT,
          missing && wanted ? Optional.empty() : Optional.of(sentence(failure.get())));
    }
    if (connection.settings().topology().mode() != TopologyMode.DECLARE) {
      return new Thing(name, State.THERE, Optional.empty());
    }
    failure = refusal(declare);
    if (failure.isEmpty()) {
      return new Thing(name, State.ALIKE, Optional.empty());
    }
    return BrokerFacts.code(failure.get()) == AMQP.ACCESS_REFUSED
        ? new Thing(name, State.THERE, Optional.empty())
        : new Thing(name, State.DIFFERENT, Optional.of(sentence(failure.get())));
  }

  private String sentence(Exception failure) {
    return RabbitFailures.recognise(failure, connection.settings()).getMessage();
  }

  /** Why the channel was closed for it; empty if it was done. */
  private Optional<Exception> refusal(Declaration declaration) throws IOException {
    Channel channel = RabbitConnection.channelOn(connection.openNow());
    try {
      declaration.on(channel);
      return Optional.empty();
    } catch (IOException | ShutdownSignalException e) {
      ShutdownSignalException closed = BrokerFacts.shutdown(e);
      if (closed == null || closed.isHardError()) {
        throw e;
      }
      return Optional.of(e);
    } finally {
      channel.abort();
    }
  }
}
