package dev.sluice.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.RabbitSettings;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts messages of a consumer into a queue, one at a time and confirmed. Declares the parking queue
 * when it is first needed. For one thread, which may block.
 */
final class ParkingPlace implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ParkingPlace.class);

  /** Longer than a broker takes that is alive. */
  private static final long CONFIRM_MILLIS = 30_000;

  private final RabbitConnection connection;
  private final RabbitSettings settings;
  private Channel channel;
  private volatile boolean returned;

  ParkingPlace(RabbitConnection connection, RabbitSettings settings) {
    this.connection = connection;
    this.settings = settings;
  }

  /** Into the parking queue. */
  void put(Message message) {
    send(message, settings.parkingQueue());
  }

  /**
   * Into the queue of that name. Returns when RabbitMQ has it for good. Headers that no longer fit
   * their frame with ours are left out: RabbitMQ could not be given the message otherwise.
   */
  void send(Message message, String queue) {
    try {
      publish(message, queue);
    } catch (IllegalArgumentException e) {
      abandonChannel();
      log.warn(
          "The headers of the message {} do not fit a frame of RabbitMQ any more ({}): those that"
              + " are not of Sluice are left out in {}",
          message.messageId(),
          e.getMessage(),
          queue);
      publishOrFail(ParkedMessages.withOwnHeaders(message), queue);
    }
  }

  private void publishOrFail(Message message, String queue) {
    try {
      publish(message, queue);
    } catch (IllegalArgumentException e) {
      abandonChannel();
      throw new PipelineException(
          FailureKind.POISON_EVENT,
          "The message "
              + message.messageId()
              + " cannot be sent to the queue \""
              + queue
              + "\" as an AMQP message: "
              + e.getMessage(),
          e);
    }
  }

  /** The client has counted the message, and would wait for its confirm. */
  private void abandonChannel() {
    Channel counted = channel;
    channel = null;
    try {
      counted.abort();
    } catch (IOException | ShutdownSignalException e) {
      log.debug("A channel did not close cleanly", e);
    }
  }

  private void publish(Message message, String queue) {
    try {
      Channel open = open();
      returned = false;
      open.basicPublish("", queue, true, SentProperties.of(message), message.body());
      if (!open.waitForConfirms(CONFIRM_MILLIS)) {
        throw refused(queue, "refuses messages: it is full or has lost its leader");
      }
      if (returned) {
        throw refused(queue, "is gone");
      }
    } catch (IOException | ShutdownSignalException e) {
      close();
      throw RabbitFailures.recognise(e, settings);
    } catch (TimeoutException e) {
      close();
      throw refused(queue, "has confirmed nothing for " + CONFIRM_MILLIS / 1000 + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw refused(queue, "was not waited for");
    }
  }

  private PipelineException refused(String queue, String what) {
    return new PipelineException(FailureKind.TRANSIENT, "The queue \"" + queue + "\" " + what);
  }

  private Channel open() throws IOException {
    if (channel == null || !channel.isOpen()) {
      channel = RabbitConnection.channelOn(connection.openNow());
      Topology.declareParkingQueue(channel, settings);
      channel.confirmSelect();
      channel.addReturnListener(back -> returned = true);
    }
    return channel;
  }

  @Override
  public void close() {
    channel = null;
    connection.close();
  }
}
