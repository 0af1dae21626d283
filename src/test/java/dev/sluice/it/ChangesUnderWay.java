package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoCollection;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;

/**
 * A writer that changes the same documents again and again, with acknowledged writes, while a test
 * makes things go wrong. What comes out is checked by {@link OrderPerDocument}.
 */
final class ChangesUnderWay implements AutoCloseable {
  /** Enough that the order of one document does not set the pace: one confirm for each change. */
  static final int DOCUMENTS = 25;

  /** With as many documents a thousand changes a second: a load, and no backlog for minutes. */
  private static final int ROUND_MILLIS = 25;

  private final MongoCollection<BsonDocument> collection;
  private final AtomicInteger rounds = new AtomicInteger();
  private final ScheduledExecutorService writer =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "changes-under-way"));

  /** Inserts the documents, and begins to change them. */
  ChangesUnderWay(PipelineUnderTest sluice) {
    collection = sluice.collection();
    collection.insertMany(
        IntStream.range(0, DOCUMENTS)
            .mapToObj(id -> new BsonDocument("_id", new BsonInt32(id)).append("n", number(0)))
            .toList());
    writer.scheduleWithFixedDelay(this::round, 0, ROUND_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static BsonInt32 number(int n) {
    return new BsonInt32(n);
  }

  /** Changes every document once; of others not before {@link #close}. */
  void round() {
    collection.updateMany(
        new BsonDocument(),
        new BsonDocument("$set", new BsonDocument("n", number(rounds.get() + 1))));
    rounds.incrementAndGet();
  }

  /** Waits until every document was changed so many times more. */
  void awaitRounds(int more) {
    int until = rounds.get() + more;
    await().atMost(PipelineUnderTest.PATIENCE).until(() -> rounds.get() >= until);
  }

  /** How often every document was changed so far. */
  int rounds() {
    return rounds.get();
  }

  /** Ends the writing, waits until all of it came out, and checks it. */
  void assertAllComesOut(PipelineUnderTest sluice) throws Exception {
    close();
    int events = DOCUMENTS * (rounds.get() + 1);
    await()
        .atMost(FaultyRabbit.PATIENCE)
        .until(() -> FaultyRabbit.distinct(sluice.deliveries) >= events);
    OrderPerDocument.check(sluice.deliveries, DOCUMENTS, rounds.get());
  }

  @Override
  public void close() throws InterruptedException {
    writer.shutdown();
    assertThat(writer.awaitTermination(PipelineUnderTest.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isTrue();
  }
}
