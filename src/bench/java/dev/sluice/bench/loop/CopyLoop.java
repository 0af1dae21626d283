package dev.sluice.bench.loop;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCursor;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import org.bson.RawBsonDocument;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/**
 * The loops that copy a collection. The first argument says which:
 *
 * <ul>
 *   <li>{@code export}: reads by one find and writes JSON to nowhere, as {@code mongoexport} does,
 *   <li>{@code loop}: publishes the raw bytes of each document, with one thread for each server,
 *   <li>{@code labelled}: the same, with properties and headers as many and as long as Sluice's.
 * </ul>
 *
 * <p>Neither could go on after an end in the middle, nor does it know what changes meanwhile.
 */
public final class CopyLoop {
  /** How often it tells how far it is. */
  private static final int TELLINGS = 200;

  private static final JsonWriterSettings RELAXED =
      JsonWriterSettings.builder().outputMode(JsonMode.RELAXED).build();

  private final LoopSettings settings;

  private CopyLoop(LoopSettings settings) {
    this.settings = settings;
  }

  public static void main(String[] args) throws Exception {
    CopyLoop loop = new CopyLoop(LoopSettings.ofEnvironment());
    switch (args[0]) {
      case "export" -> loop.export();
      case "labelled" -> loop.publish(ConfirmWindow.labelled(loop.settings.headers()));
      default -> loop.publish(ConfirmWindow.PERSISTENT);
    }
    // Until the benchmark has read what it wants to know of this process.
    new CountDownLatch(1).await();
  }

  private void export() {
    try (MongoClient client = MongoClients.create(settings.mongoUri());
        MongoCursor<RawBsonDocument> documents = open(client)) {
      int every = Math.max(1, settings.events() / TELLINGS);
      long bytes = 0;
      for (int i = 1; documents.hasNext(); i++) {
        bytes += documents.next().toJson(RELAXED).getBytes(StandardCharsets.UTF_8).length;
        if (i == 1 || i % every == 0 || i == settings.events()) {
          System.out.println(i);
        }
      }
      System.out.println("bytes: " + bytes);
    }
  }

  private void publish(AMQP.BasicProperties properties) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(settings.amqpUri());
    factory.setAutomaticRecoveryEnabled(false);
    try (MongoClient client = MongoClients.create(settings.mongoUri());
        Connection connection = factory.newConnection("bench copy loop");
        MongoCursor<RawBsonDocument> documents = open(client)) {
      ConfirmWindow window = new ConfirmWindow(connection.createChannel(), settings, properties);
      BlockingQueue<List<byte[]>> replies = new ArrayBlockingQueue<>(1);
      Thread reader = new Thread(() -> read(documents, replies), "reader");
      reader.setDaemon(true);
      reader.start();
      for (int i = 0; i < settings.events(); ) {
        for (byte[] document : replies.take()) {
          window.publish(document);
          i++;
        }
      }
      window.awaitConfirms();
      new CountDownLatch(1).await();
    }
  }

  private static void read(
      MongoCursor<RawBsonDocument> documents, BlockingQueue<List<byte[]>> replies) {
    try {
      while (documents.hasNext()) {
        List<byte[]> reply = new ArrayList<>();
        reply.add(raw(documents.next()));
        while (documents.available() > 0) {
          reply.add(raw(documents.next()));
        }
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
        .getCollection(settings.collection(), RawBsonDocument.class)
        .find()
        .batchSize(settings.batch())
        .cursor();
  }

  private static byte[] raw(RawBsonDocument document) {
    ByteBuffer bytes = document.getByteBuffer().asNIO();
    int from = bytes.arrayOffset() + bytes.position();
    return from == 0 && bytes.remaining() == bytes.array().length
        ? bytes.array()
        : Arrays.copyOfRange(bytes.array(), from, from + bytes.remaining());
  }
}
