package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.rabbitmq.client.Delivery;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.TcpProxy;
import dev.sluice.testing.TestMongo;
import dev.sluice.testing.TestRabbit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code SLUICE_TRANSACTION_MARKERS}: of two collections, and of one that is not watched. */
class TransactionMarkersIT {
  /** Of the writes; another one makes another test of it. */
  private static final long SEED = 11;

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final PipelineUnderTest sluice =
      new PipelineUnderTest(Map.of("SLUICE_TRANSACTION_MARKERS", "true"));

  private MongoClient mongo;
  private ClientSession session;

  @BeforeEach
  void connect() {
    sluice
        .environment()
        .put("SLUICE_NAMESPACES", sluice.database() + ".plays, " + sluice.database() + ".moves");
    mongo = TestMongo.shared().connect();
    session = mongo.startSession();
    // What is made within a transaction is made twice if that is tried again.
    for (String name : List.of("plays", "moves", "hidden")) {
      mongo.getDatabase(sluice.database()).createCollection(name);
    }
  }

  @AfterEach
  void close() {
    session.close();
    mongo.close();
    sluice.close();
  }

  private MongoCollection<BsonDocument> collection(String name) {
    return mongo.getDatabase(sluice.database()).getCollection(name, BsonDocument.class);
  }

  private static List<BsonDocument> documents(int count) {
    return IntStream.range(0, count)
        .mapToObj(n -> new BsonDocument("n", new BsonInt32(n)))
        .toList();
  }

  /** One transaction; hidden writes come first, between and last. */
  private void commit(int plays, int moves) {
    session.startTransaction();
    collection("hidden").insertMany(session, documents(2));
    collection("plays").insertMany(session, documents(plays));
    collection("hidden").insertMany(session, documents(1));
    if (moves > 0) {
      collection("moves").insertMany(session, documents(moves));
    }
    collection("hidden").insertMany(session, documents(1));
    session.commitTransaction();
  }

  private static boolean isCommit(Delivery delivery) {
    return "commit".equals(delivery.getProperties().getType());
  }

  private List<Delivery> commits() {
    return sluice.deliveries.stream().filter(TransactionMarkersIT::isCommit).toList();
  }

  private static String transaction(Delivery delivery) throws Exception {
    JsonNode transaction = DeliveredJson.of(delivery).at("/metadata/transaction");
    return transaction.path("lsid").asText() + " " + transaction.path("number").asText();
  }

  private static Map<String, Integer> counts(Delivery commit) throws Exception {
    Map<String, Integer> counts = new HashMap<>();
    for (JsonNode each : DeliveredJson.of(commit).path("collections")) {
      counts.put(each.path("collection").asText(), each.path("events").asInt());
    }
    return counts;
  }

  @Test
  void countTheEventsOfTheWatchedCollectionsWhileNothingElseHappens() throws Exception {
    sluice.start();
    sluice.consume();
    commit(2, 1);
    sluice.awaitDeliveries(4);
    collection("plays").insertOne(documents(1).get(0));
    sluice.awaitDeliveries(5);

    assertThat(commits()).hasSize(1);
    Delivery commit = sluice.deliveries.get(3);
    assertThat(counts(commit)).isEqualTo(Map.of("plays", 2, "moves", 1));
    assertThat(DeliveredJson.of(commit).path("events").asInt()).isEqualTo(3);
    assertThat(transaction(commit)).isEqualTo(transaction(sluice.deliveries.get(0)));
    assertThat(commit.getEnvelope().getRoutingKey()).isEqualTo("sluice.commit");
    assertThat(commit.getProperties().getHeaders().get("position"))
        .hasToString(DeliveredJson.of(sluice.deliveries.get(2)).at("/metadata/position").asText());
  }

