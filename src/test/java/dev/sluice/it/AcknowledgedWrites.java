package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.MongoException;
import com.mongodb.MongoWriteException;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonSerializationException;

/**
 * Somebody who writes while things go wrong: inserts a few documents with n 0 and counts n up,
 * round after round, each write tried until it is acknowledged by the majority. A write that took
 * place although its acknowledgement was lost changes nothing when it is tried again, so there is
 * one event for each document and n.
 */
final class AcknowledgedWrites implements AutoCloseable {
  private static final int DOCUMENTS = 10;

  /** Some hundred writes a second: what is left over after a long fault is soon delivered. */
  private static final long PAUSE_MILLIS = 20;

  /** Elections, restarts and clients that notice them, on a machine that is busy with others. */
  static final Duration PATIENCE = Duration.ofMinutes(4);

  private static final int DUPLICATE_KEY = 11000;

  private final ScheduledExecutorService writer =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "test-writer"));
  private final MongoCollection<BsonDocument> collection;
  private final PipelineUnderTest sluice;
  private volatile int rounds;
  private int document;

  private AcknowledgedWrites(PipelineUnderTest sluice) {
    this.sluice = sluice;
    this.collection = sluice.collection().withWriteConcern(WriteConcern.MAJORITY);
  }

  /** Begins, and returns when some writes are acknowledged. */
  static AcknowledgedWrites into(PipelineUnderTest sluice) {
    AcknowledgedWrites writes = new AcknowledgedWrites(sluice);
    writes.writer.scheduleWithFixedDelay(writes::round, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    writes.goOn();
    return writes;
  }

  private void round() {
    try {
      while (document < DOCUMENTS) {
        write(document, rounds);
        document++;
      }
      document = 0;
      rounds++;
    } catch (MongoException | BsonSerializationException notAcknowledged) {
      // The next round begins with this very write.
    }
  }

  private void write(int id, int n) {
    if (n > 0) {
      collection.updateOne(Filters.eq("_id", id), Updates.set("n", n));
      return;
    }
    try {
      collection.insertOne(
          new BsonDocument("_id", new BsonInt32(id)).append("n", new BsonInt32(n)));
    } catch (MongoWriteException e) {
      if (e.getError().getCode() != DUPLICATE_KEY) {
        throw e;
      }
    }
  }

  /** Waits until a few more rounds are acknowledged. */
  void goOn() {
    int enough = rounds + 3;
    await().atMost(PATIENCE).until(() -> rounds >= enough);
  }

  /**
   * Ends, and waits until every event has come out of the queue: each document's in the order of
   * their writing, a repeat only with the message-id of the first.
   */
  void endAndCheck() throws Exception {
    writer.shutdown();
    assertThat(writer.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    int events = DOCUMENTS * rounds + document;
    await()
        .atMost(PATIENCE)
        .failFast(
            "the pipeline has ended: " + sluice.states,
            () -> sluice.ended().isCompletedExceptionally())
        .until(() -> distinct() >= events);
    OrderPerDocument.check(sluice.deliveries, DOCUMENTS, rounds - 1);
  }

  private int distinct() {
    Set<String> ids = new HashSet<>();
    sluice.deliveries.forEach(delivery -> ids.add(delivery.getProperties().getMessageId()));
    return ids.size();
  }

  @Override
  public void close() {
    writer.shutdownNow();
  }
}
