package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.mongo.Fault;
import dev.sluice.embedded.mongo.OplogLimit;
import dev.sluice.testing.TestRabbit;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A log that holds far fewer changes than happen during a snapshot. The embedded set's can be so
 * short; that of a real one begins with a gigabyte.
 */
class SnapshotShortLogIT {
  private static final int LOG = 1_000;
  private static final int DOCUMENTS = 1_000;

  /** So much longer takes a chunk of twenty documents: two and a half seconds all of them. */
  private static final int SLOW_MS = 50;

  private static EmbeddedReplicaSet set;

  @BeforeAll
  static void startSet() {
    set =
        EmbeddedReplicaSet.builder()
            .name(TestRabbit.freshName("short"))
            .oplog(OplogLimit.ofEntries(LOG))
            .start();
  }

  @AfterAll
  static void stopSet() {
    set.close();
  }

  private static PipelineUnderTest pipeline(String... settings) {
    Map<String, String> all = new HashMap<>(SnapshotOnServersIT.initial(settings));
    all.put("SLUICE_SNAPSHOT_CHUNK", "20");
    return new PipelineUnderTest(set.uri(), all);
  }

  private static SnapshotCopy copy(PipelineUnderTest sluice) {
    return SnapshotCopy.of(List.copyOf(sluice.deliveries));
  }

  private static void awaitMiddle(PipelineUnderTest sluice) {
    await().atMost(SnapshotCopy.PATIENCE).until(() -> copy(sluice).reads() >= 100);
    assertThat(copy(sluice).isComplete()).as("it is the middle").isFalse();
  }

  private static void update(PipelineUnderTest sluice, int from, int count) {
    for (int i = from; i < from + count; i++) {
      sluice
          .collection()
          .updateOne(Filters.eq("_id", i % DOCUMENTS), Updates.set("n", DOCUMENTS + i));
    }
  }

  private static Fault slowFinds() {
    return set.faults().delayReplies(Duration.ofMillis(SLOW_MS), "find");
  }

  @Test
  void theStreamGoesOnAllTheWhileSoThatNothingFallsOutOfTheLog() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      SnapshotOnServersIT.fill(sluice, DOCUMENTS);
      int changes = 0;
      try (Fault slow = slowFinds()) {
        sluice.start().consume();
        awaitMiddle(sluice);
        while (changes < 3 * LOG) {
          update(sluice, changes, LOG / 4);
          changes += LOG / 4;
        }
      }

      SnapshotCopy.awaitCopyOf(sluice);
      assertThat(copy(sluice).notices()).containsExactly("snapshot-started", "snapshot-completed");
    }
  }

  @Test
  void aPositionThatIsLostInTheMiddleIsFollowedByANewSnapshot() throws Exception {
    try (PipelineUnderTest sluice = pipeline("SLUICE_ON_POSITION_LOST", "resnapshot")) {
      SnapshotOnServersIT.fill(sluice, DOCUMENTS);
      try (Fault slow = slowFinds()) {
        sluice.start().consume();
        awaitMiddle(sluice);
        sluice.stop();
      }
      update(sluice, 0, 2 * LOG);

      sluice.start();

      SnapshotCopy.awaitCopyOf(sluice);
      assertThat(copy(sluice).notices())
          .containsExactly("snapshot-started", "gap", "snapshot-started", "snapshot-completed");
    }
  }
}
