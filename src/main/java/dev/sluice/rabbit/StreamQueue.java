package dev.sluice.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.sluice.config.QueueType;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.TopologyMode;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.io.IOException;
import java.time.Duration;
import java.util.Date;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/** The queue where it is a stream: read from any place, and nothing is taken from anybody. */
public final class StreamQueue {
  /** A stream whose leader is lost has another one within seconds; a node boots in that time. */
  private static final int MOST_TRIES = 30;

  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

  private final RabbitConnection connection;
  private final Scheduler timer;
  private final QueueReader reader;

  /**
   * @param connection not the one that is used for publishing
   * @param timer waits between tries
   */
  public StreamQueue(RabbitConnection connection, Scheduler timer) {
    this.connection = connection;
    this.timer = timer;
    this.reader = new QueueReader(connection);
  }

  /**
   * The messages from there on. Where reading is interrupted it goes on behind the last one, by
   * whichever node there is; it fails if none is for half a minute, or if it could not begin. Cold;
   * does not end by itself.
   *
   * @param interrupted told by what, once each time
   */
  public Flux<Delivery> messages(StreamOffset from, Consumer<PipelineException> interrupted) {
    AtomicReference<Object> next = new AtomicReference<>();
    return Flux.defer(() -> read((opened, queue) -> beginning(from, next)))
        .doOnNext(
            delivery ->
                ReceivedMessage.offset(delivery.getProperties())
                    .ifPresent(offset -> next.set(offset + 1)))
        .retryWhen(
            Retry.fixedDelay(MOST_TRIES, BETWEEN_TRIES)
                .scheduler(timer)
                .transientErrors(true)
                .filter(failure -> next.get() != null && isPassing(failure))
                .doBeforeRetry(
                    signal -> {
                      if (signal.totalRetriesInARow() == 0) {
                        interrupted.accept((PipelineException) signal.failure());
                      }
                    })
                .onRetryExhaustedThrow((spec, signal) -> signal.failure()));
  }

  /** The end of now is another place the second time: what came since then has the time of now. */
  private Object beginning(StreamOffset from, AtomicReference<Object> next) {
    Object later =
        from.equals(StreamOffset.NEXT) ? new Date(timer.now(TimeUnit.MILLISECONDS)) : from.value();
    return next.compareAndSet(null, later) ? from.value() : next.get();
  }

  private static boolean isPassing(Throwable failure) {
    return failure instanceof PipelineException recognised
        && recognised.kind() == FailureKind.TRANSIENT;
  }

  /**
   * The messages that are published from now on, and of those before it at most what was written
   * with the last one. Cold; does not end by itself.
   *
   * @param ready told when nothing published from then on can be missed
   */
  public Flux<Delivery> messagesFromNow(Runnable ready) {
    return read(
        (opened, queue) -> {
          // Of the end itself nobody would tell when reading there has begun.
          OptionalLong last = new StreamEnds(opened, connection.settings()).newest();
          ready.run();
          return last.isPresent() ? last.getAsLong() : StreamOffset.FIRST.value();
        });
  }

  private interface Beginning {
    Object in(Connection opened, String queue) throws IOException;
  }

  private Flux<Delivery> read(Beginning from) {
    RabbitSettings settings = connection.settings();
    if (settings.topology().queueType() != QueueType.STREAM) {
      return Flux.error(notAStream(settings));
    }
    return connection
        .open()
        .flatMapMany(
            opened ->
                Mono.fromCallable(() -> from.in(opened, existing(opened, settings)))
                    .subscribeOn(connection.blocking())
                    .flatMapMany(
                        place ->
                            reader.read(
                                opened, settings.queue(), Map.of(StreamOffset.ARGUMENT, place))))
        .onErrorMap(failure -> RabbitFailures.recognise(failure, settings));
  }

  /**
   * Its name, once it is known to be a stream: of a queue of another type, reading would take what
   * is for others. RabbitMQ tells by comparing it with a declaration, which where nothing may be
   * made is given for what is there only.
   */
  private static String existing(Connection opened, RabbitSettings settings) throws IOException {
    Channel channel = RabbitConnection.channelOn(opened);
    try {
      if (settings.topology().mode() != TopologyMode.DECLARE) {
        channel.queueDeclarePassive(settings.queue());
      }
      channel.queueDeclare(
          settings.queue(),
          true,
          false,
          false,
          Topology.arguments(settings.outlet().queue().orElseThrow()));
      return settings.queue();
    } finally {
      channel.abort();
    }
  }

  private static PipelineException notAStream(RabbitSettings settings) {
    return new PipelineException(
        FailureKind.MISCONFIGURED,
        "SLUICE_QUEUE_TYPE is "
            + settings.topology().queueType().text()
            + ", and only a stream is read from a place without taking anything: look on without"
            + " --from");
  }
}