  @Test
  void comeAfterTheNextStartWhereAStopCameInTheMiddle() throws Exception {
    int events = 2_000;
    sluice.environment().put("SLUICE_MAX_IN_FLIGHT", "1");
    sluice.start();
    sluice.consume();
    commit(events, 1);
    sluice.awaitDeliveries(20);

    sluice.stop();

    int before = sluice.deliveries.size();
    assertThat(before).isLessThan(events);
    assertThat(commits()).isEmpty();
    sluice.environment().put("SLUICE_MAX_IN_FLIGHT", "500");
    sluice.start();
    await().atMost(PATIENCE).until(() -> commits().size() == 1);

    assertThat(sluice.deliveries)
        .hasSize(events + 2)
        .last()
        .matches(TransactionMarkersIT::isCommit);
    assertThat(FaultyRabbit.distinct(sluice.deliveries)).isEqualTo(events + 2);
    assertThat(counts(commits().get(0))).isEqualTo(Map.of("plays", events, "moves", 1));
  }

  @Test
  void countAllOfATransactionInWhichTheProcessWasKilled() throws Exception {
    int events = 2_000;
    sluice.environment().put("SLUICE_MAX_IN_FLIGHT", "1");
    SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming();
    try {
      sluice.consume();
      commit(events, 0);
      for (int kill = 1; kill <= 2; kill++) {
        sluice.awaitDeliveries(200 * kill);
        process.close();
        process = SluiceProcess.run(sluice.environment()).awaitStreaming();
      }
      assertThat(commits()).isEmpty();
      await().atMost(PATIENCE).until(() -> commits().size() == 1);
      assertThat(process.terminate()).isZero();
    } finally {
      process.close();
    }

    assertThat(FaultyRabbit.distinct(sluice.deliveries)).isEqualTo(events + 1);
    assertThat(counts(commits().get(0))).isEqualTo(Map.of("plays", events));
  }

