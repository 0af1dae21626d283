package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots that somebody wants while the pipeline runs. */
class SnapshotCommandIT {
  @TempDir private Path directory;

  private static void insert(PipelineUnderTest sluice, int count) {
    sluice
        .collection()
        .insertMany(
            IntStream.range(0, count)
                .mapToObj(id -> new BsonDocument("_id", new BsonInt32(id)))
                .toList());
  }

  private static EndedCommand run(PipelineUnderTest sluice, String... arguments) {
    EndedCommand command = EndedCommand.of(sluice.environment(), arguments);
    assertThat(command.code()).as(command.err()).isZero();
    return command;
  }

  private static String start(PipelineUnderTest sluice, String... further) {
    String[] arguments = new String[4 + further.length];
    arguments[0] = "snapshot";
    arguments[1] = "start";
    arguments[2] = "--collection";
    arguments[3] = sluice.database() + ".scrabble";
    System.arraycopy(further, 0, arguments, 4, further.length);
    return run(sluice, arguments).out().strip();
  }

  private static List<String> types(PipelineUnderTest sluice) {
    return sluice.deliveries.stream().map(each -> each.getProperties().getType()).toList();
  }

  private static void awaitType(PipelineUnderTest sluice, String type, int times) {
    await()
        .atMost(PipelineUnderTest.PATIENCE)
        .until(() -> types(sluice).stream().filter(type::equals).count() == times);
  }

  /**
   * Each look is a command with a client of its own. When that is closed while a monitor writes,
   * the driver throws on a thread of its own (its buffer is gone), which is not our end.
   */
  private static void awaitListed(PipelineUnderTest sluice, String id, String state) {
    await()
        .dontCatchUncaughtExceptions()
        .atMost(PipelineUnderTest.PATIENCE)
        .until(
            () ->
                run(sluice, "snapshot", "list")
                    .out()
                    .lines()
                    .anyMatch(line -> line.startsWith(id) && line.contains("  " + state + "  ")));
  }

  @Test
  void whatIsAskedForWhileThePipelineRunsIsTakenUpAndAnswered() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      insert(sluice, 30);
      sluice.start().consume();
      String id = start(sluice);
      awaitType(sluice, "snapshot-completed", 1);
      awaitListed(sluice, id, "ended");

      assertThat(types(sluice)).filteredOn("read"::equals).hasSize(30);
      JsonNode completed = DeliveredJson.of(sluice.deliveries.get(sluice.deliveries.size() - 1));
      assertThat(completed.at("/snapshot/id").asText()).isEqualTo(id);
      assertThat(run(sluice, "snapshot", "list").out())
          .contains("completed: 30 documents published, 0 left out");
    }
  }

  @Test
  void theSameThatWaitsIsJoinedAndSomeDocumentsAloneAreReadByTheirIds() throws Exception {
    Path ids = Files.writeString(directory.resolve("ids"), "3\n7\n\n{\"$numberLong\": \"99\"}\n");
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      insert(sluice, 30);
      String id = start(sluice, "--ids", ids.toString());
      assertThat(start(sluice, "--ids", ids.toString())).as("joined").isEqualTo(id);
      sluice.start().consume();
      awaitType(sluice, "snapshot-completed", 1);

      assertThat(types(sluice)).filteredOn("read"::equals).hasSize(2);
      JsonNode completed = DeliveredJson.of(sluice.deliveries.get(sluice.deliveries.size() - 1));
      assertThat(completed.at("/snapshot/filtered").asBoolean()).isTrue();
    }
  }

  @Test
  void oneIsPausedAndResumedAndAnotherWaitsForItAndIsCancelled() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of("SLUICE_SNAPSHOT_CHUNK", "1"))) {
      // One at a time, so many that it is never through before it is cancelled.
      insert(sluice, 60_000);
      sluice.start().consume();
      String first = start(sluice);
      awaitListed(sluice, first, "running");
      run(sluice, "snapshot", "pause", first);
      awaitListed(sluice, first, "paused");
      String second = start(sluice);
      assertThat(second).isNotEqualTo(first);
      awaitListed(sluice, second, "waiting");
      run(sluice, "snapshot", "cancel", second);
      awaitListed(sluice, second, "void");
      run(sluice, "snapshot", "resume", first);
      awaitListed(sluice, first, "running");
      run(sluice, "snapshot", "cancel", first);
      awaitType(sluice, "snapshot-abandoned", 1);
      awaitListed(sluice, first, "ended");

      assertThat(types(sluice)).doesNotContain("snapshot-completed");
    }
  }

  /** What was begun would be gone on with by every process that comes. */
  @Test
  void whatCannotBeReadIsAnsweredAndNotBegun() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      insert(sluice, 3);
      sluice.start().consume();
      String wrong = start(sluice, "--match", "{\"$unheard\": 1}");
      awaitListed(sluice, wrong, "void");
      String right = start(sluice);
      awaitType(sluice, "snapshot-completed", 1);

      assertThat(right).isNotEqualTo(wrong);
      assertThat(sluice.ended()).isNotDone();
      assertThat(types(sluice)).filteredOn("snapshot-started"::equals).hasSize(1);
    }
  }

  @Test
  void aCollectionThatIsNotWatchedIsRefused() {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      EndedCommand command =
          EndedCommand.of(sluice.environment(), "snapshot", "start", "--collection", "shop.orders");

      assertThat(command.code()).isEqualTo(2);
      assertThat(command.err()).contains("does not watch shop.orders");
    }
  }
}
