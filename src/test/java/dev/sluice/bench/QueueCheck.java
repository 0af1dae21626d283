package dev.sluice.bench;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
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
  private static final long PATIENCE_SECONDS = 60;

  boolean isClean() {
    return missing == 0 && doubled == 0 && reordered == 0 && strange == 0;
  }

  static QueueCheck of(Lane lane, int expected, boolean stream)
      throws IOException, InterruptedException {
    long waiting = lane.messages();
    Reader reader = new Reader(lane.connection().createChannel(), expected, waiting);
    reader.channel().basicQos(PREFETCH);
    reader
        .channel()
        .basicConsume(
            lane.name(), false, stream ? Map.of("x-stream-offset", "first") : Map.of(), reader);
    if (waiting > 0) {
      reader.done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    reader.channel().abort();
    synchronized (reader) {
      return new QueueCheck(
          reader.messages,
          expected - reader.seen.cardinality(),
          reader.doubled,
          reader.reordered,
          reader.strange);
    }
  }

  private static final class Reader extends DefaultConsumer {
    private final int expected;
    private final long waiting;
    private final BitSet seen = new BitSet();
    private final CountDownLatch done = new CountDownLatch(1);
    private long messages;
    private int doubled;
    private int reordered;
    private int strange;
    private int before = -1;

    Reader(Channel channel, int expected, long waiting) {
      super(channel);
      this.expected = expected;
      this.waiting = waiting;
    }

    private Channel channel() {
      return getChannel();
    }

    @Override
    public synchronized void handleDelivery(
        String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
        throws IOException {
      note(Marker.in(body));
      messages++;
      if (messages % (PREFETCH / 4) == 0 || messages == waiting) {
        channel().basicAck(envelope.getDeliveryTag(), true);
      }
      if (messages == waiting) {
        done.countDown();
      }
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
