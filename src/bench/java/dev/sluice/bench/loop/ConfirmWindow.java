package dev.sluice.bench.loop;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.Date;
import java.util.Map;

/**
 * Publishes persistent, mandatory messages by AMQP 0-9-1. One thread publishes; the connection's
 * own hears the confirms.
 */
public final class ConfirmWindow implements Sending {
  /** As few as there can be. */
  public static final AMQP.BasicProperties PERSISTENT = MessageProperties.MINIMAL_PERSISTENT_BASIC;

  /** As many and as long as Sluice's headers are, each as SLUICE_HEADERS has them. */
  private static final Map<String, Map<String, Object>> HEADERS =
      Map.of(
          "all",
          Map.of(
              "operation", "insert",
              "position", "0123456789abcdef01234567",
              "database", "bench-0123456789",
              "collection", "games",
              "id", "0123456789abcdef01234567",
              "idType", "objectId",
              "capturedAt", "2026-01-01T00:00:00.000Z"),
          "minimal",
          Map.of(
              "position", "0123456789abcdef01234567",
              "id", "0123456789abcdef01234567",
              "idType", "objectId"),
          "none",
          Map.of());

  /**
   * As many and as long as Sluice's, for what they cost the broker; always the same ones.
   *
   * @param headers all, minimal or none
   */
  public static AMQP.BasicProperties labelled(String headers) {
    return PERSISTENT
        .builder()
        .contentType("application/json")
        .messageId("0123456789abcdef0123456789abcdef")
        .timestamp(new Date(0))
        .type("insert")
        .appId("sluice")
        .headers(HEADERS.get(headers))
        .build();
  }

  private final Channel channel;
  private final AMQP.BasicProperties properties;
  private final String exchange;
  private final String routingKey;
  private final int maxEvents;
  private final long maxBytes;
  private final int[] sizes;
  private final boolean[] confirmed;
  private long published;
  private long confirmedUpTo;
  private long confirms;
  private long bytes;

  ConfirmWindow(Channel channel, LoopSettings settings, AMQP.BasicProperties properties)
      throws IOException {
    this(
        channel,
        settings.exchange(),
        settings.routingKey(),
        settings.window(),
        settings.windowBytes(),
        properties);
  }

  /**
   * @param properties of every message
   */
  public ConfirmWindow(
      Channel channel,
      String exchange,
      String routingKey,
      int maxEvents,
      long maxBytes,
      AMQP.BasicProperties properties)
      throws IOException {
    this.channel = channel;
    this.properties = properties;
    this.exchange = exchange;
    this.routingKey = routingKey;
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.sizes = new int[maxEvents];
    this.confirmed = new boolean[maxEvents];
    channel.addConfirmListener(
        (tag, upTo) -> confirm(tag, upTo), (tag, upTo) -> Sending.end("refused: " + tag));
    channel.addReturnListener(returned -> Sending.end("returned: " + returned.getReplyText()));
    channel.confirmSelect();
  }

  @Override
  public void publish(byte[] body) throws IOException, InterruptedException {
    synchronized (this) {
      while (published - confirmedUpTo >= maxEvents || bytes >= maxBytes) {
        wait();
      }
      sizes[(int) (published++ % maxEvents)] = body.length;
      bytes += body.length;
    }
    channel.basicPublish(exchange, routingKey, true, properties, body);
  }

  private synchronized void confirm(long tag, boolean upTo) {
    for (long each = upTo ? confirmedUpTo + 1 : tag; each <= tag; each++) {
      int slot = (int) ((each - 1) % maxEvents);
      if (each > confirmedUpTo && !confirmed[slot]) {
        confirmed[slot] = true;
        confirms++;
      }
    }
    while (confirmedUpTo < published && confirmed[(int) (confirmedUpTo % maxEvents)]) {
      int slot = (int) (confirmedUpTo++ % maxEvents);
      confirmed[slot] = false;
      bytes -= sizes[slot];
    }
    notifyAll();
  }

  /** The client has written all of it. */
  @Override
  public void flush() {}

  @Override
  public synchronized void awaitConfirms() throws InterruptedException {
    while (confirms < published) {
      wait();
    }
  }
}
