package dev.sluice.rabbit;

import dev.sluice.message.Message;
import dev.sluice.pipeline.EventPublisher;
import dev.sluice.pipeline.EventPublisher.ConfirmChannel;
import dev.sluice.rabbit.stream.StreamProducer;
import java.io.IOException;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * A channel to a stream: what fits goes by the stream protocol, under its number in the series.
 * What is parked, or is too large for a frame of that protocol, goes by AMQP, alone: whatever
 * stands behind it in the stream is proof that it arrived, so that it is not published again
 * either.
 */
final class StreamChannel implements ConfirmChannel {
  private final StreamProducer producer;
  private final ConfirmChannel amqp;
  private final EventPublisher.Outcomes outcomes;
  private final SentIds sent;
  private final String exchange;
  private final Function<Message, String> routingKey;
  private final Function<IOException, RuntimeException> recognise;

  /**
   * @param amqp for what does not go by the stream protocol; its outcomes are told where those of
   *     the stream are
   * @param sent is told of each message that goes by the stream protocol
   * @param exchange through which messages would go by AMQP
   */
  StreamChannel(
      StreamProducer producer,
      ConfirmChannel amqp,
      EventPublisher.Outcomes outcomes,
      SentIds sent,
      String exchange,
      Function<Message, String> routingKey,
      Function<IOException, RuntimeException> recognise) {
    this.producer = producer;
    this.amqp = amqp;
    this.outcomes = outcomes;
    this.sent = sent;
    this.exchange = exchange;
    this.routingKey = routingKey;
    this.recognise = recognise;
  }

  @Override
  public boolean wantsToBeAlone(Message message) {
    return message.destination().isParking() || !producer.takes(message, routingKey.apply(message));
  }

  /** What has no id goes by AMQP. */
  @Override
  public void publish(long number, Message message, long document) {
    amqp.publish(number, message, document);
  }

  @Override
  public void publish(long number, long id, Message message, long document) {
    if (wantsToBeAlone(message)) {
      publishAlone(number, id, message, document);
      return;
    }
    // Before: its answer may be here sooner than the call is back.
    sent.add(id, number);
    try {
      producer.publish(
          id,
          message,
          exchange,
          routingKey.apply(message),
          (String) message.headers().get("collection"));
    } catch (IOException e) {
      throw recognise.apply(e);
    }
  }

  /**
   * Not again if there is something behind it: that was sent when this was confirmed. Nor if it is
   * the last one itself, which came by the stream protocol when a frame could be larger.
   */
  private void publishAlone(long number, long id, Message message, long document) {
    if (id <= producer.lastId()) {
      outcomes.confirmed(number, number);
    } else {
      amqp.publish(number, message, document);
    }
  }

  @Override
  public void flush() {
    amqp.flush();
    try {
      producer.flush();
    } catch (IOException e) {
      throw recognise.apply(e);
    }
  }

  @Override
  public Mono<Void> close() {
    return Mono.<Void>fromRunnable(producer::close).then(amqp.close());
  }
}
