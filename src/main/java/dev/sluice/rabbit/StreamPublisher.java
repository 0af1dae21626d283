package dev.sluice.rabbit;

import dev.sluice.change.Numbering;
import dev.sluice.config.Broker;
import dev.sluice.config.DeliverySettings;
import dev.sluice.config.HostPort;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.StreamSettings;
import dev.sluice.message.Message;
import dev.sluice.pipeline.EventPublisher;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.rabbit.stream.StreamProducer;
import dev.sluice.tls.PemContext;
import java.io.IOException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Publishes to a stream by its own protocol, numbered, so that RabbitMQ drops what it has already
 * (docs/decisions/0012-streams.md). Exchange, stream and parking queue are declared by AMQP, on a
 * connection that then carries what the stream protocol cannot.
 */
public final class StreamPublisher implements EventPublisher, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StreamPublisher.class);

  private final RabbitConnection connection;
  private final ConfirmingPublisher amqp;
  private final StreamSettings settings;
  private final RandomGenerator random;
  private final Optional<SSLContext> tls;

  /** The newest one, closed at the latest when there is a newer one; null for none. */
  private StreamProducer newest;

  /** How many were begun to be opened. */
  private long openings;

  /**
   * @param connection for AMQP
   * @param random names series: two that get the same name would lose events to each other
   */
  public StreamPublisher(
      RabbitConnection connection,
      DeliverySettings delivery,
      StreamSettings settings,
      RandomGenerator random) {
    this.connection = connection;
    this.amqp = new ConfirmingPublisher(connection, delivery);
    this.settings = settings;
    this.random = random;
    Broker broker = connection.settings().broker();
    this.tls = broker.tls() ? Optional.of(PemContext.of(broker.tlsFiles())) : Optional.empty();
  }

  @Override
  public Optional<Numbering> numbering(Optional<Numbering> saved) {
    return saved
        .filter(its -> settings.repeatable())
        .or(
            () ->
                Optional.of(
                    new Numbering("%016x".formatted(random.nextLong()), 0, settings.repeatable())));
  }

  /** For single messages, which are not numbered. */
  @Override
  public Mono<ConfirmChannel> open(Outcomes outcomes) {
    return amqp.open(outcomes);
  }

  @Override
  public Mono<ConfirmChannel> open(Outcomes outcomes, Numbering numbering) {
    return amqp.open(outcomes)
        .flatMap(
            channel ->
                Mono.fromCallable(() -> open(channel, outcomes, numbering))
                    .subscribeOn(connection.blocking())
                    .onErrorResume(failure -> channel.close().then(Mono.error(failure))));
  }

  private ConfirmChannel open(ConfirmChannel channel, Outcomes outcomes, Numbering numbering) {
    RabbitSettings rabbit = connection.settings();
    HostPort at = settings.at(rabbit.broker());
    StreamFailures failures = new StreamFailures(rabbit, at);
    long opening = beginOpening();
    StreamProducer producer = open(rabbit, at, numbering, failures);
    keep(producer, opening);
    if (producer.lastId() > numbering.before()) {
      log.info(
          "The stream \"{}\" has events from behind the position: RabbitMQ drops them when they"
              + " come again",
          rabbit.queue());
    }
    SentIds sent = new SentIds();
    listen(
        producer,
        new StreamProducer.Outcomes() {
          @Override
          public void confirmed(long[] ids) {
            sent.confirmed(ids, outcomes);
          }

          @Override
          public void lost(IOException why) {
            outcomes.lost(failures.recognise(why));
          }
        });
    return new StreamChannel(
        producer,
        channel,
        outcomes,
        sent,
        rabbit.exchange(),
        message -> routingKey(message, rabbit),
        failures::recognise);
  }

  private StreamProducer open(
      RabbitSettings rabbit, HostPort at, Numbering numbering, StreamFailures failures) {
    try {
      return StreamProducer.open(
          rabbit.broker(),
          at,
          tls,
          "sluice " + settings.pipeline(),
          rabbit.queue(),
          StreamProducer.name(settings.pipeline(), numbering.series()));
    } catch (IOException e) {
      throw failures.recogniseOpening(e);
    } catch (RuntimeException e) {
      throw PipelineException.of(e);
    }
  }

  private static String routingKey(Message message, RabbitSettings rabbit) {
    return rabbit.usesDefaultExchange() ? rabbit.queue() : message.routingKey();
  }

  private static void listen(StreamProducer producer, StreamProducer.Outcomes outcomes) {
    Thread thread = new Thread(() -> producer.listen(outcomes), "sluice-stream");
    thread.setDaemon(true);
    thread.start();
  }

  private synchronized long beginOpening() {
    return ++openings;
  }

  /**
   * One whose opening was given up on the way is not left open, neither when it is done before the
   * next one nor when it is done behind it.
   */
  private synchronized void keep(StreamProducer producer, long opening) {
    if (opening != openings) {
      producer.close();
      throw new PipelineException(
          FailureKind.TRANSIENT, "Another connection to the stream was asked for meanwhile");
    }
    closeNewest();
    newest = producer;
  }

  private void closeNewest() {
    if (newest != null) {
      newest.close();
      newest = null;
    }
  }

  @Override
  public synchronized void close() {
    openings++;
    closeNewest();
  }
}
