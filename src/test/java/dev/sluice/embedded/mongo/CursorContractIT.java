package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import dev.sluice.testing.TestMongo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * How a server's cursors wait, fill their replies and end. Runs on the best replica set at hand.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CursorContractIT {

  private MongoClient client;
  private MongoDatabase database;
  private MongoCollection<BsonDocument> words;

  @BeforeAll
  void connect() {
    client = TestMongo.shared().connect();
    database = client.getDatabase("cursors_" + UUID.randomUUID().toString().substring(0, 8));
    words = database.getCollection("words", BsonDocument.class);
  }

  @AfterEach
  void clean() {
    database.drop();
  }

  @AfterAll
  void disconnect() {
    client.close();
  }

  private RawChangeStream watch(String options) {
    return RawChangeStream.ofCollection(client, database.getName(), "words", options);
  }

  private static BsonDocument doc(String json) {
    return BsonDocument.parse(json);
  }

  private static List<BsonDocument> batch(BsonDocument reply) {
    return reply.getDocument("cursor").getArray("nextBatch").stream()
        .map(event -> event.asDocument())
        .toList();
  }

  private static Duration took(Runnable action) {
    long begin = System.nanoTime();
    action.run();
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  @Test
  void anIdleGetMoreWaitsAndStillCarriesAPostBatchToken() {
    RawChangeStream stream = watch("{}");

    Duration waited = took(() -> stream.getMore(500));

    assertThat(batch(stream.lastReply())).isEmpty();
    assertThat(stream.postBatchToken().containsKey("_data")).isTrue();
    assertThat(waited).isBetween(Duration.ofMillis(490), Duration.ofMillis(1500));
  }

  @Test
  void aWaitingGetMoreReturnsWithTheFirstEvent() {
    words.insertOne(doc("{_id: 0}"));
    RawChangeStream stream = watch("{}");

    CompletableFuture<Duration> waited =
        CompletableFuture.supplyAsync(() -> took(() -> stream.getMore(20_000)));
    words.insertOne(doc("{_id: 1}"));

    assertThat(waited.join()).isLessThan(Duration.ofSeconds(5));
    assertThat(batch(stream.lastReply())).hasSize(1);
  }

  @Test
  void manyWaitingCursorsHoldUpNobody() {
    words.insertOne(doc("{_id: 0}"));
    List<RawChangeStream> streams = Stream.generate(() -> watch("{}")).limit(50).toList();
    List<CompletableFuture<BsonDocument>> waiting = new ArrayList<>();
    var threads = Executors.newCachedThreadPool();
    try {
      streams.forEach(
          stream ->
              waiting.add(CompletableFuture.supplyAsync(() -> stream.getMore(20_000), threads)));

      assertThat(took(() -> database.runCommand(doc("{ping: 1}"))))
          .isLessThan(Duration.ofSeconds(2));
      words.insertOne(doc("{_id: 1}"));

      assertThat(waiting).allSatisfy(reply -> assertThat(batch(reply.join())).hasSize(1));
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void theTokenMovesOnWhileOtherCollectionsAreWritten() {
    words.insertOne(doc("{_id: 0}"));
    RawChangeStream stream = watch("{}");
    String before = stream.postBatchToken().getString("_data").getValue();

    database.getCollection("other", BsonDocument.class).insertOne(doc("{_id: 1}"));
    database.getCollection("other", BsonDocument.class).insertOne(doc("{_id: 2}"));
    stream.getMore(200);

    String after = stream.postBatchToken().getString("_data").getValue();
    assertThat(after).isGreaterThan(before);
    words.insertOne(doc("{_id: 3}"));
    RawChangeStream resumed = watch("{resumeAfter: {_data: '" + after + "'}}");
    assertThat(resumed.firstAndFurther()).hasSize(1);
  }

  @Test
  void aBatchHoldsNoMoreThanAskedFor() {
    RawChangeStream stream = watch("{}");
    words.insertMany(
        IntStream.range(0, 10).mapToObj(i -> new BsonDocument("_id", new BsonInt32(i))).toList());

    BsonDocument reply = stream.getMore(500, 3);

    List<BsonDocument> events = batch(reply);
    assertThat(events).hasSize(3);
    assertThat(stream.postBatchToken()).isEqualTo(events.get(2).getDocument("_id"));
    assertThat(stream.drain()).hasSize(7);
  }

  @Test
  void aReplyStaysBelowSixteenMegabytes() {
    RawChangeStream stream = watch("{}");
    for (int i = 0; i < 5; i++) {
      words.insertOne(
          new BsonDocument("_id", new BsonInt32(i))
              .append("blob", new BsonBinary(new byte[5 * 1024 * 1024])));
    }

    List<Integer> sizes = new ArrayList<>();
    while (sizes.stream().mapToInt(Integer::intValue).sum() < 5) {
      sizes.add(batch(stream.getMore(2000)).size());
    }

    assertThat(sizes).allSatisfy(size -> assertThat(size).isBetween(1, 3));
  }

  @Test
  void aTokenIsValidBehindEveryEventAndTokensSortAsEvents() {
    RawChangeStream stream = watch("{}");
    words.insertMany(
        IntStream.range(0, 20).mapToObj(i -> new BsonDocument("_id", new BsonInt32(i))).toList());
    List<BsonDocument> events = stream.drain();

    List<String> tokens =
        events.stream()
            .map(event -> event.getDocument("_id").getString("_data").getValue())
            .toList();
    assertThat(tokens).isSorted().doesNotHaveDuplicates();
    for (int i = 0; i < events.size(); i += 7) {
      RawChangeStream resumed = watch("{resumeAfter: " + events.get(i).get("_id") + "}");
      assertThat(resumed.firstAndFurther()).hasSize(events.size() - i - 1);
    }
  }

  @Test
  void aStartTimeIncludesTheEventAtThatTime() {
    RawChangeStream stream = watch("{}");
    words.insertOne(doc("{_id: 1}"));
    words.insertOne(doc("{_id: 2}"));
    BsonDocument second = stream.drain().get(1);

    RawChangeStream again =
        watch(new BsonDocument("startAtOperationTime", second.get("clusterTime")).toJson());

    assertThat(again.firstAndFurther()).containsExactly(second);
  }

  @Test
  void aKilledCursorIsNotFoundAndAWaitingOneIsInterrupted() {
    RawChangeStream stream = watch("{}");
    CompletableFuture<BsonDocument> waiting =
        CompletableFuture.supplyAsync(() -> stream.getMore(20_000));
    org.awaitility.Awaitility.await()
        .pollDelay(Duration.ofMillis(200))
        .until(() -> !waiting.isDone());

    stream.kill();

    assertThat(waiting).failsWithin(Duration.ofSeconds(5));
    // Whoever waited may not have let go of it yet: then it is in use (143) for a little longer.
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> codeOf(() -> stream.getMore(1)) != 143);
    assertThat(codeOf(() -> stream.getMore(1))).isEqualTo(43);
  }

  private static int codeOf(Runnable command) {
    try {
      command.run();
      return 0;
    } catch (MongoCommandException refused) {
      return refused.getErrorCode();
    }
  }

  @Test
  void aCursorIsReadInTheSessionThatOpenedItOnly() {
    RawChangeStream stream = watch("{}");

    assertThat(codeOf(stream::getMoreInAnotherSession)).isEqualTo(50738);
    assertThat(batch(stream.getMore(1))).isEmpty();
  }

  @Test
  void theLogCanBeReadAtBothEnds() {
    words.insertOne(doc("{_id: 1}"));
    var log = client.getDatabase("local").getCollection("oplog.rs", BsonDocument.class);

    BsonDocument first = log.find().sort(doc("{$natural: 1}")).first();
    BsonDocument last = log.find().sort(doc("{$natural: -1}")).first();

    assertThat(first.getTimestamp("ts")).isLessThan(last.getTimestamp("ts"));
    assertThat(last.containsKey("wall")).isTrue();
  }
}
