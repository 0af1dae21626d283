package dev.sluice.bench;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Reads a queue empty and says what was in it.
 *
 * @param messages all of them
 * @param missing numbers that should be there and are not
 * @param doubled messages whose number had been there before
 * @param reordered messages with a number lower than the one before
 * @param strange messages without a number, or with one that was not asked for
 */
record QueueCheck(long messages, int missing, int doubled, int reordered, int strange) {
  private static final int PREFETCH = 2_000;
  private static final long PATIENCE_SECONDS = 20;

  /**
   * @param inOrder whether they were to come in the order in which they were written
   */
  boolean isClean(boolean inOrder) {
    return missing == 0 && doubled == 0 && (reordered == 0 || !inOrder) && strange == 0;
  }

  /** Of a queue to which nothing comes any more. */
  static QueueCheck of(Lane lane, int expected) throws IOException, InterruptedException {
    // Asked before a consumer holds some of them.
    long waiting = lane.messages();
    try (Reading reading = Reading.begin(lane, expected, false)) {
      return reading.untilThereAre(waiting);
    }
  }

  /** A look at a queue, from its first message on. */
  static final class Reading implements AutoCloseable {
    private final Reader reader;

    private Reading(Reader reader) {
      this.reader = reader;
    }

    static Reading begin(Lane lane, int expected, boolean stream) throws IOException {
      Channel channel = lane.connection().createChannel();
      Reader reader = new Reader(channel, expected);
      channel.basicQos(PREFETCH);
      channel.basicConsume(
          lane.name(), false, stream ? Map.of("x-stream-offset", "first") : Map.of(), reader);
      return new Reading(reader);
    }

    /** How many messages have come. */
    long messages() {
      synchronized (reader) {
        return reader.messages;
      }
    }

    /** What there was when so many had come, or when nothing came any more. */
    QueueCheck untilThereAre(long wanted) throws InterruptedException {
      synchronized (reader) {
        long before = -1;
        while (reader.messages < wanted && reader.messages > before) {
          before = reader.messages;
          long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
          while (reader.messages < wanted && System.nanoTime() < until) {
            reader.wait(100);
          }
        }
        return new QueueCheck(
            reader.messages,
            reader.expected - reader.seen.cardinality(),
            reader.doubled,
            reader.reordered,
            reader.strange);
      }
    }

    @Override
    public void close() throws IOException {
      reader.getChannel().abort();
    }
  }

  private static final class Reader extends DefaultConsumer {
    private final int expected;
    private final BitSet seen = new BitSet();
    private long messages;
    private int doubled;
    private int reordered;
    private int strange;
    private int before = -1;

    Reader(Channel channel, int expected) {
      super(channel);
      this.expected = expected;
    }

    @Override
    public synchronized void handleDelivery(
        String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
        throws IOException {
      note(Marker.in(body));
      messages++;
      // What is left unacknowledged goes with the queue.
      if (messages % (PREFETCH / 4) == 0) {
        getChannel().basicAck(envelope.getDeliveryTag(), true);
      }
      notifyAll();
    }

    private void note(int number) {
      if (number < 0 || number >= expected) {
        strange++;
        return;
      }
      doubled += seen.get(number) ? 1 : 0;
      reordered += number < before ? 1 : 0;
      seen.set(number);
      before = number;
    }
  }
}
