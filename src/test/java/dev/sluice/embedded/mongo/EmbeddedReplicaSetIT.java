package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.MongoChangeStreamCursor;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.changestream.ChangeStreamDocument;
import com.mongodb.client.model.changestream.FullDocument;
import com.mongodb.client.model.changestream.OperationType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EmbeddedReplicaSetIT {

  private static EmbeddedReplicaSet set;
  private static MongoClient client;

  @BeforeAll
  static void start() {
    set = EmbeddedReplicaSet.builder().name("rs-it").start();
    client = MongoClients.create(set.uri());
  }

  @AfterAll
  static void stop() {
    client.close();
    set.close();
  }

  @Test
  void startsInWellUnderASecondAndLeavesNothingBehind() {
    long begin = System.nanoTime();
    EmbeddedReplicaSet other = EmbeddedReplicaSet.builder().name("short-lived").start();
    Duration startup = Duration.ofNanos(System.nanoTime() - begin);
    List<Integer> ports = other.ports();
    other.close();

    assertThat(startup).isLessThan(Duration.ofSeconds(1));
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().contains("short-lived") && thread.isAlive());
    try (EmbeddedReplicaSet again =
        EmbeddedReplicaSet.builder().ports(ports.get(0), ports.get(1), ports.get(2)).start()) {
      assertThat(again.ports()).isEqualTo(ports);
    }
  }

  @Test
  void closesUnderClientsThatWaitAndLeavesNoThread() {
    EmbeddedReplicaSet other = EmbeddedReplicaSet.builder().name("left-alone").start();
    try (MongoClient waiting = MongoClients.create(other.uri() + "&serverSelectionTimeoutMS=200")) {
      waiting.getDatabase("it").getCollection("c").insertOne(new Document());
      RawChangeStream stream = RawChangeStream.ofCollection(waiting, "it", "c", "{}");
      CompletableFuture<?> reply = CompletableFuture.supplyAsync(() -> stream.getMore(60_000));

      other.close();

      assertThat(reply).failsWithin(Duration.ofSeconds(5));
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().contains("left-alone") && thread.isAlive());
  }

  @Test
  void namesThePortThatIsTaken() {
    int taken = set.ports().get(0);

    assertThatThrownBy(() -> EmbeddedReplicaSet.builder().ports(0, taken, 0).start())
        .isInstanceOf(PortInUseException.class)
        .hasMessageContaining(String.valueOf(taken));
  }

  @Test
  void storesAndFindsWhatADriverWrites() {
    MongoCollection<Document> words = client.getDatabase("it").getCollection("words");
    words.insertMany(
        IntStream.range(0, 500).mapToObj(i -> new Document("_id", i).append("n", i)).toList());
    words.updateMany(Filters.lt("n", 10), Updates.inc("n", 1000));
    words.deleteOne(Filters.eq("_id", 499));
    words.createIndex(Indexes.ascending("n"));
    Document counted =
        words.findOneAndUpdate(
            Filters.eq("_id", "counter"),
            Updates.inc("value", 1),
            new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER));

    assertThat(words.countDocuments()).isEqualTo(500);
    assertThat(words.find(Filters.gte("n", 1000)).into(new ArrayList<>())).hasSize(10);
    assertThat(words.find().batchSize(7).into(new ArrayList<>())).hasSize(500);
    assertThat(counted).isEqualTo(new Document("_id", "counter").append("value", 1));
    assertThat(words.listIndexes().into(new ArrayList<>()))
        .extracting(index -> index.getString("name"))
        .containsExactly("_id_", "n_1");
  }

  @Test
  void streamsChangesAndResumesBehindAnyOfThem() {
    MongoCollection<Document> words = client.getDatabase("it").getCollection("streamed");
    List<ChangeStreamDocument<Document>> seen = new ArrayList<>();
    try (MongoChangeStreamCursor<ChangeStreamDocument<Document>> stream =
        words.watch().fullDocument(FullDocument.UPDATE_LOOKUP).cursor()) {
      words.insertOne(new Document("_id", 1).append("word", "QUIZ"));
      words.updateOne(Filters.eq("_id", 1), Updates.set("word", "JAZZ"));
      words.replaceOne(Filters.eq("_id", 1), new Document("fresh", true));
      words.deleteOne(Filters.eq("_id", 1));
      IntStream.range(0, 4).forEach(i -> seen.add(stream.next()));
    }

    assertThat(seen)
        .extracting(ChangeStreamDocument::getOperationType)
        .containsExactly(
            OperationType.INSERT,
            OperationType.UPDATE,
            OperationType.REPLACE,
            OperationType.DELETE);
    try (MongoChangeStreamCursor<ChangeStreamDocument<Document>> stream =
        words.watch().resumeAfter(seen.get(1).getResumeToken()).cursor()) {
      assertThat(stream.next().getOperationType()).isEqualTo(OperationType.REPLACE);
      assertThat(stream.next().getOperationType()).isEqualTo(OperationType.DELETE);
    }
  }
}
