package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Updates;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.TestMongo;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.junit.jupiter.api.Test;

/** A consumer process that copies into another database of the same servers. */
class MongoCopyIT {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final int DOCUMENTS = 200;

  private static BsonDocument document(int id, int n) {
    return new BsonDocument("_id", new BsonInt32(id))
        .append("n", new BsonInt64(n))
        .append("d", new BsonDouble(n));
  }

  private static void write(MongoCollection<BsonDocument> collection, int writes, Random random) {
    for (int n = 0; n < writes; n++) {
      int id = random.nextInt(DOCUMENTS);
      switch (random.nextInt(4)) {
        case 0 -> collection.deleteOne(Filters.eq("_id", id));
        case 1 -> collection.updateOne(Filters.eq("_id", id), Updates.set("n", (long) n));
        default ->
            collection.replaceOne(
                Filters.eq("_id", id), document(id, n), new ReplaceOptions().upsert(true));
      }
    }
  }

  private static Set<BsonDocument> all(MongoCollection<BsonDocument> collection) {
    return collection.find().into(new HashSet<>());
  }

  private static String to(String database) {
    String uri = TestMongo.shared().uri();
    return uri + (uri.contains("?") ? "&" : "/?") + "sluice.database=" + database;
  }

  private static SluiceProcess consume(PipelineUnderTest sluice, String to) throws Exception {
    return SluiceProcess.start(
        sluice.environment(),
        List.of(),
        "consume",
        "--to",
        to,
        "--batch",
        "50",
        "--linger",
        "50ms");
  }

  @Test
  void theCopyIsTheCollectionToTheTypeOfANumberHoweverOftenItsConsumerIsKilled() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of("SLUICE_JSON", "canonical"));
        MongoClient client = TestMongo.shared().connect()) {
      String database = sluice.database() + "_copy";
      MongoCollection<BsonDocument> copy =
          client.getDatabase(database).getCollection("scrabble", BsonDocument.class);
      sluice.start();
      CompletableFuture<Void> writes =
          CompletableFuture.runAsync(() -> write(sluice.collection(), 2_000, new Random(1)));
      Random moments = new Random(2);
      for (int kill = 0; kill < 2; kill++) {
        try (SluiceProcess consumer = consume(sluice, to(database)).awaitLog("Reading the queue")) {
          Duration moment = Duration.ofMillis(100 + moments.nextInt(500));
          await().pollDelay(moment).until(consumer::isAlive);
        }
      }
      writes.join();
      try (SluiceProcess consumer = consume(sluice, to(database))) {
        await()
            .atMost(LONG)
            .untilAsserted(() -> assertThat(all(copy)).isEqualTo(all(sluice.collection())));
        assertThat(consumer.terminate()).as(consumer.log()).isZero();
        assertThat(consumer.log()).doesNotContain("SLUICE_JSON");
      } finally {
        removeCopy(client, database);
      }
    }
  }

  private static void removeCopy(MongoClient client, String database) {
    client.getDatabase(database).drop();
    for (String each : List.of("collections", "states")) {
      client
          .getDatabase("sluice")
          .getCollection(each)
          .deleteMany(
              Filters.or(
                  Filters.regex("_id", "^" + database), Filters.regex("_id.ns", "^" + database)));
    }
  }

  @Test
  void theCollectionItselfIsNoTarget() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start()) {
      sluice.collection().insertOne(document(1, 1));

      EndedCommand.of(sluice.environment(), "consume", "--to", TestMongo.shared().uri())
          .assertLastSentence(3, "is where the changes come from", "sluice.database");
    }
  }
}
