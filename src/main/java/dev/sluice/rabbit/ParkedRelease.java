package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.RabbitSettings;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Destination;
import dev.sluice.message.ParkedMessages;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Gives what a consumer has parked back to its queue, oldest first. A message leaves the parking
 * queue only when RabbitMQ has confirmed it in the other one. For one thread, which may block.
 */
public final class ParkedRelease {
  private final RabbitConnection reading;
  private final RabbitConnection publishing;
  private final RabbitSettings settings;

  /**
   * @param queue of the consumer
   */
  public ParkedRelease(RabbitConnection reading, RabbitConnection publishing, String queue) {
    this.reading = reading;
    this.publishing = publishing;
    this.settings = reading.settings().straightTo(queue);
  }

  /** Where they lie. */
  public String parkingQueue() {
    return settings.parkingQueue();
  }

  /**
   * Releases those that are there now; gives their number. What the pipeline has parked stays.
   *
   * @throws dev.sluice.pipeline.PipelineException if RabbitMQ fails; what was not confirmed stays
   */
  public int release() {
    String pass = UUID.randomUUID().toString();
    try (ParkingPlace place = new ParkingPlace(publishing, settings)) {
      Channel channel = RabbitConnection.channelOn(reading.openNow());
      try (ParkedClaim alone = ParkedClaim.take(channel.getConnection(), settings)) {
        int released = 0;
        for (long left = channel.messageCount(settings.parkingQueue()); left > 0; left--) {
          GetResponse response = channel.basicGet(settings.parkingQueue(), false);
          if (response != null && release(response, pass, place)) {
            channel.basicAck(response.getEnvelope().getDeliveryTag(), false);
            released++;
          }
        }
        return released;
      } finally {
        channel.abort();
      }
    } catch (IOException e) {
      if (QueueInboxes.isAnswered(e, AMQP.NOT_FOUND)) {
        return 0;
      }
      throw RabbitFailures.recognise(e, settings);
    } catch (ShutdownSignalException e) {
      throw RabbitFailures.recognise(e, settings);
    }
  }

  private boolean release(GetResponse response, String pass, ParkingPlace place) {
    Message parked =
        ReceivedMessage.of(
            response.getEnvelope(), response.getProps(), response.getBody(), Destination.EXCHANGE);
    if (!parked.headers().containsKey(ParkedMessages.PARKED_BY)) {
      return false;
    }
    Map<String, Object> headers = new HashMap<>(parked.headers());
    headers.put(ParkedMessages.RELEASED, pass);
    place.send(
        new Message(
            parked.body(),
            parked.content(),
            parked.messageId(),
            settings.queue(),
            parked.type(),
            parked.timestampSeconds(),
            headers,
            Destination.EXCHANGE),
        settings.queue());
    return true;
  }
}
