package dev.sluice.consume;

import static dev.sluice.consume.GivenEvents.PLAYERS;
import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.rename;
import static dev.sluice.consume.GivenEvents.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.consume.ConsumeSettings.Answer;
import dev.sluice.consume.ScriptedStore.Killed;
import dev.sluice.consume.ScriptedStore.Row;
import dev.sluice.consume.ScriptedStore.Side;
import dev.sluice.pipeline.Backoff;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RebuildingTest {
  private static final String FAR = "ffffffffffffffffffffffff";

  private ScriptedInbox inbox;
  private ScriptedPipeline pipeline;
  private ScriptedStore store;
  private int steps;
  private int killAt;
  private Rebuilding rebuilding;
  private Consumption consumption;
  private Thread thread;
  private volatile Throwable end;

  /** A live one that is in step but for what somebody has done to it. */
  @BeforeEach
  void fill() {
    steps = 0;
    killAt = 0;
    store = new ScriptedStore(() -> ++steps == killAt);
    inbox = new ScriptedInbox();
    pipeline = new ScriptedPipeline(inbox, store);
    Map<DocumentKey, Row> rows = new HashMap<>();
    for (int n = 1; n <= 7; n++) {
      String at = pipeline.put(n);
      rows.put(key(n), new Row(at, pipeline.collection.get(n), "old"));
    }
    rows.remove(key(2));
    rows.put(key(4), new Row(FAR, "{\"hurt\": true}", "old"));
    rows.put(key(99), new Row(FAR, "{\"never\": \"was\"}", "old"));
    store.live.rows.put(PLAYS, rows);
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (thread != null) {
      consumption.stop();
      thread.join(10_000);
      assertThat(thread.isAlive()).isFalse();
    }
  }

  private void start(String layout) {
    rebuilding = new Rebuilding(store.opened(layout), pipeline, "queue", List.of(), layout);
    start(rebuilding);
  }

  private void start(Target.Opener target) {
    ConsumeSettings settings =
        new ConsumeSettings(
            "test", "queue.parked", 3, Duration.ZERO, 10, Answer.APPLY, Answer.APPLY);
    end = null;
    consumption = new Consumption(settings, inbox, target, new Backoff(() -> 0));
    thread =
        new Thread(
            () -> {
              try {
                consumption.run();
              } catch (Throwable failure) {
                end = failure;
              }
            },
            "rebuilding-test");
    thread.start();
  }

  private void until(BooleanSupplier reached) {
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> end != null || inbox.left() == 0 && reached.getAsBoolean());
  }

  private void untilAllIsApplied() {
    until(() -> true);
    assertThat(end).isNull();
  }

  private void untilSwapped(int times) {
    until(() -> store.swaps == times);
    assertThat(end).isNull();
  }

  private Map<String, String> expected(String layout) {
    Map<String, String> expected = new TreeMap<>();
    pipeline.collection.forEach((n, json) -> expected.put(key(n).id(), layout + " " + json));
    return expected;
  }

  private static Map<DocumentKey, Row> sound(Side side) {
    Map<DocumentKey, Row> rows = new HashMap<>(side.rows.get(PLAYS));
    rows.values().removeIf(row -> row.json() == null || row.position().equals(FAR));
    return rows;
  }

  /** Nobody who reads the live one sees a document go or an older state of it come. */
  private static void assertNothingWentBack(Side before, Side after) {
    sound(before)
        .forEach(
            (key, row) -> {
              Row later = after.rows.get(PLAYS).get(key);
              assertThat(later).as(key.text()).isNotNull();
              assertThat(later.position()).isGreaterThanOrEqualTo(row.position());
            });
  }

  @Test
  void isWholeAtTheEndWhereverItIsKilled() throws Exception {
    int kills = 0;
    for (boolean killed = true; killed; kills++) {
      fill();
      killAt = kills + 1;
      start("new");
      until(() -> store.swaps == 1);
      killed = end != null;
      if (killed) {
        assertThat(end).isInstanceOf(Killed.class);
        Side atTheKill = store.live;
        start("new");
        untilSwapped(1);
        assertNothingWentBack(atTheKill, store.live);
      }
      stop();

      assertThat(store.documents(PLAYS)).as("killed at step " + killAt).isEqualTo(expected("new"));
      assertThat(pipeline.asked).as("killed at step " + killAt).hasSize(1);
      assertThat(store.beside).isNull();
    }
    assertThat(kills).as("points at which it was killed").isGreaterThan(20);
  }

  @Test
  void isRebuiltOnceHoweverOftenItIsStartedAndAgainForAnotherLayout() throws Exception {
    start("new");
    untilSwapped(1);
    stop();
    pipeline.write(1);
    start("new");
    untilAllIsApplied();
    stop();
    assertThat(pipeline.asked).hasSize(1);

    start("other");
    untilSwapped(2);
    assertThat(store.documents(PLAYS)).isEqualTo(expected("other"));
  }

  @Test
  void aStartWithoutItThrowsAwayWhatIsBesideAndTheNextBeginsAnew() throws Exception {
    killAt = 9;
    start("new");
    until(() -> false);
    assertThat(end).isInstanceOf(Killed.class);
    assertThat(store.beside).isNotNull();

    start(new Leftover(store.opened("new"), "queue"));
    untilAllIsApplied();
    stop();
    assertThat(store.beside).isNull();
    assertThat(store.swaps).isZero();
    start("new");
    untilSwapped(1);

    assertThat(pipeline.asked).hasSize(2);
    assertThat(store.documents(PLAYS)).isEqualTo(expected("new"));
  }

  @Test
  void aConsumerThatWaitsForAnotherLeavesAloneWhatThatOneFills() throws Exception {
    store.beside = new Side();
    store.rebuild = new Rebuildable.Rebuild("s9", "queue", "new", false);
    inbox.alone = false;
    start(new Leftover(store.opened("old"), "queue"));
    await().until(() -> inbox.opened == 1);
    assertThat(store.rebuild).isNotNull();

    pipeline.write(1);
    untilAllIsApplied();
    assertThat(store.rebuild).isNull();
  }

  @Test
  void whatIsFilledFromAnotherQueueIsLeftAlone() throws Exception {
    store.beside = new Side();
    store.rebuild = new Rebuildable.Rebuild("s9", "other", "new", false);
    start(new Leftover(store.opened("old"), "queue"));
    pipeline.write(1);
    untilAllIsApplied();
    stop();
    assertThat(store.rebuild).isNotNull();

    start("new");
    thread.join(10_000);
    assertThat(end).hasMessageContaining("is being rebuilt from the queue other");
    assertThat(store.rebuild).isNotNull();
  }

  @Test
  void beginsWithTheFirstMessageWhereOthersMayReadTheQueue() {
    inbox.alone = false;
    start("new");
    await().until(() -> inbox.opened == 1);
    assertThat(pipeline.asked).isEmpty();

    pipeline.write(5);
    untilSwapped(1);
    assertThat(store.documents(PLAYS)).isEqualTo(expected("new"));
  }

  @Test
  void goesOnWithTheLiveOneIfThePipelineRefuses() {
    pipeline.refuses = "void, a view cannot be read";
    start("new");
    await().until(() -> pipeline.asked.size() == 1);
    rebuilding.look();
    pipeline.write(1);
    until(() -> store.rebuild == null);

    assertThat(end).isNull();
    assertThat(store.beside).isNull();
    assertThat(store.swaps).isZero();
    assertThat(store.documents(PLAYS)).containsKey(key(99).id()).containsKey(key(1).id());
  }

  @Test
  void goesOnWithTheLiveOneIfTheSnapshotIsAbandoned() {
    pipeline.abandons = true;
    start("new");
    until(() -> !pipeline.asked.isEmpty() && store.rebuild == null);

    assertThat(store.swaps).isZero();
    assertThat(store.documents(PLAYS)).containsKey(key(8).id());
  }

  @Test
  void stopsIfNobodyCanBeAskedAndHasMadeNothing() throws Exception {
    pipeline.away = true;
    start("new");
    thread.join(10_000);

    assertThat(end)
        .isInstanceOfSatisfying(
            PipelineException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.MISCONFIGURED))
        .hasMessageContaining("--rebuild")
        .hasMessageContaining("MongoDB cannot be reached");
    assertThat(store.rebuild).isNull();
  }

  /** Killed between the two: what is beside is there, and nobody was asked. */
  @Test
  void isAskedForLaterIfNobodyCanBeAskedWhenItGoesOn() {
    store.beside = new Side();
    store.rebuild = new Rebuildable.Rebuild("s9", "queue", "new", false);
    pipeline.away = true;
    start("new");
    pipeline.write(1);
    untilAllIsApplied();
    pipeline.away = false;
    rebuilding.look();
    untilSwapped(1);

    assertThat(pipeline.asked).containsExactly("s9");
    assertThat(store.documents(PLAYS)).isEqualTo(expected("new"));
  }

  @Test
  void beginsAnewIfAnotherConsumerHasThrownAwayWhatIsBeside() {
    store.beside = new Side();
    store.rebuild = new Rebuildable.Rebuild("s9", "queue", "new", false);
    pipeline.away = true;
    start("new");
    pipeline.write(1);
    untilAllIsApplied();
    store.rebuild = null;
    store.beside = null;
    pipeline.away = false;
    pipeline.write(1);
    untilSwapped(1);

    assertThat(pipeline.asked).containsExactly("s1");
    assertThat(store.documents(PLAYS)).isEqualTo(expected("new"));
  }

  /** Of the documents that are under the name now the snapshot does not tell. */
  @Test
  void aCollectionOntoWhichAnotherIsRenamedMeanwhileStaysAsItIs() {
    Map<DocumentKey, Row> players = new HashMap<>();
    players.put(key(70), new Row(position(0), "{\"_id\": \"70\"}", "old"));
    store.live.rows.put(PLAYERS, players);
    store.live.rows.get(PLAYS).values().removeIf(row -> row.position().equals(FAR));
    pipeline.meanwhile =
        () -> {
          inbox.publish(rename(PLAYERS, PLAYS, pipeline.next()));
          pipeline.collection.clear();
        };
    start("new");
    untilSwapped(1);

    assertThat(store.documents(PLAYS)).containsOnlyKeys(key(70).id(), key(2).id(), key(8).id());
    assertThat(store.documents(PLAYERS)).isEmpty();
  }

  @Test
  void aDropTakesAwayWhatIsInBoth() {
    pipeline.meanwhile =
        () -> {
          inbox.publish(whole(EventType.DROP, PLAYS, pipeline.next()));
          pipeline.collection.clear();
          pipeline.write(40);
        };
    store.live.rows.get(PLAYS).values().removeIf(row -> row.position().equals(FAR));
    start("new");
    untilSwapped(1);

    assertThat(store.documents(PLAYS)).isEqualTo(expected("new"));
  }

  @Test
  void hasNothingToDoForATargetWithoutACollectionThatIsWatched() {
    store.live.rows.clear();
    store.live.rows.put(PLAYERS, new HashMap<>());
    start("new");
    pipeline.write(1);
    untilAllIsApplied();

    assertThat(pipeline.asked).isEmpty();
    assertThat(store.documents(PLAYS)).hasSize(1);
  }
}
