package dev.sluice.consume;

import static dev.sluice.consume.GivenEvents.PLAYERS;
import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.put;
import static dev.sluice.consume.GivenEvents.rename;
import static dev.sluice.consume.GivenEvents.snapshotCompleted;
import static dev.sluice.consume.GivenEvents.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Rebuildable.Rebuild;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a target has to stand, and of which a second one can be filled beside the live one. */
public abstract class TargetIsRebuilt extends TargetKeepsStep {
  private static final String A = "{\"_id\": \"a\", \"word\": \"QUIZ\", \"score\": 22}";
  private static final String B = "{\"_id\": \"b\", \"word\": \"RIVER\", \"score\": 8}";

  /** The store of this test. */
  protected abstract Rebuildable rebuildable();

  @Override
  protected final Target.Opener opener() {
    return rebuildable();
  }

  private void applyLive(Event... events) {
    try (Target live = rebuildable().open()) {
      live.apply(new Batch(List.of(events)));
    }
  }

  /** As a rebuild does: to both, first to the live one. */
  private void applyBoth(Event... events) {
    try (Target live = rebuildable().open();
        Target beside = rebuildable().openBeside()) {
      live.apply(new Batch(List.of(events)));
      beside.apply(new Batch(List.of(events)));
    }
  }

  private void assertDocuments(Namespace collection, Map<DocumentKey, String> expected)
      throws Exception {
    Map<String, String> stored = stored(collection);
    assertThat(stored).hasSize(expected.size());
    expected.forEach(
        (key, json) ->
            assertThat(Json.of(stored.get(key.text())).tree()).isEqualTo(Json.of(json).tree()));
  }

  private void fillBeside(int from) {
    applyBoth(
        update(PLAYS, key(1), position(from + 1), B),
        put(EventType.READ, PLAYS, key(2), position(from + 2, -1), A),
        insert(PLAYS, key(3), position(from + 3), A),
        delete(PLAYS, key(3), position(from + 4)));
  }

  @Test
  void whatIsBesideIsSeenWhenItIsSwappedAndNotBefore() throws Exception {
    Event never = insert(PLAYS, key(9), position(900), B);
    applyLive(
        insert(PLAYS, key(1), position(1), A), never, insert(PLAYERS, key(1), position(2), A));
    assertThat(rebuildable().collections()).containsExactlyInAnyOrder(PLAYS, PLAYERS);
    assertThat(rebuildable().rebuild()).isEmpty();

    rebuildable().begin("s1", "plays", "wide");
    assertThat(rebuildable().rebuild()).contains(new Rebuild("s1", "plays", "wide", false));
    fillBeside(10);
    applyBoth(snapshotCompleted(PLAYS, position(10), position(20), false));
    assertDocuments(PLAYS, Map.of(key(1), B, key(2), A, key(9), B));

    assertThat(rebuildable().swap(List.of(PLAYS), position(10))).containsExactly(PLAYS);
    assertThat(rebuildable().rebuild()).contains(new Rebuild("s1", "plays", "wide", true));
    assertDocuments(PLAYS, Map.of(key(1), B, key(2), A));
    assertDocuments(PLAYERS, Map.of(key(1), A));

    // Repeats bring nothing back, and all goes on.
    applyLive(
        insert(PLAYS, key(1), position(1), A),
        insert(PLAYS, key(3), position(13), A),
        insert(PLAYS, key(4), position(21), B));
    assertDocuments(PLAYS, Map.of(key(1), B, key(2), A, key(4), B));
    assertThat(rebuildable().collections()).containsExactlyInAnyOrder(PLAYS, PLAYERS);
  }

