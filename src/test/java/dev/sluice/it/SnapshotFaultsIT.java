package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.MongoNamespace;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.SluiceProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong in the middle of a snapshot. */
class SnapshotFaultsIT extends OnFaultyMongo {
  private static final int DOCUMENTS = 2_000;

  /** A chunk takes so much longer that there is a middle. */
  private static final Duration SLOW = Duration.ofMillis(20);

  /** What is in the middle. */
  private static final int SOME = 200;

  private static PipelineUnderTest pipeline(String... settings) {
    Map<String, String> all = new HashMap<>(SnapshotOnServersIT.initial(settings));
    all.putIfAbsent("SLUICE_SNAPSHOT_CHUNK", "20");
    all.put("SLUICE_LEASE", "3s");
    return new PipelineUnderTest(mongo.uri(), all);
  }

  private static int reads(PipelineUnderTest sluice) {
    return SnapshotCopy.of(List.copyOf(sluice.deliveries)).reads();
  }

  /** Begins a snapshot and comes back in the middle of it. */
  private static void beginSlowly(PipelineUnderTest sluice) throws Exception {
    SnapshotOnServersIT.fill(sluice, DOCUMENTS);
    mongo.delayCommand(SLOW, "find");
    sluice.start().consume();
    awaitMiddle(sluice);
  }

  private static void awaitMiddle(PipelineUnderTest sluice) {
    await().atMost(SnapshotCopy.PATIENCE).until(() -> reads(sluice) >= SOME);
    assertThat(SnapshotCopy.of(sluice.deliveries).isComplete()).as("it is the middle").isFalse();
  }

  @Test
  void anElection() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      beginSlowly(sluice);

      mongo.stepDown();
      mongo.heal();

      SnapshotCopy.awaitCopyOf(sluice);
      assertThat(SnapshotCopy.of(sluice.deliveries).notices())
          .containsExactly("snapshot-started", "snapshot-completed");
    }
  }

  /** Shutting down, stepped down, too long ago, not at that time, not to be reached. */
  @ParameterizedTest
  @ValueSource(ints = {11600, 189, 239, 246, 6})
  void readsThatFailTwice(int code) throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      beginSlowly(sluice);

      mongo.failCommandTimes(2, code, "find");

      SnapshotCopy.awaitCopyOf(sluice);
      assertThat(sluice.ended()).isNotDone();
    }
  }

  @Test
  void aStandbyTakesOverInTheMiddle() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      SnapshotOnServersIT.fill(sluice, DOCUMENTS);
      mongo.delayCommand(SLOW, "find");
      try (SluiceProcess active = SluiceProcess.run(sluice.environment()).awaitStreaming();
          SluiceProcess standby = SluiceProcess.run(sluice.environment()).awaitLog("STANDBY")) {
        sluice.consume();
        awaitMiddle(sluice);
        active.kill();
        mongo.lift();

        SnapshotCopy copy = SnapshotCopy.awaitCopyOf(sluice);

        assertThat(standby.log()).contains("STREAMING");
        // It goes on, and does not begin again: of what was read by then little comes twice.
        assertThat(copy.reads()).isLessThan(DOCUMENTS + SOME);
      }
    }
  }

  @Test
  void aCollectionThatIsDropped() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      beginSlowly(sluice);

      sluice.collection().drop();
      mongo.lift();
      sluice.collection().insertOne(SnapshotOnServersIT.document(new BsonInt32(9_999), 9_999));

      await()
          .atMost(SnapshotCopy.PATIENCE)
          .until(() -> SnapshotCopy.of(List.copyOf(sluice.deliveries)).numbers().contains(9_999));
      assertThat(sluice.ended()).isNotDone();
    }
  }

  @Test
  void aCollectionThatIsRenamedAway() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      beginSlowly(sluice);

      sluice.collection().renameCollection(new MongoNamespace(sluice.database(), "away"));
      mongo.lift();
      sluice.collection().insertOne(SnapshotOnServersIT.document(new BsonInt32(9_999), 9_999));

      await()
          .atMost(SnapshotCopy.PATIENCE)
          .until(() -> SnapshotCopy.of(List.copyOf(sluice.deliveries)).numbers().contains(9_999));
      assertThat(sluice.ended()).isNotDone();
    }
  }

  @Test
  void anotherCollectionThatIsMadeMeanwhile() throws Exception {
    try (PipelineUnderTest sluice = everything()) {
      beginSlowly(sluice);

      for (int n = 0; n < 10; n++) {
        sluice
            .other("fresh")
            .insertOne(SnapshotOnServersIT.document(new BsonInt32(n), DOCUMENTS + n));
      }
      mongo.lift();

      await()
          .atMost(SnapshotCopy.PATIENCE)
          .until(
              () -> {
                SnapshotCopy copy = SnapshotCopy.of(List.copyOf(sluice.deliveries));
                return copy.isComplete() && copy.numbers().size() == DOCUMENTS + 10;
              });
    }
  }

  private static PipelineUnderTest everything() {
    String database = dev.sluice.testing.TestMongo.freshDatabase("all");
    return pipeline("MONGO_DATABASE_NAME", database, "SLUICE_NAMESPACES", database + ".*");
  }

  @Test
  void aBrokerThatIsDown() throws Exception {
    RabbitNode node = FaultyRabbit.node();
    try (PipelineUnderTest sluice = pipeline("RABBITMQ_URI", node.uri())) {
      beginSlowly(sluice);

      node.stopApp();
      try {
        await()
            .atMost(SnapshotCopy.PATIENCE)
            .until(() -> sluice.states.stream().anyMatch(state -> state.startsWith("BACKING_OFF")));
      } finally {
        node.startApp();
      }
      mongo.lift();
      sluice.consume();

      SnapshotCopy.awaitCopyOf(sluice);
    }
  }

  @Test
  void aBrokerThatIsShortOfMemory() throws Exception {
    RabbitNode node = FaultyRabbit.node();
    try (PipelineUnderTest sluice =
        pipeline("RABBITMQ_URI", node.uri(), "SLUICE_CONFIRM_TIMEOUT", "1s")) {
      beginSlowly(sluice);

      try (RabbitNode.Fault alarm = node.memoryAlarm()) {
        mongo.lift();
        await()
            .atMost(SnapshotCopy.PATIENCE)
            .until(() -> sluice.states.stream().anyMatch(state -> state.startsWith("BLOCKED")));
      }

      SnapshotCopy.awaitCopyOf(sluice);
    }
  }
}
