package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DeliverCallback;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.QueueType;
import dev.sluice.config.RabbitSettings;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.rabbit.StreamEnds.Place;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a consumer is in a stream: one message in a quorum queue of its own, whose successor
 * pushes it out (docs/decisions/0013). Who has it open is the only one that reads under the name:
 * an exclusive queue says so, which lives as long as the connection. For one thread, which may
 * block.
 */
final class KeptOffset {
  private static final Logger log = LoggerFactory.getLogger(KeptOffset.class);

  /** A queue of it, beside the one of what is parked. */
  private static final String OFFSET = ".offset";

  private static final String READER = ".reader";

  /**
   * Header: in which stream it is. The stream "a" by the name "x", and the stream "a.x", keep it in
   * one queue.
   */
  private static final String STREAM = "stream";

  /**
   * For so long an offset is waited for in a queue that is there: that of a reader which was lost a
   * moment ago comes back when RabbitMQ has noticed it.
   */
  private static final long RETURN_MILLIS = 2_000;

  /** Longer than a broker takes that is well. */
  private static final long CONFIRM_MILLIS = 30_000;

  static final Map<String, Object> ARGUMENTS =
      Map.of(
          "x-queue-type",
          QueueType.QUORUM.text(),
          "x-max-length",
          1,
          "x-delivery-limit",
          QueueInboxes.PRACTICALLY_UNLIMITED);

  /** The message that was kept, which is ours until it is acknowledged. */
  private record Found(long tag, AMQP.BasicProperties properties) {}

  private final RabbitSettings settings;
  private final String queue;
  private final Channel channel;
  private volatile boolean returned;
  private boolean made;
  private Place done;
  private StreamOffset beginning;
  private Place first;

  private KeptOffset(Channel channel, RabbitSettings settings, String queue) {
    this.channel = channel;
    this.settings = settings;
    this.queue = queue;
  }

  /**
   * Opens what is kept under that name.
   *
   * @param settings of the stream
   * @throws PipelineException of a kind that passes, if another process has it open; of one that
   *     does not, if it is that of another stream
   */
  static KeptOffset open(Connection connection, RabbitSettings settings, String name)
      throws IOException {
    String queue = queue(settings, name);
    if (reader(settings, name).equals(ParkedClaim.queue(settings))) {
      throw new PipelineException(
          FailureKind.MISCONFIGURED,
          "A consumer of a stream cannot have the --name \""
              + name
              + "\": the queues of that name are for what is parked");
    }
    claim(connection, settings, name, reader(settings, name));
    KeptOffset kept = new KeptOffset(RabbitConnection.channelOn(connection), settings, queue);
    kept.read(QueueKind.isThere(connection, queue));
    return kept;
  }

  /** Where it lies. */
  static String queue(RabbitSettings settings, String name) {
    return own(settings, name) + OFFSET;
  }

  /** The queue of whoever reads under the name. */
  static String reader(RabbitSettings settings, String name) {
    return own(settings, name) + READER;
  }

  private static String own(RabbitSettings settings, String name) {
    return settings.queue().equals(name) ? name : settings.queue() + "." + name;
  }

  /**
   * Shows what is kept; it stays. Empty if nothing is: it is away for that moment, and a reader
   * that begins waits for it. To be asked where the queue is there.
   */
  static Optional<KeptPlace> look(Connection connection, RabbitSettings settings, String name)
      throws IOException {
    Channel looking = RabbitConnection.channelOn(connection);
    try {
      GetResponse found = looking.basicGet(queue(settings, name), false);
      return Optional.ofNullable(found)
          .map(response -> KeptPlace.of(response.getProps(), queue(settings, name)));
    } finally {
      looking.abort();
    }
  }

  private static void claim(
      Connection connection, RabbitSettings settings, String name, String reader)
      throws IOException {
    try {
      RabbitConnection.channelOn(connection).queueDeclare(reader, false, true, true, Map.of());
    } catch (IOException e) {
      if (!QueueInboxes.isAnswered(e, AMQP.RESOURCE_LOCKED)) {
        throw e;
      }
      throw new PipelineException(
          FailureKind.TRANSIENT,
          "The stream \""
              + settings.queue()
              + "\" is read by another consumer of the name \""
              + name
              + "\": this one waits until it is gone, or reads by a --name of its own",
          e);
    }
  }

