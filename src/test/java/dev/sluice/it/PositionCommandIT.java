package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipeline.PipelineState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import org.awaitility.Awaitility;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The saved position in the hands of people. */
class PositionCommandIT {
  private final PipelineUnderTest sluice = new PipelineUnderTest(Map.of());

  @TempDir private Path folder;

  @AfterEach
  void close() {
    sluice.close();
  }

  private EndedCommand position(String... arguments) {
    String[] line = new String[arguments.length + 1];
    line[0] = "position";
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    EndedCommand ended = EndedCommand.of(sluice.environment(), line);
    return ended;
  }

  private void assertDone(String... arguments) {
    EndedCommand ended = position(arguments);
    assertThat(ended.code()).as(Arrays.toString(arguments) + ended.err()).isZero();
  }

  private void insert(int id) {
    sluice.collection().insertOne(new BsonDocument("_id", new BsonInt32(id)));
  }

  private BsonDocument shown() {
    EndedCommand ended = position("show", "--json");
    assertThat(ended.code()).as(ended.err()).isZero();
    return BsonDocument.parse(ended.out());
  }

  @Test
  void showsWhereAStoppedPipelineGoesOn() throws Exception {
    sluice.start();
    insert(1);
    sluice.stop();

    BsonDocument shown = shown();

    assertThat(shown.getString("source").getValue()).isEqualTo(sluice.database() + ".scrabble");
    assertThat(shown.getString("position").getValue()).startsWith("behind token:82");
    assertThat(shown.getNumber("ageSeconds").longValue()).isBetween(0L, 60L);
    assertThat(shown.getNumber("behindEndSeconds").longValue()).isBetween(0L, 60L);
    assertThat(shown.getNumber("aheadOfOldestSeconds").longValue()).isNotNegative();
    assertThat(shown.isNull("runBy")).isTrue();
    assertThat(position("show").out()).contains("position   behind token:82", "run by     nobody");
  }

  @Test
  void showsWhoRunsIt() throws Exception {
    sluice.start();

    assertThat(shown().getString("runBy").getValue()).startsWith("process ");
  }

  @Test
  void saysThatThereIsNone() {
    position("show").assertOneSentence(3, "has no saved position");
    position("export").assertOneSentence(3, "has no saved position");
    assertDone("clear");
  }

  @Test
  void beginsWhereItIsSet() throws Exception {
    Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    insert(1);
    assertDone("set", "--from", before.toString());
    sluice.start();
    sluice.consume();
    sluice.awaitDeliveries(1);
    sluice.stop();

    assertDone("set", "--from=earliest");
    sluice.start();
    sluice.awaitDeliveries(2);

    assertThat(sluice.deliveries.get(1).getProperties().getMessageId())
        .isEqualTo(sluice.deliveries.get(0).getProperties().getMessageId());
  }

  @Test
  void beginsAtThePresentWhenItWasCleared() throws Exception {
    sluice.start();
    sluice.stop();
    insert(1);
    assertDone("clear");
    assertThat(shown().isNull("position")).isTrue();

    sluice.start();
    sluice.consume();
    insert(2);
    sluice.awaitDeliveries(1);

    assertThat(DeliveredJson.of(sluice.deliveries.get(0)).toString()).contains("\"_id\":\"2\"");
  }

  @Test
  void aPositionComesBackFromAFile() throws Exception {
    sluice.start();
    sluice.stop();
    EndedCommand exported = position("export");
    assertThat(exported.code()).isZero();
    Path file = Files.writeString(folder.resolve("position.json"), exported.out());
    assertDone("set", "--from=earliest");

    assertDone("import", file.toString());

    assertThat(BsonDocument.parse(position("export").out()).get("position"))
        .isEqualTo(BsonDocument.parse(exported.out()).get("position"));
    Files.writeString(file, "{}");
    position("import", file.toString()).assertOneSentence(2, "is not what sluice position export");
    position("import", "nowhere.json").assertOneSentence(2, "nowhere.json cannot be read");
  }

  @Test
  void refusesWhatTheLogDoesNotHave() {
    position("set", "--from=2001-01-01T00:00:00Z").assertOneSentence(4, "the oplog begins at");
    position("set", "--from=2101-01-01T00:00:00Z").assertOneSentence(2, "in the future");
    assertThat(position("set", "--from=yesterday").code()).isEqualTo(2);
  }

  @Test
  void leavesARunningPipelineAloneUnlessForced() throws Exception {
    sluice.start();
    sluice.consume();
    insert(1);
    sluice.awaitDeliveries(1);

    position("set", "--from=earliest").assertOneSentence(1, "is run by process", "--force");
    position("clear").assertOneSentence(1, "is run by process");
    assertThat(sluice.state()).isEqualTo(PipelineState.STREAMING);
    assertDone("set", "--from=earliest", "--force");

    Awaitility.await()
        .atMost(PipelineUnderTest.PATIENCE)
        .until(() -> sluice.states.stream().anyMatch(s -> s.contains("was set by hand")));
    sluice.awaitDeliveries(2);
  }

  @Test
  void aRunningPipelineWhosePositionIsClearedByForceGoesOnAtThePresent() throws Exception {
    sluice.start();
    sluice.consume();
    insert(1);
    sluice.awaitDeliveries(1);

    assertDone("clear", "--force");
    Awaitility.await()
        .atMost(PipelineUnderTest.PATIENCE)
        .until(
            () ->
                sluice.states.stream().filter(state -> state.startsWith("STREAMING")).count() > 1);
    insert(2);
    sluice.awaitDeliveries(2);

    assertThat(DeliveredJson.of(sluice.deliveries.get(1)).toString()).contains("\"_id\":\"2\"");
  }
}
