package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.RabbitSettings;
import dev.sluice.consume.Inbox;
import dev.sluice.consume.Incoming;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Destination;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A queue that is being consumed: the client's own consumer, which puts deliveries into a queue
 * that the prefetch bounds (docs/decisions/0010). The thread that takes them out is the only one
 * that works; the client's thread never waits for it. If large messages fill it, it ends, and is
 * opened again with a smaller prefetch.
 */
final class QueueInbox implements Inbox {
  private static final String DELIVERY_COUNT = "x-delivery-count";

  private final RabbitConnection reading;
  private final RabbitSettings settings;
  private final ParkingPlace parking;
  private final Prefetch prefetch;
  private final AtomicBoolean isStream;
  private final boolean isQueue;
  private final BlockingQueue<Incoming> delivered = new LinkedBlockingQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private volatile PipelineException lost;
  private Channel channel;

  /**
   * @param isStream what the queue is taken for; corrected by the first message, which ends this
   * @param isQueue whether it is known to be no stream, whatever its messages say: one that was in
   *     a stream before may have its offset still
   */
  QueueInbox(
      RabbitConnection reading,
      RabbitConnection parking,
      String queue,
      Prefetch prefetch,
      AtomicBoolean isStream,
      boolean isQueue) {
    this.reading = reading;
    this.settings = reading.settings().straightTo(queue);
    this.parking = new ParkingPlace(parking, settings);
    this.prefetch = prefetch;
    this.isStream = isStream;
    this.isQueue = isQueue;
  }

  /**
   * @param alone whether nobody else may read the queue
   * @param arguments of the consumer
   * @throws IOException if it is refused; then it may be started in another way
   */
  void start(Connection connection, boolean alone, Map<String, Object> arguments)
      throws IOException {
    channel = RabbitConnection.channelOn(connection);
    channel.basicQos(prefetch.messages());
    channel.basicConsume(
        settings.queue(), false, "", false, alone, arguments, new Receiver(channel));
  }

  /** On the connection's thread: never waits. */
  private final class Receiver extends DefaultConsumer {
    Receiver(Channel channel) {
      super(channel);
    }

    @Override
    public void handleDelivery(
        String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
      if (lost != null) {
        // It comes again.
        return;
      }
      OptionalLong offset = isQueue ? OptionalLong.empty() : ReceivedMessage.offset(properties);
      if (isStream.compareAndSet(offset.isEmpty(), offset.isPresent())) {
        lost = ofAnotherKind(offset.isPresent());
        delivered.clear();
        return;
      }
      Message message = ReceivedMessage.of(envelope, properties, body, Destination.EXCHANGE);
      delivered.add(
          new Incoming(
              envelope.getDeliveryTag(),
              message,
              deliveries(message.headers()),
              offset.orElse(Incoming.NO_OFFSET)));
      if (prefetch.lowers(delivered.size(), bytes.addAndGet(Prefetch.bytes(message)))) {
        lost = tooLarge();
        delivered.clear();
      }
    }

    private PipelineException ofAnotherKind(boolean stream) {
      return new PipelineException(
          FailureKind.TRANSIENT,
          "The queue \""
              + settings.queue()
              + (stream ? "\" is a stream" : "\" is no stream")
              + ", and is read as such from now on");
    }

    private PipelineException tooLarge() {
      return new PipelineException(
          FailureKind.TRANSIENT,
          "The messages of the queue \""
              + settings.queue()
              + "\" are large, more than "
              + prefetch.mostBytes()
              + " bytes were waiting: from now on at most "
              + prefetch.messages()
              + " are taken at a time");
    }

    /** The queue was deleted, or its node went down. */
    @Override
    public void handleCancel(String tag) {
      lost =
          new PipelineException(
              FailureKind.TRANSIENT,
              "RabbitMQ gives nothing more from the queue \"" + settings.queue() + "\"");
    }

    @Override
    public void handleShutdownSignal(String tag, ShutdownSignalException signal) {
      if (!signal.isInitiatedByApplication()) {
        lost = RabbitFailures.recognise(signal, settings);
      }
    }
  }

  private static long deliveries(Map<String, Object> headers) {
    Object count = headers.get(DELIVERY_COUNT);
    try {
      return count == null ? 0 : Long.parseLong(count.toString());
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  @Override
  public boolean isAlone() {
    try {
      return channel.consumerCount(settings.queue()) == 1;
    } catch (IOException | AlreadyClosedException e) {
      throw lost != null ? lost : RabbitFailures.recognise(e, settings);
    }
  }

  @Override
  public Optional<Incoming> next(Duration patience) throws InterruptedException {
    if (lost != null) {
      // What is here already will come again: it cannot be acknowledged any more.
      throw lost;
    }
    Incoming next = delivered.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (next != null) {
      bytes.addAndGet(-Prefetch.bytes(next.message()));
    }
    return Optional.ofNullable(next);
  }

  @Override
  public int atHand() {
    return prefetch.messages();
  }

  @Override
  public void acknowledge(Incoming last) {
    try {
      channel.basicAck(last.tag(), true);
    } catch (IOException | AlreadyClosedException e) {
      throw lost != null ? lost : RabbitFailures.recognise(e, settings);
    }
  }

  /** This one alone is done. From any thread. */
  void passOver(Incoming incoming) {
    try {
      channel.basicAck(incoming.tag(), false);
    } catch (IOException | AlreadyClosedException e) {
      throw lost != null ? lost : RabbitFailures.recognise(e, settings);
    }
  }

  /**
   * Until there is none; the channel's end gives them back. Not by their count, which a quorum
   * queue tells too low for a moment.
   */
  @Override
  public void parked(Consumer<Message> each) {
    try {
      // Asked before, as a broker that is no RabbitMQ may close the connection where there is none.
      if (!QueueKind.isThere(channel.getConnection(), settings.parkingQueue())) {
        return;
      }
      Channel looking = RabbitConnection.channelOn(channel.getConnection());
      try (ParkedClaim alone = ParkedClaim.take(channel.getConnection(), settings)) {
        for (GetResponse response = get(looking); response != null; response = get(looking)) {
          each.accept(
              ReceivedMessage.of(
                  response.getEnvelope(),
                  response.getProps(),
                  response.getBody(),
                  Destination.PARKING));
        }
      } finally {
        looking.abort();
      }
    } catch (IOException e) {
      if (!QueueInboxes.isAnswered(e, AMQP.NOT_FOUND)) {
        throw RabbitFailures.recognise(e, settings);
      }
    } catch (ShutdownSignalException e) {
      throw RabbitFailures.recognise(e, settings);
    }
  }

  private GetResponse get(Channel looking) throws IOException {
    return looking.basicGet(settings.parkingQueue(), false);
  }

  @Override
  public void park(Message parked) {
    parking.put(parked);
  }

  @Override
  public void close() {
    reading.close();
    parking.close();
  }
}
