package dev.sluice.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.config.DeliverySettings;
import dev.sluice.pipeline.EventPublisher;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Publishes with confirms, on one connection at a time, which ends with what was opened on it, so
 * that nothing of an attempt outlives it.
 */
public final class ConfirmingPublisher implements EventPublisher {
  /**
   * The client waits for these answers without a limit, and a broker whose queues hang still beats.
   * A quorum queue is declared in less than a second; a declaration given up too early is there at
   * the next attempt.
   */
  private static final Duration DECLARE_TIMEOUT = Duration.ofSeconds(10);

  /** Beyond the few things that one exchange and its queue are. */
  private static final Duration FOR_EACH_FURTHER = Duration.ofSeconds(1);

  private static final int FEW = 5;

  private final RabbitConnection connection;
  private final Topology topology;
  private final int lanes;
  private final int maxInFlight;

  public ConfirmingPublisher(RabbitConnection connection, DeliverySettings delivery) {
    this.lanes = delivery.lanes();
    this.maxInFlight = delivery.maxInFlight();
    this.connection = connection;
    this.topology = new Topology(connection.settings());
  }

  @Override
  public Mono<EventPublisher.ConfirmChannel> open(Outcomes outcomes) {
    return connection
        .open()
        .flatMap(this::prepare)
        .flatMap(opened -> confirming(opened, outcomes))
        .onErrorResume(failure -> connection.closeLater().then(Mono.error(failure)))
        .onErrorMap(failure -> RabbitFailures.recognise(failure, connection.settings()));
  }

  /** On a channel of its own: a refused declaration closes the channel it was made on. */
  private Mono<Connection> prepare(Connection opened) {
    return Mono.usingWhen(
            Mono.fromCallable(() -> RabbitConnection.channelOn(opened))
                .subscribeOn(connection.blocking()),
            channel ->
                topology
                    .prepare(channel, connection.blocking())
                    .timeout(declareTimeout(), connection.blocking()),
            this::closeQuietly)
        .thenReturn(opened);
  }

  private Duration declareTimeout() {
    return DECLARE_TIMEOUT.plus(FOR_EACH_FURTHER.multipliedBy(Math.max(0, topology.size() - FEW)));
  }

  private Mono<Void> closeQuietly(Channel channel) {
    return Mono.<Void>fromCallable(
            () -> {
              channel.abort();
              return null;
            })
        .subscribeOn(connection.blocking())
        .onErrorComplete(IOException.class);
  }

  private Mono<EventPublisher.ConfirmChannel> confirming(Connection opened, Outcomes outcomes) {
    return Mono.fromCallable(() -> openLanes(opened, outcomes)).subscribeOn(connection.blocking());
  }

  private EventPublisher.ConfirmChannel openLanes(Connection opened, Outcomes outcomes)
      throws IOException {
    opened.addBlockedListener(outcomes::blocked, outcomes::unblocked);
    List<ConfirmingChannel> open = new ArrayList<>();
    for (int i = 0; i < lanes; i++) {
      open.add(ConfirmingChannel.open(opened, connection, outcomes, maxInFlight));
    }
    return lanes == 1 ? open.get(0) : new Lanes(open);
  }
}
