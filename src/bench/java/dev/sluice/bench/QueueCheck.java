package dev.sluice.bench;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
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

  /** Of a queue to which nothing comes any more, whose bodies have these numbers. */
  static QueueCheck of(Lane lane, int expected) throws IOException, InterruptedException {
    return of(lane, new Tally(expected, false));
  }

  /** Of a queue to which nothing comes any more. */
  static QueueCheck of(Lane lane, Tally tally) throws IOException, InterruptedException {
    // Asked before a consumer holds some of them.
    long waiting = lane.messages();
    try (Reading reading = Reading.begin(lane, tally)) {
      return reading.untilThereAre(waiting);
    }
  }

  /** A look at a queue, from its first message on. */
  private static final class Reading implements AutoCloseable {
    private final Reader reader;

    private Reading(Reader reader) {
      this.reader = reader;
    }

    static Reading begin(Lane lane, Tally tally) throws IOException {
      Channel channel = lane.connection().createChannel();
      Reader reader = new Reader(channel, tally);
      channel.basicQos(PREFETCH);
      channel.basicConsume(lane.name(), false, reader);
      return new Reading(reader);
    }

    /** What there was when so many had come, or when nothing came any more. */
    QueueCheck untilThereAre(long wanted) throws InterruptedException {
      synchronized (reader) {
        long before = -1;
        while (reader.tally.messages() < wanted && reader.tally.messages() > before) {
          before = reader.tally.messages();
          long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
          while (reader.tally.messages() < wanted && System.nanoTime() < until) {
            reader.wait(100);
          }
        }
        return reader.tally.check();
      }
    }

    @Override
    public void close() throws IOException {
      reader.getChannel().abort();
    }
  }

  private static final class Reader extends DefaultConsumer {
    private final Tally tally;

    Reader(Channel channel, Tally tally) {
      super(channel);
      this.tally = tally;
    }

    @Override
    public synchronized void handleDelivery(
        String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
        throws IOException {
      tally.note(body, properties.getMessageId());
      // What is left unacknowledged goes with the queue.
      if (tally.messages() % (PREFETCH / 4) == 0) {
        getChannel().basicAck(envelope.getDeliveryTag(), true);
      }
      notifyAll();
    }
  }
}
