package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.RabbitSettings;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Destination;
import dev.sluice.pipeline.EventPublisher;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.io.IOException;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * A channel in confirm mode. Nobody else publishes on it, so its {@link DeliveryTags} know which
 * message an answer is about.
 *
 * <p>What the broker says comes on the connection's I/O thread and is handed on at once, in its
 * order: a message that no queue takes is first returned and then confirmed all the same.
 */
final class ConfirmingChannel implements EventPublisher.ConfirmChannel {

  private final Channel channel;
  private final RabbitConnection connection;
  private final RabbitSettings settings;
  private final DeliveryTags tags;

  private ConfirmingChannel(Channel channel, RabbitConnection connection, DeliveryTags tags) {
    this.channel = channel;
    this.connection = connection;
    this.settings = connection.settings();
    this.tags = tags;
  }

  /**
   * Blocks while the broker is asked to confirm.
   *
   * @param maxInFlight how many messages are unconfirmed at the most
   */
  static ConfirmingChannel open(
      Connection opened,
      RabbitConnection connection,
      EventPublisher.Outcomes outcomes,
      int maxInFlight)
      throws IOException {
    Channel channel = RabbitConnection.channelOn(opened);
    ConfirmingChannel confirming =
        new ConfirmingChannel(channel, connection, new DeliveryTags(outcomes, maxInFlight));
    confirming.tell(outcomes);
    channel.confirmSelect();
    return confirming;
  }

  private void tell(EventPublisher.Outcomes outcomes) {
    String full =
        "RabbitMQ refuses messages: the queue "
            + settings.queues().stream()
                .map(queue -> "\"" + queue + "\"")
                .collect(Collectors.joining(", "))
            + ", or another one that they go to, is full or has lost its leader";
    channel.addConfirmListener(tags::confirmed, (tag, upTo) -> tags.refused(tag, upTo, full));
    channel.addReturnListener(
        returned ->
            outcomes.returned(
                returned.getProperties().getMessageId(),
                new PipelineException(
                    FailureKind.UNROUTABLE,
                    "RabbitMQ has no queue for the routing key \""
                        + returned.getRoutingKey()
                        + "\" on the exchange \""
                        + returned.getExchange()
                        + "\": the queue or its binding was removed")));
    channel.addShutdownListener(
        cause -> {
          if (!cause.isInitiatedByApplication()) {
            outcomes.lost(lost(cause));
          }
        });
  }

  /** A broker that closes the channel because of a message's size will do so again. */
  private PipelineException lost(ShutdownSignalException cause) {
    PipelineException recognised = RabbitFailures.recognise(cause, settings);
    return recognised.kind() == FailureKind.MISCONFIGURED
            && cause.getReason() instanceof AMQP.Channel.Close close
            && close.getReplyCode() == AMQP.PRECONDITION_FAILED
        ? new PipelineException(
            FailureKind.POISON_EVENT,
            "RabbitMQ refuses an event, most likely because it is larger than its max_message_size:"
                + " raise that, or shrink the document (RabbitMQ says: "
                + close.getReplyText()
                + ")",
            cause)
        : recognised;
  }

  @Override
  public void publish(long number, Message message, long document) {
    connection.hold();
    // Before: its answer may be here sooner than the call is back.
    tags.next(number);
    try {
      channel.basicPublish(
          exchange(message), routingKey(message), true, SentProperties.of(message), message.body());
    } catch (ShutdownSignalException e) {
      // Why the channel is gone can be seen here before the listener is told.
      throw lost(e);
    } catch (IOException | RuntimeException e) {
      // The client has counted the message already and the broker may not have: whatever went
      // wrong,
      // the numbers of this channel are no longer to be trusted.
      throw e instanceof IllegalArgumentException
          ? new PipelineException(
              FailureKind.POISON_EVENT, "An event cannot be sent as an AMQP message: " + e, e)
          : RabbitFailures.recognise(e, settings);
    }
  }

  @Override
  public void flush() {
    try {
      connection.release();
    } catch (IOException e) {
      throw RabbitFailures.recognise(e, settings);
    }
  }

  /** The parking queue is reached by the default exchange: nothing else can be bound to it. */
  private String exchange(Message message) {
    Destination destination = message.destination();
    return destination.isParking() ? "" : destination.exchange().orElse(settings.exchange());
  }

  private String routingKey(Message message) {
    Destination destination = message.destination();
    if (destination.isParking()) {
      return settings.parkingQueue();
    }
    return destination.exchange().isEmpty() && settings.usesDefaultExchange()
        ? settings.queue()
        : message.routingKey();
  }

  @Override
  public Mono<Void> close() {
    return connection.closeLater();
  }
}
