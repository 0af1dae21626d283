package dev.sluice.prove;

import com.mongodb.MongoException;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.Projections;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;

/**
 * The collection of a run with a snapshot: filled, and then written to all the while. A document
 * has one writer, which counts its writes; a write without an answer is the document's last one.
 */
final class SnapshotLoad implements AutoCloseable {
  /** The field that counts a document's writes. */
  static final String NUMBER = "n";

  /** The field that says the same in words, so that half a document shows. */
  static final String TEXT = "t";

  private static final String PADDING = "the rest of a document ".repeat(8);
  private static final int BATCH = 1_000;
  private static final int NEW_ONES = 10;
  private static final int DELETES = 10;
  private static final int REPLACES = 25;
  private static final long PATIENCE_SECONDS = 30;

  private final MongoCollection<BsonDocument> collection;
  private final ProveOptions options;
  private final int documents;
  private final ScheduledThreadPoolExecutor threads;
  private final AtomicLong acknowledged = new AtomicLong();

  SnapshotLoad(MongoCollection<BsonDocument> collection, SnapshotOptions options) {
    this.collection = collection.withWriteConcern(WriteConcern.MAJORITY);
    this.options = options.load();
    this.documents = options.documents();
    this.threads =
        new ScheduledThreadPoolExecutor(
            this.options.writers(), action -> new Thread(action, "prove-writer"));
  }

  static String text(int number) {
    return "write " + number;
  }

  private static BsonDocument content(int number) {
    return new BsonDocument(NUMBER, new BsonInt32(number))
        .append(TEXT, new BsonString(text(number)))
        .append("padding", new BsonString(PADDING));
  }

  private static BsonDocument whole(int document, int number) {
    BsonDocument whole = new BsonDocument("_id", SnapshotId.of(document).value());
    whole.putAll(content(number));
    return whole;
  }

  void fill() {
    List<BsonDocument> batch = new ArrayList<>(BATCH);
    for (int document = 0; document < documents; document++) {
      batch.add(whole(document, 0));
      if (batch.size() == BATCH || document == documents - 1) {
        collection.insertMany(batch, new InsertManyOptions().ordered(false));
        batch.clear();
      }
    }
  }

  /** Begins to write; what a missing primary holds up is made up for. */
  void start() {
    Random seeds = new Random(options.seed());
    int writers = options.writers();
    long period = TimeUnit.SECONDS.toNanos(1) * writers / options.rate();
    for (int writer = 0; writer < writers; writer++) {
      threads.scheduleAtFixedRate(
          new Part(writer, new Random(seeds.nextLong())),
          period * writer / writers,
          period,
          TimeUnit.NANOSECONDS);
    }
  }

  long acknowledged() {
    return acknowledged.get();
  }

  /** The number of each document that is there, by its key. */
  Map<String, Integer> contents() {
    Map<String, Integer> contents = new HashMap<>();
    collection
        .find()
        .projection(Projections.include(NUMBER))
        .batchSize(BATCH)
        .forEach(
            found ->
                contents.put(
                    SnapshotId.of(found.get("_id")).key(), found.getInt32(NUMBER).getValue()));
    return contents;
  }

  /** Returns when the last write has its outcome. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** What one writer has: every so manieth document, and the new ones that it made. */
  private final class Part implements Runnable {
    private final int first;
    private final Random random;

    /** How often the document at this place was written; those that were there begin with 1. */
    private final Map<Integer, Integer> next = new HashMap<>();

    private final BitSet gone = new BitSet();
    private final BitSet retired = new BitSet();
    private int size;

    Part(int first, Random random) {
      this.first = first;
      this.random = random;
      this.size = (documents - first + options.writers() - 1) / options.writers();
    }

    private int document(int place) {
      return first + place * options.writers();
    }

    @Override
    public void run() {
      boolean fresh = size == 0 || random.nextInt(100) < NEW_ONES;
      int place = fresh ? size++ : random.nextInt(size);
      if (retired.get(place)) {
        return;
      }
      int number = next.getOrDefault(place, fresh ? 0 : 1);
      try {
        write(place, number, fresh || gone.get(place));
        next.put(place, number + 1);
        acknowledged.incrementAndGet();
      } catch (MongoException noAnswer) {
        retired.set(place);
      }
    }

    private void write(int place, int number, boolean missing) {
      BsonDocument byId = new BsonDocument("_id", SnapshotId.of(document(place)).value());
      int chance = random.nextInt(100);
      if (missing) {
        collection.insertOne(whole(document(place), number));
        gone.clear(place);
      } else if (chance < DELETES) {
        collection.deleteOne(byId);
        gone.set(place);
      } else if (chance < DELETES + REPLACES) {
        collection.replaceOne(byId, content(number));
      } else {
        collection.updateOne(byId, new BsonDocument("$set", content(number)));
      }
    }
  }
}
