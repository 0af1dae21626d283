package dev.sluice.consume;

import static dev.sluice.consume.GivenEvents.PLAYERS;
import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.gone;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.put;
import static dev.sluice.consume.GivenEvents.rename;
import static dev.sluice.consume.GivenEvents.replaced;
import static dev.sluice.consume.GivenEvents.snapshotCompleted;
import static dev.sluice.consume.GivenEvents.update;
import static dev.sluice.consume.GivenEvents.whole;
import static dev.sluice.consume.GivenEvents.without;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.change.Namespace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every target has to stand: a store is compared with the collection, document by document,
 * after all that may happen between them. A target's test extends this and says how its store is
 * opened and read.
 */
public abstract class TargetKeepsStep {
  private static final String A = "{\"_id\": \"a\", \"word\": \"QUIZ\", \"score\": 22}";
  private static final String B = "{\"_id\": \"b\", \"word\": \"RIVER\", \"score\": 8}";

  /** Opens the store of this test, which is empty when the test begins. */
  protected abstract Target.Opener opener();

  /**
   * The documents that the store has of a collection as JSON, by {@link DocumentKey#text}; not the
   * markers of deletes. Called while no target is open. Empty if the store has never heard of it.
   */
  protected abstract Map<String, String> stored(Namespace collection) throws Exception;

  /** Whether the newest states are kept; else only {@link #history} is looked at. */
  protected boolean keepsStates() {
    return true;
  }

  /** The message-ids of all events that are kept, each as often as it is there; null for none. */
  protected List<String> history() throws Exception {
    return null;
  }

  /** Whether two may be open at the same time, each with half of the messages. */
  protected boolean takesTwoConsumers() {
    return true;
  }

  private void apply(Event... events) {
    try (Target target = opener().open()) {
      target.apply(new Batch(List.of(events)));
    }
  }

  private void assertStored(Namespace collection, Map<DocumentKey, String> expected)
      throws Exception {
    Map<String, String> byText = new HashMap<>();
    expected.forEach((key, json) -> byText.put(key.text(), json));
    assertSame(stored(collection), byText);
  }

  private static void assertSame(Map<String, String> stored, Map<String, String> expected) {
    assertThat(trees(stored)).isEqualTo(trees(expected));
  }

  private static Map<String, JsonNode> trees(Map<String, String> documents) {
    Map<String, JsonNode> trees = new HashMap<>();
    documents.forEach((key, json) -> trees.put(key, Json.of(json).tree()));
    return trees;
  }

