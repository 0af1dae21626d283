package dev.sluice.bench;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * When each write was due, acknowledged, captured and delivered, in nanoseconds of one clock.
 * Writers and the consumer fill it each at their own numbers; whoever reads waits for {@link
 * #arrived} first.
 */
final class LiveEvents {
  final long[] due;
  final long[] acknowledged;
  final long[] captured;
  final long[] delivered;

  private final long epochNanos =
      TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();
  private volatile int arrived;
  private volatile int doubled;

  LiveEvents(int most) {
    due = new long[most];
    acknowledged = new long[most];
    captured = new long[most];
    delivered = new long[most];
  }

  /** How many different ones have come. */
  int arrived() {
    return arrived;
  }

  int doubled() {
    return doubled;
  }

  /** Notes what comes on this channel; one thread, the connection's. */
  DefaultConsumer consumer(Channel channel) {
    return new DefaultConsumer(channel) {
      @Override
      public void handleDelivery(
          String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        long now = System.nanoTime();
        int number = Marker.in(body);
        if (number >= 0 && number < delivered.length) {
          note(number, now, properties.getHeaders());
        }
      }
    };
  }

  // One thread writes both; the others only read.
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  private void note(int number, long now, Map<String, Object> headers) {
    if (delivered[number] != 0) {
      doubled++;
      return;
    }
    if (headers != null && headers.get("capturedAt") != null) {
      Instant at = Instant.parse(headers.get("capturedAt").toString());
      // Cut off to the millisecond: half of one is the mean of what was lost.
      captured[number] = TimeUnit.MILLISECONDS.toNanos(at.toEpochMilli()) + 500_000 - epochNanos;
    }
    delivered[number] = now;
    arrived++;
  }
}
