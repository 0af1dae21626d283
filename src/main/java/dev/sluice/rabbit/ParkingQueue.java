package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.RabbitSettings;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Destination;
import dev.sluice.message.ParkedMessages;
import dev.sluice.pipeline.EventPublisher;
import dev.sluice.pipeline.PipelineException;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The queue of what could not be published: shows what is in it, and publishes it again.
 *
 * <p>A message leaves the queue only when RabbitMQ has confirmed its successor. Whoever ends in
 * between leaves it there, and the next replay repeats it under the same id.
 */
public final class ParkingQueue {
  /**
   * What came of replaying one message.
   *
   * @param failure why it stays parked; empty if it was published
   */
  public record Replayed(Message parked, Optional<PipelineException> failure) {}

  private record Taken(long tag, Message message) {}

  /** A message that cannot be restored concerns only itself. */
  private static final class NotRestored extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotRestored(Throwable cause) {
      super(cause);
    }
  }

  private final RabbitConnection connection;
  private final RabbitSettings settings;

  /**
   * @param connection not the one that is used for publishing
   */
  public ParkingQueue(RabbitConnection connection) {
    this.connection = connection;
    this.settings = connection.settings();
  }

  /** What is parked, oldest first; all of it stays. Empty if nothing ever was. Cold. */
  public Flux<Message> messages() {
    return withChannel(channel -> take(channel).map(Taken::message));
  }

  /**
   * Publishes what is parked again, one after the other, and takes what was confirmed out of the
   * queue. What cannot be restored stays. Fails when RabbitMQ will not have a message; the rest
   * stays then as well. Cold.
   *
   * @param restore makes the message that could not be published before
   */
  public Flux<Replayed> replay(EventPublisher publisher, Function<Message, Mono<Message>> restore) {
    return withChannel(
        channel ->
            take(channel)
                // What a consumer has parked concerns its queue alone, and is released.
                .filter(one -> !one.message().headers().containsKey(ParkedMessages.PARKED_BY))
                .collectList()
                .filter(all -> !all.isEmpty())
                .flatMapMany(
                    all ->
                        Flux.usingWhen(
                            OneByOne.open(publisher, connection.blocking()),
                            publishing ->
                                Flux.fromIterable(all)
                                    .concatMap(one -> replay(channel, publishing, one, restore), 1),
                            OneByOne::close)));
  }

  private Mono<Replayed> replay(
      Channel channel, OneByOne publishing, Taken taken, Function<Message, Mono<Message>> restore) {
    return restore
        .apply(taken.message())
        .onErrorMap(NotRestored::new)
        .flatMap(
            message ->
                publishing
                    .publish(message)
                    .then(acknowledge(channel, taken))
                    .thenReturn(new Replayed(taken.message(), Optional.empty())))
        .onErrorResume(
            NotRestored.class,
            failure ->
                Mono.just(
                    new Replayed(
                        taken.message(), Optional.of(PipelineException.of(failure.getCause())))));
  }

  private Mono<Void> acknowledge(Channel channel, Taken taken) {
    return Mono.<Void>fromCallable(
            () -> {
              channel.basicAck(taken.tag(), false);
              return null;
            })
        .subscribeOn(connection.blocking());
  }

  /** With the channel, whatever was taken and not acknowledged goes back to the queue. */
  private <T> Flux<T> withChannel(Function<Channel, Flux<T>> work) {
    return connection
        .open()
        .flatMapMany(
            opened ->
                Flux.usingWhen(
                    Mono.fromCallable(() -> ParkedClaim.take(opened, settings))
                        .subscribeOn(connection.blocking()),
                    alone -> withChannel(opened, work),
                    alone ->
                        Mono.<Void>fromRunnable(alone::close).subscribeOn(connection.blocking())))
        .onErrorMap(failure -> RabbitFailures.recognise(failure, settings));
  }

  private <T> Flux<T> withChannel(Connection opened, Function<Channel, Flux<T>> work) {
    return Flux.usingWhen(
        Mono.fromCallable(() -> RabbitConnection.channelOn(opened))
            .subscribeOn(connection.blocking()),
        work,
        this::close);
  }

  private Mono<Void> close(Channel channel) {
    return Mono.<Void>fromCallable(
            () -> {
              channel.abort();
              return null;
            })
        .subscribeOn(connection.blocking());
  }

  /** As many as there are now: those that are given back meanwhile are not taken again. */
  private Flux<Taken> take(Channel channel) {
    return Mono.fromCallable(() -> count(channel))
        .flatMapMany(
            count ->
                Flux.range(0, count)
                    .concatMap(
                        n ->
                            Mono.fromCallable(
                                () -> channel.basicGet(settings.parkingQueue(), false)),
                        1))
        .map(ParkingQueue::taken)
        .subscribeOn(connection.blocking());
  }

  /** Where nothing may be parked the queue was never declared. */
  private int count(Channel channel) throws IOException {
    Connection opened = channel.getConnection();
    Channel asking = RabbitConnection.channelOn(opened);
    try {
      return (int) asking.messageCount(settings.parkingQueue());
    } catch (IOException e) {
      if (isNotFound(e)) {
        return 0;
      }
      throw e;
    } finally {
      asking.abort();
    }
  }

  private static boolean isNotFound(IOException failure) {
    return failure.getCause() instanceof ShutdownSignalException shutdown
        && shutdown.getReason() instanceof AMQP.Channel.Close close
        && close.getReplyCode() == AMQP.NOT_FOUND;
  }

  private static Taken taken(GetResponse response) {
    return new Taken(
        response.getEnvelope().getDeliveryTag(),
        ReceivedMessage.of(
            response.getEnvelope(), response.getProps(), response.getBody(), Destination.PARKING));
  }
}
