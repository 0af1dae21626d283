package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Updates;
import dev.sluice.testing.HttpReceiver;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.TestRabbit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice consume} as a process that calls a receiver or a command. */
class CallsIT {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final int DOCUMENTS = 100;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path directory;

  private static SluiceProcess consume(PipelineUnderTest sluice, String... options)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("consume", "--linger", "50ms"));
    command.addAll(List.of(options));
    Map<String, String> environment = new TreeMap<>(sluice.environment());
    // Where the shell finds its commands.
    environment.put("PATH", System.getenv("PATH"));
    return SluiceProcess.start(environment, List.of(), command.toArray(String[]::new));
  }

  private static BsonDocument document(int id, int score) {
    return new BsonDocument("_id", new BsonInt32(id)).append("score", new BsonInt32(score));
  }

  private static void write(PipelineUnderTest sluice, int writes, Random random) {
    MongoCollection<BsonDocument> collection = sluice.collection();
    for (int n = 0; n < writes; n++) {
      int id = random.nextInt(DOCUMENTS);
      switch (random.nextInt(4)) {
        case 0 -> collection.deleteOne(Filters.eq("_id", id));
        case 1 -> collection.updateOne(Filters.eq("_id", id), Updates.set("score", n));
        default ->
            collection.replaceOne(
                Filters.eq("_id", id), document(id, n), new ReplaceOptions().upsert(true));
      }
    }
  }

  private static Map<String, Integer> scores(PipelineUnderTest sluice) {
    Map<String, Integer> scores = new TreeMap<>();
    for (BsonDocument each : sluice.collection().find()) {
      scores.put(
          Integer.toString(each.getInt32("_id").getValue()), each.getInt32("score").getValue());
    }
    return scores;
  }

  /** Keeps the newest state of each document, by position; a delete has no score. */
  private static final class Copy {
    private record State(String position, Integer score) {}

    private final Map<String, State> states = new ConcurrentHashMap<>();

    void take(String body) throws Exception {
      JsonNode event = MAPPER.readTree(body);
      JsonNode document = event.get("document");
      if (document == null && !event.get("operation").asText().equals("delete")) {
        return;
      }
      states.merge(
          event.get("_id").asText(),
          new State(
              event.get("position").asText(),
              document == null ? null : document.get("score").asInt()),
          (old, next) -> next.position().compareTo(old.position()) > 0 ? next : old);
    }

    Map<String, Integer> scores() {
      Map<String, Integer> scores = new TreeMap<>();
      states.forEach(
          (id, state) -> {
            if (state.score() != null) {
              scores.put(id, state.score());
            }
          });
      return scores;
    }
  }

  @Test
  void aReceiverEndsAsTheCollectionWhateverFailsAndWhoeverIsKilled() throws Exception {
    Copy copy = new Copy();
    AtomicInteger requests = new AtomicInteger();
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of());
        HttpReceiver receiver =
            new HttpReceiver(
                (exchange, body) -> {
                  if (requests.incrementAndGet() % 200 == 0) {
                    return 503;
                  }
                  copy.take(body);
                  return 204;
                })) {
      sluice.start();
      String[] options = {
        "--to",
        "http://me:secret@127.0.0.1:" + receiver.port() + "/events?token=hidden",
        "--workers",
        "4",
        "--timeout",
        "10s",
        "--batch",
        "50"
      };
      SluiceProcess consumer = consume(sluice, options);
      CompletableFuture<Void> writes =
          CompletableFuture.runAsync(() -> write(sluice, 1_500, new Random(1)));
      for (int kill = 1; kill <= 2; kill++) {
        int enough = requests.get() + 200;
        await().atMost(LONG).until(() -> requests.get() > enough);
        consumer.close();
        consumer = consume(sluice, options);
      }
      writes.join();
      await().atMost(LONG).untilAsserted(() -> assertThat(copy.scores()).isEqualTo(scores(sluice)));
      consumer.awaitLog("Reading the queue");
      assertThat(consumer.terminate()).as(consumer.log()).isZero();
      assertThat(consumer.log()).doesNotContain("secret").doesNotContain("hidden");
      consumer.close();
    }
  }

  @Test
  void aDocumentThatTheReceiverRefusesIsParkedAlone() throws Exception {
    Copy copy = new Copy();
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of());
        HttpReceiver receiver =
            new HttpReceiver(
                (exchange, body) -> {
                  if (body.contains("\"_id\": \"7\"")) {
                    return 422;
                  }
                  copy.take(body);
                  return 200;
                })) {
      sluice.start();
      for (int id = 1; id <= 20; id++) {
        sluice.collection().insertOne(document(id, id));
      }
      try (SluiceProcess consumer =
          consume(sluice, "--to", "http://127.0.0.1:" + receiver.port(), "--workers", "3")) {
        await().atMost(LONG).until(() -> copy.scores().size() == 19);
        await()
            .atMost(LONG)
            .until(() -> TestRabbit.shared().queueMessages(sluice.parkingQueue()) == 1);
        assertThat(consumer.log()).contains("answers 422: said 422").contains("is parked");
        assertThat(consumer.terminate()).isZero();
        assertThat(receiver.received())
            .extracting(HttpReceiver.Received::key)
            .doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void aStopWaitsForTheCommandThatRuns() throws Exception {
    Path begun = directory.resolve("begun");
    Path lines = directory.resolve("lines");
    String slow = "exec:touch " + begun + "; sleep 2; cat >> " + lines;
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      sluice.start();
      sluice.collection().insertOne(document(1, 1));
      try (SluiceProcess consumer = consume(sluice, "--to", slow)) {
        await().atMost(LONG).until(() -> Files.exists(begun));
        assertThat(consumer.terminate()).as(consumer.log()).isZero();
        assertThat(consumer.log()).contains("Keeping exec:touch in step").doesNotContain("sleep");
      }
      assertThat(Files.readAllLines(lines)).hasSize(1);
      assertThat(TestRabbit.shared().queueMessages(sluice.queue())).isZero();
    }
  }

  @Test
  void saysWhatIsWrongWithWorkersAndCommands() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      String file = "file:" + directory.resolve("plays.jsonl");
      EndedCommand workers =
          EndedCommand.of(sluice.environment(), "consume", "--to", file, "--workers", "2");
      assertThat(workers.code()).isEqualTo(2);
      assertThat(workers.err()).contains("file: is written by one worker").contains("--workers");
      EndedCommand many =
          EndedCommand.of(sluice.environment(), "consume", "--to", "exec:cat", "--workers", "65");
      assertThat(many.code()).isEqualTo(2);
      assertThat(many.err()).contains("--workers is a number from 1 to 64");
      sluice.start();
      sluice.collection().insertOne(document(1, 1));
      EndedCommand missing =
          EndedCommand.of(sluice.environment(), "consume", "--to", "exec:no-such-command");
      assertThat(missing.code()).isEqualTo(3);
      assertThat(missing.err()).contains("127").contains("no-such-command: not found");
    }
  }
}
