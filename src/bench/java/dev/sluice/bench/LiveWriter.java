package dev.sluice.bench;

import com.mongodb.WriteConcern;
import com.mongodb.client.MongoCollection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.bson.BsonDocument;

/**
 * Writes on a schedule that knows nothing of how the writes or the events fare: each is due at its
 * own instant, however late those before it were.
 */
final class LiveWriter {
  /** One waits for its acknowledgement while the next one is due. */
  static final int THREADS = 4;

  /** Above a thousand writes a second several documents go into one. */
  private static final int MOST_WRITES_PER_SECOND = 1_000;

  /** The first is due in a moment, so that all threads are there. */
  private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final MongoCollection<BsonDocument> collection;
  private final int size;
  private final LiveEvents events;
  private final ExecutorService threads;

  LiveWriter(
      MongoCollection<BsonDocument> collection,
      int size,
      LiveEvents events,
      ExecutorService threads) {
    this.collection = collection.withWriteConcern(WriteConcern.MAJORITY);
    this.size = size;
    this.events = events;
    this.threads = threads;
  }

  /** Writes documents with the numbers from {@code first} on; returns when all are acknowledged. */
  void write(int first, int count, int rate) {
    int atOnce = Math.max(1, rate / MOST_WRITES_PER_SECOND);
    long begin = System.nanoTime() + LEAD_NANOS;
    CompletableFuture<?>[] parts = new CompletableFuture<?>[THREADS];
    for (int thread = 0; thread < THREADS; thread++) {
      int offset = thread * atOnce;
      parts[thread] =
          CompletableFuture.runAsync(
              () -> writePart(first, offset, count, atOnce, begin, rate), threads);
    }
    CompletableFuture.allOf(parts).join();
  }

  private void writePart(int first, int offset, int count, int atOnce, long begin, int rate) {
    BenchDocuments documents = new BenchDocuments(size);
    for (int at = offset; at < count; at += THREADS * atOnce) {
      int end = Math.min(count, at + atOnce);
      List<BsonDocument> some = new ArrayList<>(atOnce);
      for (int i = at; i < end; i++) {
        some.add(documents.next(first + i));
      }
      long due = begin + (long) (at * 1e9 / rate);
      awaitNanos(due);
      collection.insertMany(some);
      long acknowledged = System.nanoTime();
      for (int i = at; i < end; i++) {
        events.due[first + i] = due;
        events.acknowledged[first + i] = acknowledged;
      }
    }
  }

  private static void awaitNanos(long instant) {
    for (long left = instant - System.nanoTime(); left > 0; left = instant - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
