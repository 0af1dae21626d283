package dev.sluice.bench.loop;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCursor;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.bench.BenchDocuments;
import dev.sluice.bench.Marker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/**
 * The loops. The first argument says which:
 *
 * <ul>
 *   <li>{@code source}: reads the change stream as raw BSON and drops it,
 *   <li>{@code sink}: publishes ready-made bodies,
 *   <li>{@code bare}: publishes the raw bytes of each event as they come; a backlog with two
 *       threads, one for each server; {@code labelled} gives each message properties besides,
 *   <li>{@code sink-stream} and {@code bare-stream}: the same by RabbitMQ's stream protocol,
 *   <li>{@code pipe}: publishes each event's document as the library's JSON, as a first sketch of
 *       such a program would.
 * </ul>
 *
 * <p>None keeps a position. When it has carried its events a loop stays, so that its figures can be
 * read, until it is told to end.
 */
public final class Loop {
  /** How often the source tells how far it is: often enough for its curve, and no work. */
  private static final int TELLINGS = 200;

  /** Ready-made bodies of the sink; more would only need memory. */
  private static final int BODIES = 64;

  private static final JsonWriterSettings RELAXED =
      JsonWriterSettings.builder().outputMode(JsonMode.RELAXED).build();

  private interface Body {
    byte[] of(RawBsonDocument event);
  }

  private final LoopSettings settings;

  private Loop(LoopSettings settings) {
    this.settings = settings;
  }

  public static void main(String[] args) throws Exception {
    Loop loop = new Loop(LoopSettings.ofEnvironment());
    switch (args[0]) {
      case "source" -> loop.source();
      case "sink" -> loop.sink(loop.byAmqp(ConfirmWindow.PERSISTENT));
      case "sink-stream" -> loop.sink(new StreamWindow(loop.settings));
      case "bare" -> loop.bare(loop.byAmqp(ConfirmWindow.PERSISTENT));
      case "labelled" -> loop.bare(loop.byAmqp(ConfirmWindow.labelled(loop.settings.headers())));
      case "bare-stream" -> loop.bare(new StreamWindow(loop.settings));
      case "pipe" -> loop.join(Loop::json, loop.byAmqp(ConfirmWindow.PERSISTENT));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private void source() throws Exception {
    try (MongoClient client = MongoClients.create(settings.mongoUri());
        MongoCursor<RawBsonDocument> events = open(client)) {
      int every = Math.max(1, settings.events() / TELLINGS);
      for (int i = 1; i <= settings.events(); i++) {
        RawBsonDocument event = events.next();
        if (i == 1 || i == settings.events()) {
          // The others are dropped unread: a look at each would be work.
          requireMarker(event, i - 1);
        }
        if (i == 1 || i % every == 0 || i == settings.events()) {
          System.out.println(i);
        }
      }
      stay();
    }
  }

  private static void requireMarker(RawBsonDocument event, int number) {
    if (Marker.in(raw(event)) != number) {
      throw new IllegalStateException("not event " + number);
    }
  }

  private void sink(Sending window) throws Exception {
    List<byte[]> bodies =
        IntStream.range(0, BODIES)
            .mapToObj(new BenchDocuments(settings.documentSize())::next)
            .map(document -> utf8(document))
            .toList();
    for (int i = 0; i < settings.events(); i++) {
      byte[] body = bodies.get(i % BODIES);
      // Its bytes are written, or copied, when it returns.
      Marker.put(body, i);
      window.publish(body);
    }
    window.awaitConfirms();
    stay();
  }

  /**
   * Whichever is the harder to equal: most events a second, or the shortest way for one of them.
   */
  private void bare(Sending window) throws Exception {
    if (settings.events() > 0) {
      overlapped(Loop::raw, window);
    } else {
      join(Loop::raw, window);
    }
  }

  private void join(Body body, Sending window) throws Exception {
    try (MongoClient client = MongoClients.create(settings.mongoUri());
        MongoCursor<RawBsonDocument> events = open(client)) {
      for (int i = 0; settings.events() == 0 || i < settings.events(); i++) {
        window.publish(body.of(events.next()));
        if (events.available() == 0) {
          window.flush();
        }
      }
      window.awaitConfirms();
      stay();
    }
  }

  /** The next reply is under way while this one is published: one thread waits for each server. */
  private void overlapped(Body body, Sending window) throws Exception {
    try (MongoClient client = MongoClients.create(settings.mongoUri());
        MongoCursor<RawBsonDocument> events = open(client)) {
      BlockingQueue<List<byte[]>> replies = new ArrayBlockingQueue<>(1);
      Thread reader = new Thread(() -> readReplies(events, body, replies), "reader");
      reader.setDaemon(true);
      reader.start();
      for (int i = 0; settings.events() == 0 || i < settings.events(); ) {
        for (byte[] event : replies.take()) {
          window.publish(event);
          i++;
        }
        if (replies.isEmpty()) {
          window.flush();
        }
      }
      window.awaitConfirms();
      stay();
    }
  }

  private void readReplies(
      MongoCursor<RawBsonDocument> events, Body body, BlockingQueue<List<byte[]>> replies) {
    try {
      for (int i = 0; settings.events() == 0 || i < settings.events(); ) {
        List<byte[]> reply = new ArrayList<>(settings.batch());
        reply.add(body.of(events.next()));
        while (events.available() > 0) {
          reply.add(body.of(events.next()));
        }
        i += reply.size();
        replies.put(reply);
      }
    } catch (InterruptedException | RuntimeException e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  private MongoCursor<RawBsonDocument> open(MongoClient client) {
    return client
        .getDatabase(settings.database())
        .getCollection(settings.collection())
        .watch()
        .startAtOperationTime(settings.from())
        .batchSize(settings.batch())
        .withDocumentClass(RawBsonDocument.class)
        .cursor();
  }

  /** On a connection that lives as long as the process. */
  private Sending byAmqp(AMQP.BasicProperties properties) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(settings.amqpUri());
    factory.setAutomaticRecoveryEnabled(false);
    Connection connection = factory.newConnection("bench loop");
    return new ConfirmWindow(connection.createChannel(), settings, properties);
  }

  private static byte[] raw(RawBsonDocument event) {
    ByteBuffer bytes = event.getByteBuffer().asNIO();
    int from = bytes.arrayOffset() + bytes.position();
    return from == 0 && bytes.remaining() == bytes.array().length
        ? bytes.array()
        : Arrays.copyOfRange(bytes.array(), from, from + bytes.remaining());
  }

  private static byte[] json(RawBsonDocument event) {
    return utf8(event.getDocument("fullDocument"));
  }

  private static byte[] utf8(BsonDocument document) {
    return document.toJson(RELAXED).getBytes(StandardCharsets.UTF_8);
  }

  /** Until the benchmark has read what it wants to know of this process. */
  private static void stay() throws InterruptedException {
    new CountDownLatch(1).await();
  }
}