  /**
   * What was there is put in anew: a message that is given back too often would be dropped. A queue
   * that is not there is made for the first message only: an empty one is taken for emptied.
   */
  private void read(boolean wasThere) throws IOException {
    made = wasThere;
    channel.confirmSelect();
    channel.addReturnListener(back -> returned = true);
    if (!made) {
      return;
    }
    channel.queueDeclare(queue, true, false, false, ARGUMENTS);
    Found newest = null;
    for (GetResponse next = get(); next != null; next = get()) {
      newest = new Found(next.getEnvelope().getDeliveryTag(), next.getProps());
    }
    if (newest == null) {
      newest = awaitOne();
    }
    if (newest == null) {
      log.warn(
          "The queue {} of the offset of the stream {} is empty: reading begins at the stream's"
              + " beginning",
          queue,
          settings.queue());
      keep(StreamOffset.FIRST);
      return;
    }
    KeptPlace found = KeptPlace.of(newest.properties(), queue);
    requireOwn(newest.properties().getHeaders());
    done = found.done().orElse(null);
    beginning = found.beginning().orElse(null);
    first = found.first().orElse(null);
    put(newest.properties());
    channel.basicAck(newest.tag(), true);
  }

  /** Of another stream it would be an offset of nothing here, and taken for a loss. */
  private void requireOwn(Map<String, Object> headers) {
    String stream = String.valueOf(headers.getOrDefault(STREAM, settings.queue()));
    if (!stream.equals(settings.queue())) {
      throw new PipelineException(
          FailureKind.MISCONFIGURED,
          "The queue \""
              + queue
              + "\" keeps where a consumer of the stream \""
              + stream
              + "\" is, and so not of the stream \""
              + settings.queue()
              + "\": give this consumer another --name");
    }
  }

  /** Null if none comes in time. */
  private Found awaitOne() throws IOException {
    BlockingQueue<Found> came = new LinkedBlockingQueue<>();
    DeliverCallback note =
        (consumer, delivery) ->
            came.add(new Found(delivery.getEnvelope().getDeliveryTag(), delivery.getProperties()));
    String consumer = channel.basicConsume(queue, false, note, cancelled -> {});
    try {
      return came.poll(RETURN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("was not waited for");
    } finally {
      channel.basicCancel(consumer);
    }
  }

  private GetResponse get() throws IOException {
    return channel.basicGet(queue, false);
  }

  /** Where it lies. */
  String queue() {
    return queue;
  }

  /** The last message that is done; empty if none is yet. */
  Optional<Place> done() {
    return Optional.ofNullable(done);
  }

  /** Where to begin, as long as no message is done; empty if nothing was kept. */
  Optional<StreamOffset> beginning() {
    return Optional.ofNullable(beginning);
  }

  /** The message with which reading began, as long as none is done; empty if none has come. */
  Optional<Place> first() {
    return Optional.ofNullable(first);
  }

  /** Nothing is done, and reading begins there. Returns when RabbitMQ has it for good. */
  void keep(StreamOffset from) {
    publish(Map.of(KeptPlace.FROM, from.text()), null);
    beginning = from;
    first = null;
    done = null;
  }

  /** Nothing is done, and reading begins with this message. As the other one. */
  void keepFirst(Place begunWith) {
    StreamOffset from = StreamOffset.parse(Long.toString(begunWith.offset()));
    publish(Map.of(KeptPlace.FROM, from.text()), begunWith.messageId());
    beginning = from;
    first = begunWith;
  }

  /** All up to this message is done. Returns when RabbitMQ has it for good. */
  void keepDone(Place last) {
    publish(Map.of(KeptPlace.DONE, last.offset()), last.messageId());
    done = last;
  }

  private void publish(Map<String, Object> headers, String messageId) {
    Map<String, Object> marked = new HashMap<>(headers);
    marked.put(STREAM, settings.queue());
    try {
      if (!made) {
        channel.queueDeclare(queue, true, false, false, ARGUMENTS);
        made = true;
      }
      put(
          MessageProperties.MINIMAL_PERSISTENT_BASIC
              .builder()
              .headers(marked)
              .messageId(messageId)
              .build());
    } catch (IOException | ShutdownSignalException e) {
      throw RabbitFailures.recognise(e, settings);
    }
  }

  private void put(AMQP.BasicProperties properties) throws IOException {
    returned = false;
    channel.basicPublish("", queue, true, properties, new byte[0]);
    if (!isConfirmed()) {
      throw failed("refuses the offset: it has lost its leader, or a policy limits it");
    }
    if (returned) {
      throw failed("is gone, and with it the offset that was kept there");
    }
  }

  /**
   * Waits as long as the connection lives. While an alarm holds it up nothing else would come of
   * another try but the same batch again.
   */
  private boolean isConfirmed() throws AlreadyClosedException {
    for (boolean waited = false; ; waited = true) {
      try {
        return channel.waitForConfirms(CONFIRM_MILLIS);
      } catch (TimeoutException e) {
        if (!waited) {
          log.warn(
              "RabbitMQ has not taken the offset of the stream {} for {} s: an alarm is raised, or"
                  + " the queue {} has lost its majority; waiting for it",
              settings.queue(),
              CONFIRM_MILLIS / 1000,
              queue);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failed("was not waited for");
      }
    }
  }

  private PipelineException failed(String what) {
    return new PipelineException(FailureKind.TRANSIENT, "The queue \"" + queue + "\" " + what);
  }
}
