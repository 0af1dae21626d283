package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Delivery;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.TestRabbit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;

/** The shipped jar as a process: how it ends, and what it leaves. */
class ProcessIT {
  private static final int KEYS = 100;

  private static BsonDocument document(int n) {
    return new BsonDocument("_id", new BsonInt32(n))
        .append("key", new BsonInt32(n % KEYS))
        .append("text", new BsonString("x".repeat(200)));
  }

  @Test
  void tenKillsDuringTwentyThousandInsertsLoseNothingAndRepeatUnderTheSameIds() throws Exception {
    int events = 20_000;
    int kills = 10;
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of("SLUICE_LEASE", "1s"))) {
      SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming();
      sluice.consume();
      CompletableFuture<Void> writes =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < events; i += 20) {
                  List<BsonDocument> some = new ArrayList<>();
                  for (int j = i; j < i + 20; j++) {
                    some.add(document(j));
                  }
                  sluice.collection().insertMany(some);
                }
              });
      for (int kill = 0; kill < kills; kill++) {
        int seen = sluice.deliveries.size();
        await()
            .pollInterval(Duration.ofMillis(1 + random.nextInt(200)))
            .atMost(PipelineUnderTest.PATIENCE)
            .until(() -> sluice.deliveries.size() > seen);
        process.close();
        process = SluiceProcess.run(sluice.environment());
      }
      writes.join();

      await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> firstDeliveries(sluice.deliveries).size() >= events);
      Map<String, Integer> order = firstDeliveries(sluice.deliveries);
      assertThat(order).as("seed %d", seed).hasSize(events);
      int before = -1;
      for (int id : order.values()) {
        assertThat(id).as("order, seed %d", seed).isEqualTo(before + 1);
        before = id;
      }
      assertThat(process.terminate()).isZero();
      process.close();
    }
  }

  /**
   * Message id to document id, in the order in which each came first; fails on a changed repeat.
   */
  private static Map<String, Integer> firstDeliveries(List<Delivery> deliveries) {
    Map<String, Integer> first = new LinkedHashMap<>();
    for (Delivery delivery : deliveries) {
      int id = Integer.parseInt(String.valueOf(delivery.getProperties().getHeaders().get("id")));
      Integer other = first.putIfAbsent(delivery.getProperties().getMessageId(), id);
      assertThat(other == null || other == id).as("one message id, one event").isTrue();
    }
    return first;
  }

  @Test
  void sigtermUnderLoadDrainsAndExitsWithZeroAndTheNextStartRepeatsNothing() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of());
        SluiceProcess first = SluiceProcess.run(sluice.environment()).awaitStreaming()) {
      sluice.consume();
      CompletableFuture<Void> writes =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 3_000; i++) {
                  sluice.collection().insertOne(document(i));
                }
              });
      sluice.awaitDeliveries(100);

      assertThat(first.terminate()).isZero();
      assertThat(first.log()).contains("DRAINING").contains("STOPPED");
      try (SluiceProcess second = SluiceProcess.run(sluice.environment()).awaitStreaming()) {
        writes.join();
        sluice.awaitDeliveries(3_000);
        assertThat(second.terminate()).isZero();
      }
      assertThat(sluice.deliveries)
          .extracting(delivery -> delivery.getProperties().getMessageId())
          .hasSize(3_000)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void aBacklogWithDocumentsOfSixteenMegabytesFitsIntoTheShippedHeap() throws Exception {
    int small = 80_000;
    int every = 20_000;
    int events = small + small / every;
    // The JSON of such a document is a little longer than itself.
    Map<String, String> settings = Map.of("SLUICE_MAX_MESSAGE_BYTES", "20MiB");
    try (PipelineUnderTest sluice = new PipelineUnderTest(settings)) {
      try (SluiceProcess first = SluiceProcess.run(sluice.environment()).awaitStreaming()) {
        assertThat(first.terminate()).isZero();
      }
      BsonString large = new BsonString("x".repeat(16 * 1024 * 1024 - 1_000));
      for (int i = 0; i < small; i += 1_000) {
        List<BsonDocument> some = new ArrayList<>();
        for (int j = i; j < i + 1_000; j++) {
          some.add(document(j));
        }
        sluice.collection().insertMany(some);
        if (i % every == 0) {
          sluice.collection().insertOne(document(-1 - i).append("large", large));
        }
      }

      try (SluiceProcess second = SluiceProcess.run(sluice.environment()).awaitStreaming()) {
        await()
            .atMost(Duration.ofMinutes(2))
            .untilAsserted(
                () ->
                    assertThat(TestRabbit.shared().queueMessages(sluice.queue()))
                        .as(second.log())
                        .isGreaterThanOrEqualTo(events));
        assertThat(second.peakMegabytes()).isLessThan(300);
        assertThat(second.terminate()).isZero();
        assertThat(second.log()).doesNotContain("BACKING_OFF");
      }
      assertThat(TestRabbit.shared().queueMessages(sluice.queue())).isEqualTo(events);
    }
  }

  /**
   * Whoever starts it again after a kill does so now as well; 3 would say that a setting is wrong.
   */
  @Test
  void aProcessWithoutMemoryEndsAsIfKilled() throws Exception {
    Map<String, String> settings = Map.of("SLUICE_MAX_MESSAGE_BYTES", "2MiB");
    try (PipelineUnderTest sluice = new PipelineUnderTest(settings);
        SluiceProcess process =
            SluiceProcess.start(sluice.environment(), List.of("-Xmx24m"), "run")) {
      process.awaitStreaming();
      BsonString large = new BsonString("x".repeat(15 * 1024 * 1024));

      sluice.collection().insertOne(document(1).append("large", large));

      assertThat(process.exitCode()).isEqualTo(128 + 9);
      assertThat(process.log()).contains("OutOfMemoryError");
    }
  }

  /**
   * The JVM ends by itself for want of heap only; the driver calls this an unexpected exception.
   */
  @Test
  void aProcessWithoutMemoryForALargeReplyEndsAndSaysWhatItLacks() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of());
        SluiceProcess process =
            SluiceProcess.start(
                sluice.environment(), List.of("-XX:MaxDirectMemorySize=15m"), "run")) {
      process.awaitStreaming();
      BsonString large = new BsonString("x".repeat(16 * 1024 * 1024 - 1_000));

      sluice.collection().insertOne(document(1).append("large", large));

      assertThat(process.exitCode()).as(process.log()).isEqualTo(70);
      assertThat(process.log()).contains("-XX:MaxDirectMemorySize");
    }
  }

  @Test
  void theInserterFindsEveryWriteAtRabbit() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start();
        SluiceProcess inserter =
            SluiceProcess.start(
                sluice.environment(),
                List.of(),
                "insert",
                "--count=200",
                "--mix=insert:60,update:25,replace:5,delete:10",
                "--seed=1",
                "--verify",
                "--quiet")) {
      assertThat(inserter.exitCode()).as(inserter.log()).isZero();
      assertThat(inserter.log())
          .contains("acknowledged 200", "delivered 200, missing 0, repeated 0, out of order 0");
    }
  }

  @Test
  void theInserterNamesWhatIsMissingAndHintsAtThePipeline() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      Map<String, String> environment = new HashMap<>(sluice.environment());
      try (SluiceProcess inserter =
          SluiceProcess.start(
              environment, List.of(), "insert", "--count=3", "--verify", "--wait=1s")) {
        assertThat(inserter.exitCode()).isEqualTo(1);
        assertThat(inserter.log())
            .containsPattern("(?s)missing [0-9a-f]{24}.*missing [0-9a-f]{24}")
            .contains("is a pipeline running?");
      }
      sluice.start();
    }
  }

  @Test
  void tailShowsEventsAndTakesNone() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start();
        SluiceProcess tail =
            SluiceProcess.start(sluice.environment(), List.of(), "tail", "--count=2")
                .awaitLog("Waiting for events")) {
      sluice.collection().insertOne(document(1));
      sluice.collection().insertOne(document(2));

      assertThat(tail.exitCode()).isZero();
      assertThat(tail.log()).containsPattern("insert +" + sluice.database() + ".scrabble 1 ");
      await().until(() -> TestRabbit.shared().queueMessages(sluice.queue()) == 2);
    }
  }
}