  private void awaitTypes(String... types) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(sluice.deliveries)
                    .extracting(delivery -> delivery.getProperties().getType())
                    .containsExactly(types));
  }

  /** Of one collection alone, whose end is the end of its stream. */
  @Test
  void standBeforeTheEndOfTheCollectionAndBehindIt() throws Exception {
    sluice.environment().put("SLUICE_NAMESPACES", sluice.database() + ".plays");
    sluice.start();
    sluice.consume();
    commit(2, 0);
    collection("plays").drop();
    awaitTypes("insert", "insert", "commit", "drop", "invalidate");
    sluice.stop();
    mongo.getDatabase(sluice.database()).createCollection("plays");
    commit(1, 0);

    sluice.start();

    awaitTypes("insert", "insert", "commit", "drop", "invalidate", "insert", "commit");
    assertThat(counts(commits().get(1))).isEqualTo(Map.of("plays", 1));
  }

  @Test
  void areReplayedToo() throws Exception {
    String other = TestRabbit.freshName("replayed");
    commit(2, 1);
    commit(1, 0);

    EndedCommand ended =
        EndedCommand.of(sluice.environment(), "replay", "--from=earliest", "--queue=" + other);

    assertThat(ended.code()).as(ended.err()).isZero();
    try (var connection = TestRabbit.shared().connect()) {
      var channel = connection.createChannel();
      List<String> types = new ArrayList<>();
      for (var got = channel.basicGet(other, true);
          got != null;
          got = channel.basicGet(other, true)) {
        types.add(got.getProps().getType());
      }
      channel.queueDelete(other);
      assertThat(types).containsExactly("insert", "insert", "insert", "commit", "insert", "commit");
    }
  }

  /** Each transaction has one marker, with its own counts, behind the last of its events. */
  @Test
  void areRightForEachOfManyTransactionsWhateverBreaks() throws Exception {
    int transactions = 2_000;
    Random random = new Random(SEED);
    TestRabbit rabbit = TestRabbit.shared();
    try (TcpProxy network = TcpProxy.to(rabbit.host(), rabbit.port())) {
      sluice
          .environment()
          .put(
              "RABBITMQ_URI",
              rabbit.uri().replaceFirst("@[^/]*", "@" + network.host() + ":" + network.port()));
      sluice.start();
      sluice.consume();
      for (int i = 0; i < transactions; i++) {
        commit(1 + random.nextInt(4), random.nextInt(3));
        if (i % 100 == 50) {
          network.sever();
        }
      }
      await().atMost(PATIENCE).until(() -> FaultyRabbit.distinct(commits()) == transactions);
    }

    assertThatEachIsRight(transactions);
  }

  /** Of changes to what the snapshot has read, or has not read yet, and of new documents. */
  private void changeInTransactions(int transactions, int documents, Random random) {
    for (int i = 0; i < transactions; i++) {
      session.startTransaction();
      for (int change = 0; change < 3; change++) {
        collection("plays")
            .updateOne(
                session,
                Filters.eq("_id", random.nextInt(documents)),
                Updates.inc("n", documents),
                new UpdateOptions().upsert(true));
      }
      collection("plays").deleteOne(session, Filters.eq("_id", random.nextInt(documents)));
      collection("moves").insertMany(session, documents(1 + random.nextInt(3)));
      session.commitTransaction();
    }
  }

  @Test
  void areRightBesideASnapshotThatIsStoppedAndKilledInTheMiddle() throws Exception {
    int documents = 3_000;
    int transactions = 40;
    Random random = new Random(SEED);
    sluice.environment().put("SLUICE_SNAPSHOT", "initial");
    sluice.environment().put("SLUICE_SNAPSHOT_CHUNK", "5");
    collection("plays").insertMany(numbered(documents));
    sluice.start().consume();
    changeInTransactions(transactions, documents, random);
    sluice.awaitDeliveries(300);
    sluice.stop();
    assertThat(copy().isComplete()).as("stopped in the middle").isFalse();
    try (SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming()) {
      changeInTransactions(transactions, documents, random);
      sluice.awaitDeliveries(1_000);
      process.kill();
    }
    assertThat(copy().isComplete()).as("killed in the middle").isFalse();

    sluice.start();
    changeInTransactions(transactions, documents, random);

    await().atMost(PATIENCE).until(() -> copy().isComplete());
    await().atMost(PATIENCE).until(() -> FaultyRabbit.distinct(commits()) == 3 * transactions);
    assertThatEachIsRight(3 * transactions);
    assertThat(copy().numbers()).isEqualTo(numbersIn("plays", "moves"));
    assertThat(copy().notices()).filteredOn("snapshot-started"::equals).hasSize(1);
  }

  private static List<BsonDocument> numbered(int count) {
    return IntStream.range(0, count)
        .mapToObj(n -> SnapshotOnServersIT.document(new BsonInt32(n), n))
        .toList();
  }

  private SnapshotCopy copy() {
    return SnapshotCopy.of(List.copyOf(sluice.deliveries));
  }

  private List<Integer> numbersIn(String... names) {
    List<Integer> numbers = new ArrayList<>();
    for (String name : names) {
      collection(name).find().forEach(found -> numbers.add(found.getInt32("n").getValue()));
    }
    numbers.sort(null);
    return numbers;
  }

  /** What a snapshot brings belongs to no transaction. */
  private void assertThatEachIsRight(int transactions) throws Exception {
    Map<String, Set<String>> events = new LinkedHashMap<>();
    Map<String, Map<String, Integer>> counted = new HashMap<>();
    Map<String, String> commits = new HashMap<>();
    for (Delivery delivery : sluice.deliveries) {
      String type = delivery.getProperties().getType();
      if (type.equals("read") || type.startsWith("snapshot-")) {
        continue;
      }
      String transaction = transaction(delivery);
      String id = delivery.getProperties().getMessageId();
      if (isCommit(delivery)) {
        assertThat(commits.merge(transaction, id, (first, again) -> again)).isEqualTo(id);
        assertThat(counts(delivery)).isEqualTo(counted.get(transaction));
      } else if (events.computeIfAbsent(transaction, key -> new HashSet<>()).add(id)) {
        assertThat(commits).as("behind its marker").doesNotContainKey(transaction);
        String collection = DeliveredJson.of(delivery).path("collection").asText();
        counted
            .computeIfAbsent(transaction, key -> new HashMap<>())
            .merge(collection, 1, Integer::sum);
      }
    }
    assertThat(commits).hasSize(transactions);
    assertThat(new HashSet<>(commits.values())).hasSize(transactions);
    assertThat(events).hasSize(transactions);
  }
}