  private void assertIs(GeneratedHistory collection) throws Exception {
    if (keepsStates()) {
      assertSame(stored(PLAYS), collection.documents(PLAYS));
      assertSame(stored(PLAYERS), collection.documents(PLAYERS));
    }
    if (history() != null) {
      List<String> ids = collection.events().stream().map(Event::messageId).toList();
      assertThat(history()).containsExactlyInAnyOrderElementsOf(ids);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void isTheCollectionAtTheEndWhateverIsRepeated(long seed) throws Exception {
    GeneratedHistory history = new GeneratedHistory(seed, 150);
    try (Target target = opener().open()) {
      for (List<Event> batch : history.batches(history.deliveries())) {
        target.apply(new Batch(batch));
      }
    }

    assertIs(history);
  }

  /** What a crash leaves applied and not acknowledged comes again to the next. */
  @ParameterizedTest
  @ValueSource(longs = {6, 7})
  void isTheCollectionAtTheEndHoweverOftenItIsOpenedAnew(long seed) throws Exception {
    GeneratedHistory history = new GeneratedHistory(seed, 80);
    List<List<Event>> batches = history.batches(history.events());
    for (int next = 0; next < batches.size(); ) {
      try (Target target = opener().open()) {
        int last = Math.min(batches.size(), next + 1 + history.random().nextInt(4));
        for (List<Event> batch : batches.subList(next, last)) {
          target.apply(new Batch(batch));
        }
        // The last one was not acknowledged, unless it was the only one.
        next = last - next > 1 && last < batches.size() ? last - 1 : last;
      }
    }

    assertIs(history);
  }

  @Test
  void isTheCollectionAtTheEndWhenTwoConsumersShareTheQueue() throws Exception {
    assumeTrue(takesTwoConsumers());
    GeneratedHistory history = new GeneratedHistory(8, 150);
    List<List<Event>> shares = List.of(new ArrayList<>(), new ArrayList<>());
    for (Event event : history.deliveries()) {
      shares.get(history.random().nextInt(2)).add(event);
    }
    try (Target one = opener().open();
        Target other = opener().open()) {
      List<List<Event>> ofOne = history.batches(shares.get(0));
      List<List<Event>> ofOther = history.batches(shares.get(1));
      // The other one is a few batches behind.
      for (int i = 0; i < ofOne.size() + 3 || i - 3 < ofOther.size(); i++) {
        if (i < ofOne.size()) {
          one.apply(new Batch(ofOne.get(i)));
        }
        if (i >= 3 && i - 3 < ofOther.size()) {
          other.apply(new Batch(ofOther.get(i - 3)));
        }
      }
    }

    assertIs(history);
  }

  @Test
  void hasTheLastOfSeveralChangesInOneBatchAndOneTransaction() throws Exception {
    assumeTrue(keepsStates());
    apply(
        insert(PLAYS, key(1), position(1, 0), A),
        delete(PLAYS, key(1), position(1, 1)),
        insert(PLAYS, key(1), position(1, 2), A),
        update(PLAYS, key(1), position(1, 3), B),
        insert(PLAYS, key(2), position(1, 4), A),
        delete(PLAYS, key(2), position(1, 12)));

    assertStored(PLAYS, Map.of(key(1), B));
  }

  @Test
  void aLateRepeatBringsNothingBack() throws Exception {
    assumeTrue(keepsStates());
    apply(insert(PLAYS, key(1), position(1), A), insert(PLAYS, key(2), position(2), A));
    apply(delete(PLAYS, key(1), position(3)), update(PLAYS, key(2), position(4), B));
    apply(insert(PLAYS, key(1), position(1), A), insert(PLAYS, key(2), position(2), A));

    assertStored(PLAYS, Map.of(key(2), B));
  }

  @Test
  void whatIsInsertedAgainBehindItsDeleteIsThere() throws Exception {
    assumeTrue(keepsStates());
    apply(insert(PLAYS, key(1), position(1), A));
    apply(delete(PLAYS, key(1), position(2)));
    apply(insert(PLAYS, key(1), position(3), B));
    apply(delete(PLAYS, key(1), position(2)));

    assertStored(PLAYS, Map.of(key(1), B));
  }

  @Test
  void anUpdateWhoseLookupFoundNothingChangesNothing() throws Exception {
    assumeTrue(keepsStates());
    apply(insert(PLAYS, key(1), position(1), A));
    apply(gone(PLAYS, key(1), position(2)));

    assertStored(PLAYS, Map.of(key(1), A));
  }

  @Test
  void appliesNothingOfABatchThatItRefuses() throws Exception {
    assumeTrue(keepsStates());
    apply(insert(PLAYS, key(1), position(1), A));

    assertThatThrownBy(
            () ->
                apply(
                    update(PLAYS, key(1), position(2), B),
                    without(EventType.UPDATE, PLAYS, key(2), position(3), Event.State.EXPIRED),
                    insert(PLAYS, key(3), position(4), B)))
        .isInstanceOfSatisfying(
            TargetException.class,
            refused -> assertThat(refused.kind()).isEqualTo(TargetException.Kind.REFUSED));
    assertStored(PLAYS, Map.of(key(1), A));
  }

  @Test
  void aDropTakesAwayWhatWasThereAndNoRepeatBringsItBack() throws Exception {
    assumeTrue(keepsStates());
    apply(
        insert(PLAYS, key(1), position(1), A),
        insert(PLAYERS, key(1), position(2), A),
        whole(EventType.DROP, PLAYS, position(3)),
        insert(PLAYS, key(2), position(4), B));
    apply(insert(PLAYS, key(1), position(1), A), whole(EventType.DROP, PLAYS, position(3)));

    assertStored(PLAYS, Map.of(key(2), B));
    assertStored(PLAYERS, Map.of(key(1), A));
  }

  @Test
  void aRenameTakesTheDocumentsAlong() throws Exception {
    assumeTrue(keepsStates());
    Namespace archive = new Namespace("scrabble", "old.plays");
    Event before = insert(PLAYS, key(1), position(1), A);
    Event renamed = rename(PLAYS, archive, position(3));
    apply(before, insert(archive, key(7), position(2), B), renamed);
    apply(insert(PLAYS, key(2), position(4), B), update(archive, key(1), position(5), B));
    apply(before, renamed);

    assertStored(PLAYS, Map.of(key(2), B));
    assertStored(archive, Map.of(key(1), B));
  }

  /** What a rename brings along may be older than the end of what had its name before. */
  @Test
  void anEndThatIsRepeatedBehindARenameTakesNothingAwayThatCameWithIt() throws Exception {
    assumeTrue(keepsStates());
    Namespace archive = new Namespace("chess", "old.plays");
    Event dropped = whole(EventType.DROP, archive, position(3));
    Event ended = whole(EventType.DROP_DATABASE, new Namespace("chess", null), position(3, 1));
    Event renamed = rename(PLAYS, archive, position(4));
    apply(insert(PLAYS, key(1), position(1), A), insert(archive, key(7), position(2), B));
    apply(dropped, ended, renamed);
    apply(dropped, ended, renamed);

    assertStored(PLAYS, Map.of());
    assertStored(archive, Map.of(key(1), A));
  }

  @Test
  void aCollectionThatAnotherHasReplacedBeginsAnew() throws Exception {
    assumeTrue(keepsStates());
    apply(insert(PLAYS, key(1), position(1), A));
    apply(replaced(PLAYS, position(2)), insert(PLAYS, key(2), position(3), B));

    assertStored(PLAYS, Map.of(key(2), B));
  }

  @Test
  void theEndOfADatabaseIsTheEndOfItsCollections() throws Exception {
    assumeTrue(keepsStates());
    Namespace other = new Namespace("chess", "games");
    Event first = insert(PLAYS, key(1), position(1), A);
    apply(first, insert(PLAYERS, key(1), position(2), A), insert(other, key(1), position(3), A));
    apply(whole(EventType.DROP_DATABASE, new Namespace("scrabble", null), position(4)), first);
    apply(insert(PLAYERS, key(2), position(5), B));

    assertStored(PLAYS, Map.of());
    assertStored(PLAYERS, Map.of(key(2), B));
    assertStored(other, Map.of(key(1), A));
  }

  @Test
  void theEndOfASnapshotTakesAwayWhatItDidNotHold() throws Exception {
    assumeTrue(keepsStates());
    Event missed = insert(PLAYS, key(1), position(1), A);
    apply(missed, insert(PLAYS, key(2), position(2), A), insert(PLAYERS, key(1), position(3), A));
    apply(
        whole(EventType.SNAPSHOT_STARTED, null, position(10)),
        put(EventType.READ, PLAYS, key(2), position(11, -1), B),
        insert(PLAYS, key(3), position(12), A),
        put(EventType.READ, PLAYS, key(4), position(11, -1), A),
        snapshotCompleted(PLAYS, position(10), position(13), false));
    apply(missed);

    assertStored(PLAYS, Map.of(key(2), B, key(3), A, key(4), A));
    assertStored(PLAYERS, Map.of(key(1), A));
  }

  /** Its documents are older than the snapshot, which does not tell of them. */
  @Test
  void theEndOfASnapshotLeavesWhatWasRenamedOntoTheCollectionMeanwhile() throws Exception {
    assumeTrue(keepsStates());
    apply(insert(PLAYS, key(1), position(1), A), insert(PLAYERS, key(2), position(2), B));
    apply(
        put(EventType.READ, PLAYS, key(1), position(11, -1), A),
        rename(PLAYERS, PLAYS, position(12)),
        snapshotCompleted(PLAYS, position(10), position(13), false));

    assertStored(PLAYS, Map.of(key(2), B));
  }

  @Test
  void theEndOfAFilteredSnapshotTakesNothingAway() throws Exception {
    assumeTrue(keepsStates());
    apply(insert(PLAYS, key(1), position(1), A));
    apply(
        put(EventType.READ, PLAYS, key(2), position(11, -1), B),
        snapshotCompleted(PLAYS, position(10), position(13), true));

    assertStored(PLAYS, Map.of(key(1), A, key(2), B));
  }

  @Test
  void whatConcernsNoStateDoesNoHarm() throws Exception {
    apply(
        insert(PLAYS, key(1), position(1), A),
        whole(EventType.INVALIDATE, PLAYS, position(2)),
        whole(EventType.GAP, null, position(3), Map.of("gap", "{\"reason\": \"too short\"}")),
        whole(EventType.CREATE_INDEXES, PLAYS, position(4)),
        whole(EventType.COMMIT, null, position(4)),
        whole(EventType.SNAPSHOT_STARTED, null, position(5)),
        insert(PLAYS, key(2), position(6), B));

    if (keepsStates()) {
      assertStored(PLAYS, Map.of(key(1), A, key(2), B));
    }
  }

  @Test
  void hasValuesOfEveryTypeToTheLastDigit() throws Exception {
    assumeTrue(keepsStates());
    Map<DocumentKey, String> all = new HashMap<>();
    List<Event> events = new ArrayList<>();
    int n = 1;
    for (String value : EveryType.values()) {
      String json = "{\"_id\": \"" + key(n).id() + "\", \"v\": " + value + ", \"empty\": {}}";
      events.add(insert(PLAYS, key(n), position(n), json));
      all.put(key(n), json);
      n++;
    }
    apply(events.toArray(Event[]::new));

    assertStored(PLAYS, all);
  }

  @Test
  void keepsCollectionsAndKeysApartWhateverTheirNames() throws Exception {
    assumeTrue(keepsStates());
    Namespace odd = new Namespace("scrabble", "Plays 'of' \"2026\".ä");
    DocumentKey text = new DocumentKey("it's \"Ω\" \\ 100%;--", "string");
    DocumentKey upper = new DocumentKey("QUIZ", "string");
    DocumentKey lower = new DocumentKey("quiz", "string");
    DocumentKey accent = new DocumentKey("quíz ", "string");
    apply(
        insert(odd, text, position(1), A),
        insert(odd, upper, position(2), A),
        insert(odd, lower, position(3), B),
        insert(odd, accent, position(4), B));

    assertStored(odd, Map.of(text, A, upper, A, lower, B, accent, B));
  }

  @Test
  void hasEachEventOfTheHistoryOnce() throws Exception {
    assumeTrue(history() != null);
    Event one = insert(PLAYS, key(1), position(1), A);
    Event two = update(PLAYS, key(1), position(2), B);
    Event three = delete(PLAYS, key(1), position(3));
    apply(one, two, one);
    apply(two, three);
    apply(one);

    assertThat(history()).containsExactly(one.messageId(), two.messageId(), three.messageId());
    assertThat(new HashSet<>(history())).isEqualTo(Set.copyOf(history()));
  }
}
