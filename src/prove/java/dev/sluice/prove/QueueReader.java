package dev.sluice.prove;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The one consumer of a queue: notes every message, then acknowledges it. Goes to the broker
 * directly, not through the proxy of the faults, and connects again whenever the broker lets it.
 */
final class QueueReader implements AutoCloseable {
  /** Far below what a recovery takes, so that it does not show in the figures. */
  private static final int TEND_INTERVAL_MS = 50;

  /** More than fits into the way of one acknowledgement, less than a heap notices. */
  private static final int PREFETCH = 500;

  /** One acknowledgement for several messages: the broker has other things to do. */
  private static final int ACKNOWLEDGED_AT_ONCE = 50;

  private static final String OFFSET = "x-stream-offset";
  private static final int ABORT_LIMIT_MS = 2_000;

  private final TestRabbit rabbit;
  private final String queue;
  private final ArrivalReader reader;
  private final Ledger ledger;
  private final Evidence evidence;
  private final boolean stream;
  private final ScheduledExecutorService tending =
      Executors.newSingleThreadScheduledExecutor(action -> new Thread(action, "prove-consumer"));
  private Connection connection;
  private Channel channel;
  private Taken taken;
  private boolean paused;

  /** The offset of what was not read yet, if it is a stream: nothing is handed out again there. */
  private volatile long next;

  /**
   * @param stream whether the queue is one
   */
  QueueReader(
      TestRabbit rabbit,
      String queue,
      ArrivalReader reader,
      Ledger ledger,
      Evidence evidence,
      boolean stream) {
    this.rabbit = rabbit;
    this.queue = queue;
    this.reader = reader;
    this.ledger = ledger;
    this.evidence = evidence;
    this.stream = stream;
  }

  String queue() {
    return queue;
  }

  void start() {
    tending.scheduleWithFixedDelay(this::tend, 0, TEND_INTERVAL_MS, TimeUnit.MILLISECONDS);
  }

  /** Takes nothing any more; what it holds unacknowledged goes back to the queue. */
  synchronized void pause() {
    paused = true;
    disconnect();
  }

  synchronized void resume() {
    paused = false;
  }

  /** How many messages are in the queue and not on their way to us. */
  long waiting() {
    long messages = rabbit.queueMessages(queue);
    return stream ? Math.max(0, messages - next) : messages;
  }

  private synchronized void tend() {
    if (paused) {
      return;
    }
    if (connection != null && connection.isOpen() && channel.isOpen()) {
      taken.acknowledge();
      return;
    }
    disconnect();
    try {
      connection = rabbit.connect();
      channel = connection.createChannel();
      channel.basicQos(PREFETCH);
      Taken mine = new Taken(channel);
      Connection whole = connection;
      taken = mine;
      channel.basicConsume(
          queue,
          false,
          stream ? Map.of(OFFSET, next) : Map.of(),
          (tag, delivery) -> take(delivery, mine),
          // The broker gives up on the consumer when the queue moves or goes.
          tag -> whole.abort(ABORT_LIMIT_MS));
    } catch (IOException | TimeoutException | ShutdownSignalException notNow) {
      disconnect();
    }
  }

  private void take(Delivery delivery, Taken from) {
    if (stream && isRead(delivery)) {
      from.noted(delivery.getEnvelope().getDeliveryTag());
      return;
    }
    Arrival arrival = reader.read(delivery, System.nanoTime());
    evidence.arrived(arrival, delivery);
    ledger.arrived(arrival);
    from.noted(delivery.getEnvelope().getDeliveryTag());
  }

  /** Of one chunk all messages come, whatever offset in it was asked for. */
  private boolean isRead(Delivery delivery) {
    long offset = (Long) delivery.getProperties().getHeaders().get(OFFSET);
    boolean read = offset < next;
    next = Math.max(next, offset + 1);
    return read;
  }

  /** What is noted of one channel and not yet acknowledged there. */
  private static final class Taken {
    private final Channel channel;
    private long newest;
    private long acknowledged;

    Taken(Channel channel) {
      this.channel = channel;
    }

    synchronized void noted(long tag) {
      newest = tag;
      if (newest - acknowledged >= ACKNOWLEDGED_AT_ONCE) {
        acknowledge();
      }
    }

    synchronized void acknowledge() {
      if (newest == acknowledged) {
        return;
      }
      acknowledged = newest;
      try {
        channel.basicAck(newest, true);
      } catch (IOException | ShutdownSignalException gone) {
        // They come again, and are known by then.
      }
    }
  }

  private void disconnect() {
    if (connection != null) {
      connection.abort(ABORT_LIMIT_MS);
      connection = null;
    }
  }

  @Override
  public void close() {
    tending.shutdown();
    try {
      tending.awaitTermination(ABORT_LIMIT_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pause();
  }
}
