package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot of which the rest cannot be read any more, and how people go on without it. */
class SnapshotGivenUpIT {
  private static final int DOCUMENTS = 3_000;
  private static final int LATER = 99_999;

  @TempDir private Path folder;

  private final PipelineUnderTest sluice =
      new PipelineUnderTest(SnapshotOnServersIT.initial("SLUICE_SNAPSHOT_CHUNK", "5"));

  @AfterEach
  void close() {
    sluice.close();
  }

  private EndedCommand run(String... line) {
    return EndedCommand.of(sluice.environment(), line);
  }

  private EndedCommand done(String... line) {
    EndedCommand ended = run(line);
    assertThat(ended.code()).as(ended.err()).isZero();
    return ended;
  }

  private SnapshotCopy copy() {
    return SnapshotCopy.of(List.copyOf(sluice.deliveries));
  }

  /** Stopped in the middle; the rest then has a condition that no server knows. */
  private void beginWhatCannotBeEnded() throws Exception {
    SnapshotOnServersIT.fill(sluice, DOCUMENTS);
    sluice.start().consume();
    sluice.awaitDeliveries(100);
    sluice.stop();
    assertThat(copy().isComplete()).as("it is the middle").isFalse();
    sluice
        .checkpoints()
        .updateOne(
            Filters.eq("_id", sluice.queue()), Updates.set("snapshot.match", "{\"$unheard\": 1}"));
    assertThat(done("position", "show").out()).contains("1 of 1 collections not read to their end");
    sluice.launch();
    assertThat(sluice.awaitFailed(FailureKind.MISCONFIGURED))
        .hasMessageContaining("reading a snapshot")
        .hasMessageContaining("sluice position drop-snapshot");
  }

  /** What was written meanwhile comes, and nothing more of the snapshot. */
  private void assertThatTheStreamGoesOnAlone() throws Exception {
    sluice.collection().insertOne(SnapshotOnServersIT.document(new BsonInt32(LATER), LATER));
    sluice.start();
    await().atMost(PipelineUnderTest.PATIENCE).until(() -> copy().numbers().contains(LATER));

    assertThat(sluice.state()).isEqualTo(PipelineState.STREAMING);
    assertThat(copy().notices()).containsExactly("snapshot-started");
    assertThat(copy().reads()).isLessThan(DOCUMENTS);
    assertThat(done("position", "show").out()).doesNotContain("snapshot");
  }

  @Test
  void theStreamGoesOnAloneWhenTheSnapshotIsDropped() throws Exception {
    beginWhatCannotBeEnded();

    EndedCommand dropped = done("position", "drop-snapshot");

    assertThat(dropped.err()).contains("goes on with its stream alone");
    assertThatTheStreamGoesOnAlone();
    run("position", "drop-snapshot").assertOneSentence(3, "has no snapshot under way");
    done("snapshot", "start", "--collection", sluice.database() + ".scrabble");
    assertThat(SnapshotCopy.awaitCopyOf(sluice).notices())
        .containsExactly("snapshot-started", "snapshot-started", "snapshot-completed");
  }

  @Test
  void theStreamGoesOnAloneWhenThePositionIsImportedWithoutTheSnapshot() throws Exception {
    beginWhatCannotBeEnded();

    BsonDocument position = BsonDocument.parse(done("position", "export").out());
    assertThat(position.remove("snapshot")).isNotNull();
    Path file = Files.writeString(folder.resolve("position.json"), position.toJson());
    done("position", "clear");
    done("position", "import", file.toString());

    assertThatTheStreamGoesOnAlone();
  }

  /** So many, one at a time, that it is never through before it is dropped. */
  @Test
  void aSnapshotThatRunsIsDroppedByForceAlone() throws Exception {
    sluice.environment().put("SLUICE_SNAPSHOT_CHUNK", "1");
    SnapshotOnServersIT.fill(sluice, 60_000);
    sluice.start().consume();
    sluice.awaitDeliveries(100);

    run("position", "drop-snapshot").assertOneSentence(1, "is run by process", "--force");
    done("position", "drop-snapshot", "--force");

    await()
        .atMost(PipelineUnderTest.PATIENCE)
        .until(() -> sluice.states.stream().anyMatch(s -> s.contains("was set by hand")));
    sluice.collection().insertOne(SnapshotOnServersIT.document(new BsonInt32(LATER), LATER));
    await().atMost(PipelineUnderTest.PATIENCE).until(() -> copy().numbers().contains(LATER));
    assertThat(copy().notices()).containsExactly("snapshot-started");
  }

  /** Where five collections go on is kept, and with these ids that is more than 16 MB. */
  @Test
  void idsOfSeveralMegabytesEndItWithOneSentenceAndTheStreamGoesOnAlone() throws Exception {
    sluice.environment().put("SLUICE_NAMESPACES", sluice.database() + ".*");
    sluice.environment().put("SLUICE_SNAPSHOT_CHUNK", "1");
    sluice.environment().put("SLUICE_SNAPSHOT_PARALLEL", "8");
    String large = "x".repeat(4_500_000);
    for (String collection : List.of("a", "b", "c", "d", "e")) {
      for (int n = 0; n < 3; n++) {
        sluice
            .other(collection)
            .insertOne(SnapshotOnServersIT.document(new BsonString(n + large), n));
      }
    }
    sluice.launch();

    assertThat(sluice.awaitFailed(FailureKind.MISCONFIGURED))
        .hasMessageContaining("more than the 16 MB that MongoDB takes")
        .hasMessageContaining("sluice position drop-snapshot");

    done("position", "drop-snapshot");
    sluice.collection().insertOne(SnapshotOnServersIT.document(new BsonInt32(LATER), LATER));
    sluice.start().consume();
    await().atMost(PipelineUnderTest.PATIENCE).until(() -> copy().numbers().contains(LATER));
  }
}