  @Test
  void canBeRebuiltAgainAndAgain() throws Exception {
    applyLive(insert(PLAYS, key(1), position(1), A), insert(PLAYS, key(9), position(900), A));
    for (int n = 1; n <= 3; n++) {
      rebuildable().begin("s" + n, "plays", "wide");
      fillBeside(10 * n);
      applyBoth(snapshotCompleted(PLAYS, position(10 * n), position(10 * n + 5), false));
      rebuildable().swap(List.of(PLAYS), position(10 * n));

      assertThat(rebuildable().rebuild()).contains(new Rebuild("s" + n, "plays", "wide", true));
      assertDocuments(PLAYS, Map.of(key(1), B, key(2), A));
    }
    rebuildable().discard();
    assertThat(rebuildable().rebuild()).isEmpty();
    assertDocuments(PLAYS, Map.of(key(1), B, key(2), A));
  }

  @Test
  void whatIsThrownAwayLeavesTheLiveOneAndTheNextBeginsEmpty() throws Exception {
    applyLive(insert(PLAYS, key(1), position(1), A));
    rebuildable().begin("s1", "plays", "wide");
    fillBeside(10);
    rebuildable().discard();
    assertThat(rebuildable().rebuild()).isEmpty();
    assertDocuments(PLAYS, Map.of(key(1), B, key(2), A));
    rebuildable().discard();

    rebuildable().begin("s2", "plays", "wide");
    fillBeside(20);
    rebuildable().begin("s3", "plays", "wider");
    applyBoth(insert(PLAYS, key(5), position(30), A));
    assertThat(rebuildable().rebuild()).contains(new Rebuild("s3", "plays", "wider", false));
    rebuildable().swap(List.of(PLAYS), position(29));
    assertDocuments(PLAYS, Map.of(key(5), A));
  }

  @Test
  void aCollectionThatHasNothingBesideIsEmptyBehindTheSwap() throws Exception {
    applyLive(insert(PLAYS, key(1), position(1), A), insert(PLAYERS, key(1), position(2), A));
    rebuildable().begin("s1", "plays", "wide");
    fillBeside(10);

    assertThat(rebuildable().swap(List.of(PLAYS, PLAYERS), position(10)))
        .containsExactly(PLAYS, PLAYERS);
    assertDocuments(PLAYERS, Map.of());
    applyLive(insert(PLAYERS, key(2), position(20), B));
    assertDocuments(PLAYERS, Map.of(key(2), B));
  }

  @Test
  void aCollectionThatAnotherTookTheNameOfMeanwhileIsNotSwapped() throws Exception {
    applyLive(insert(PLAYS, key(1), position(1), A), insert(PLAYERS, key(7), position(2), A));
    rebuildable().begin("s1", "plays", "wide");
    fillBeside(10);
    applyBoth(
        rename(PLAYERS, PLAYS, position(15)),
        snapshotCompleted(PLAYS, position(10), position(20), false));

    assertThat(rebuildable().swap(List.of(PLAYS), position(10))).isEmpty();
    assertDocuments(PLAYS, Map.of(key(7), A));
    assertThat(rebuildable().rebuild()).contains(new Rebuild("s1", "plays", "wide", true));
  }

  @Test
  void isTheCollectionAtTheEndWhateverIsRepeatedBeside() throws Exception {
    GeneratedHistory history = new GeneratedHistory(11, 100);
    applyLive(
        insert(PLAYS, key(900), position(1000), A), insert(PLAYERS, key(900), position(1000), A));
    rebuildable().begin("s1", "plays", "wide");
    try (Target live = rebuildable().open();
        Target beside = rebuildable().openBeside()) {
      for (List<Event> batch : history.batches(history.deliveries())) {
        live.apply(new Batch(batch));
        beside.apply(new Batch(batch));
      }
    }
    rebuildable().swap(List.of(PLAYS, PLAYERS), position(0));

    for (Namespace each : List.of(PLAYS, PLAYERS)) {
      Map<String, String> stored = stored(each);
      assertThat(stored).containsOnlyKeys(history.documents(each).keySet());
      history
          .documents(each)
          .forEach(
              (key, json) ->
                  assertThat(Json.of(stored.get(key)).tree()).isEqualTo(Json.of(json).tree()));
    }
    if (history() != null) {
      assertThat(history()).doesNotHaveDuplicates().hasSize(history.events().size() + 2);
    }
  }
}
