package dev.sluice.target.lucene;

import static dev.sluice.consume.GivenEvents.PLAYERS;
import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetUri;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchIndexTest {
  @TempDir Path directory;

  private Target open(String parameters) {
    return LuceneTarget.open(
        IndexParameters.of(TargetUri.parse("lucene:" + directory + parameters)));
  }

  private void keep(Event... events) {
    try (Target target = open("")) {
      target.apply(new Batch(List.of(events)));
    }
  }

  private List<String> find(String question) {
    return find(question, "");
  }

  private List<String> find(String question, String collection) {
    try (SearchIndex index = SearchIndex.open(directory.toString())) {
      return index.find(question, collection, 20).stream()
          .map(found -> found.id().substring(23))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          word:QUIZ                               | 1
          word:quiz                               | 1
          word:QU*                                | 1,2
          word.exact:quiz                         |
          word.exact:QUIZ                         | 1
          word.exact:QU*                          | 1
          word.exact:qu*                          |
          word.exact:*een                         | 2
          word.exact:[QU TO R]                    | 1,2
          word.exact:/QU.*/                       | 1
          word.exact:"QUIZ"                       | 1
          word:/qu.*/                             | 1,2
          QUIZ                                    | 1
          mia                                     | 1,3
          player.name:Mia                         | 1,3
          player.name:"Mia May"                   | 3
          score:22                                | 1
          score:[10 TO 30]                        | 1,3
          score:{8 TO 22}                         | 3
          score:[10 TO *]                         | 1,3
          score:[* TO 9.5]                        | 2
          at:[2026-11-20 TO 2026-11-21]           | 1,2
          at:2026-11-20                           | 1
          at:{2026-11-20 TO *]                    | 2,3
          tiles:Z                                 | 1
          won:true                                | 1
          big:[9000000000 TO 9100000000]          | 2
          ref:665f1c2a9d3e4b0012345678            | 2
          mia AND NOT word:QUIZ                   | 3
          -mia                                    |
          *:* -mia                                | 2
          _id:000000000000000000000002            | 2
          word:quix~                              | 1
          word:*ee*                               | 2
          """)
  void findsWhatIsMeant(String question, String found) {
    keep(
        insert(
            PLAYS,
            key(1),
            position(1),
            "{\"word\": \"QUIZ\", \"score\": 22, \"player\": {\"name\": \"Mia\"}, \"won\": true,"
                + " \"tiles\": [\"Q\", \"Z\"], \"at\": {\"$date\": \"2026-11-20T09:00:00Z\"}}"),
        insert(
            PLAYS,
            key(2),
            position(2),
            "{\"word\": \"Queen\", \"score\": {\"$numberInt\": \"8\"}, \"big\": {\"$numberLong\":"
                + " \"9007199254\"}, \"ref\": {\"$oid\": \"665f1c2a9d3e4b0012345678\"}, \"at\":"
                + " \"2026-11-21T00:00:00Z\"}"),
        insert(
            PLAYS,
            key(3),
            position(3),
            "{\"score\": 12.5, \"player\": {\"name\": \"Mia May\"}, \"at\": {\"$date\":"
                + " {\"$numberLong\": \"1796000000000\"}}}"),
        insert(PLAYS, key(4), position(4), "{\"word\": \"QUIZ\"}"),
        delete(PLAYS, key(4), position(5)));

    assertThat(String.join(",", find(question))).isEqualTo(found == null ? "" : found);
  }

  @Test
  void aFieldMayBeOfAnyTypeInAnyDocument() {
    keep(
        insert(PLAYS, key(1), position(1), "{\"x\": \"seven\"}"),
        insert(PLAYS, key(2), position(2), "{\"x\": 7}"),
        insert(PLAYS, key(3), position(3), "{\"x\": {\"$date\": \"2026-11-20T09:00:00Z\"}}"),
        insert(PLAYS, key(4), position(4), "{\"x\": {\"y\": [true, {\"z\": \"deep\"}]}}"),
        insert(PLAYS, key(5), position(5), "{\"x\": {\"$date\": {\"$numberLong\": \"x\"}}}"),
        insert(
            PLAYS,
            key(6),
            position(6),
            "{\"x\": {\"exact\": \"own\"}, \"#key\": \"a\", \"n\": null, \"\": 1, \"$a\": {}}"),
        insert(PLAYS, key(7), position(7), "{\"x\": {\"$date\": \"+300000000-01-01T00:00:00Z\"}}"));

    assertThat(find("x:seven")).containsExactly("1");
    assertThat(find("x:7")).containsExactly("2");
    assertThat(find("x:2026-11-20")).containsExactly("3");
    assertThat(find("x.y.z:deep")).containsExactly("4");
    assertThat(find("x.exact:OWN")).containsExactly("6");
    assertThat(find("*:*")).hasSize(7);
  }

  @Test
  void looksIntoOneCollectionIfThatIsWanted() {
    keep(
        insert(PLAYS, key(1), position(1), "{\"word\": \"QUIZ\"}"),
        insert(PLAYERS, key(2), position(2), "{\"word\": \"QUIZ\"}"));

    assertThat(find("quiz")).containsExactly("1", "2");
    assertThat(find("quiz", "players")).containsExactly("2");
    assertThat(find("quiz", "scrabble.plays")).containsExactly("1");
    assertThat(find("quiz", "none")).isEmpty();
  }

  @Test
  void answersWhileTheIndexIsBeingWritten() {
    try (Target target = open("")) {
      target.apply(new Batch(List.of(insert(PLAYS, key(1), position(1), "{\"a\": \"one\"}"))));
      assertThat(find("one")).containsExactly("1");
      target.apply(new Batch(List.of(insert(PLAYS, key(2), position(2), "{\"a\": \"one\"}"))));
      assertThat(find("one")).containsExactly("1", "2");
    }
  }

  @Test
  void indexesTheFieldsThatAreWantedAndKeepsTheWholeDocument() {
    try (Target target = open("?fields=word,player")) {
      target.apply(
          new Batch(
              List.of(
                  insert(
                      PLAYS,
                      key(1),
                      position(1),
                      "{\"word\": \"QUIZ\", \"player\": {\"name\": \"Mia\"}, \"note\": \"x\"}"))));
    }

    assertThat(find("note:x")).isEmpty();
    assertThat(find("mia AND quiz")).containsExactly("1");
    try (SearchIndex index = SearchIndex.open("lucene:" + directory)) {
      assertThat(index.find("quiz", "", 1).get(0).document()).contains("note");
    }
  }

  /** Documents that use values as names would fill the memory with names. */
  @Test
  void hasAnEndOfNames() {
    List<Event> events = new ArrayList<>();
    for (int n = 0; n < 1_200; n++) {
      events.add(insert(PLAYS, key(n), position(n + 1), "{\"n" + n + "\": \"same\"}"));
    }
    keep(events.toArray(Event[]::new));

    assertThat(find("n1:same")).hasSize(1);
    assertThat(find("n1199:same")).isEmpty();
    assertThat(find("same")).hasSize(20);
  }

  @Test
  void takesTextsOfAnyLength() {
    keep(
        insert(
            PLAYS,
            key(1),
            position(1),
            "{\"long\": \""
                + "x".repeat(100_000)
                + "\", \"text\": \""
                + "word ".repeat(50_000)
                + "\"}"));

    assertThat(find("text:word")).containsExactly("1");
  }

  @Test
  void saysWhatIsWrongWithAQuestion() {
    keep(insert(PLAYS, key(1), position(1), "{}"));

    assertThatThrownBy(() -> find("word:[1 TO")).hasMessageContaining("query language");
    assertThatThrownBy(() -> find("")).hasMessageContaining("query language");
    assertThatThrownBy(() -> find("word:/[a/")).hasMessageContaining("query language");
    assertThatThrownBy(() -> find("word:/(.*a.{1,99}){1,99}b/"))
        .hasMessageContaining("query language");
    assertThatThrownBy(() -> SearchIndex.open(directory.resolve("none").toString()))
        .hasMessageContaining("There is no index in");
  }
}
