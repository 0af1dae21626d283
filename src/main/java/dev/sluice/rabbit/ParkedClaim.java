package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.RabbitSettings;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who looks at what is parked is alone: what another one has in its hands would seem not to be
 * there, and a consumer that begins would not hold up the changes behind it. An exclusive queue
 * says so, which lives no longer than the connection. For one thread, which may block.
 */
final class ParkedClaim implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ParkedClaim.class);

  /** A queue beside that of what is parked, of whoever looks at it. */
  private static final String LOOKING = ".reader";

  private final Channel channel;
  private final String queue;

  private ParkedClaim(Channel channel, String queue) {
    this.channel = channel;
    this.queue = queue;
  }

  /** The queue that says who looks. */
  static String queue(RabbitSettings settings) {
    return settings.parkingQueue() + LOOKING;
  }

  /**
   * Takes it, to be given back by {@link #close}. Who may not declare its queue looks without, as
   * reading alone is enough for that.
   *
   * @throws PipelineException of a kind that passes, if another process has it
   */
  static ParkedClaim take(Connection connection, RabbitSettings settings) throws IOException {
    Channel channel = RabbitConnection.channelOn(connection);
    try {
      channel.queueDeclare(queue(settings), false, true, true, Map.of());
    } catch (IOException e) {
      if (QueueInboxes.isAnswered(e, AMQP.RESOURCE_LOCKED)) {
        throw new PipelineException(
            FailureKind.TRANSIENT,
            "What is parked in \""
                + settings.parkingQueue()
                + "\" is being looked at by a consumer that starts, or by sluice parked: to be tried"
                + " again when that is through",
            e);
      }
      if (!QueueInboxes.isAnswered(e, AMQP.ACCESS_REFUSED)) {
        throw e;
      }
      log.info(
          "This user may not configure {}, so sluice parked is not to be run while a consumer starts",
          queue(settings));
    }
    return new ParkedClaim(channel, queue(settings));
  }

  /** Does not throw: it ends with the connection at the latest. */
  @Override
  public void close() {
    try {
      if (channel.isOpen()) {
        channel.queueDelete(queue);
      }
      channel.abort();
    } catch (IOException | ShutdownSignalException e) {
      log.debug("{} is given back by the connection's end", queue, e);
    }
  }
}
