package dev.sluice.target.lucene;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.rename;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import dev.sluice.consume.Rebuildable;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetException.Kind;
import dev.sluice.consume.TargetIsRebuilt;
import dev.sluice.consume.TargetUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LuceneKeepsStepTest extends TargetIsRebuilt {
  @TempDir Path directory;

  private Path index() {
    return directory.resolve("index");
  }

  private LuceneStore store(String parameters) {
    return new LuceneStore(IndexParameters.of(TargetUri.parse("lucene:" + index() + parameters)));
  }

  @Override
  protected Rebuildable rebuildable() {
    return store("");
  }

  /** The writer is one. */
  @Override
  protected boolean takesTwoConsumers() {
    return false;
  }

  @Override
  protected Map<String, String> stored(Namespace collection) throws IOException {
    Map<String, String> documents = new HashMap<>();
    each(
        collection,
        entry -> {
          if (!entry.isMarker()) {
            assertThat(documents.put(entry.key().text(), entry.document())).isNull();
          }
        });
    return documents;
  }

  private void each(Namespace collection, StoredEntry.Each each) throws IOException {
    try (FSDirectory opened = FSDirectory.open(index());
        DirectoryReader reader = DirectoryReader.open(opened)) {
      StoredEntry.all(
          reader, new TermQuery(new Term(IndexFields.NAMESPACE, collection.toString())), each);
    } catch (IndexNotFoundException e) {
      // Nothing was ever written.
    }
  }

  private long markers() throws IOException {
    long[] count = new long[1];
    each(PLAYS, entry -> count[0] += entry.isMarker() ? 1 : 0);
    return count[0];
  }

  private static void apply(Target target, Event... events) {
    target.apply(new Batch(List.of(events)));
  }

  private static TargetException.Kind kindOf(Target.Opener opener) {
    try (Target target = opener.open()) {
      apply(target, insert(PLAYS, key(1), position(1), "{}"));
      return null;
    } catch (TargetException e) {
      return e.kind();
    }
  }

  @Test
  void takesAMarkerAwayWhenNothingOlderIsRepeatedAnyMore() throws IOException {
    try (Target target = store("?markers=1h").open()) {
      apply(target, insert(PLAYS, key(1), position(1), "{}"), delete(PLAYS, key(1), position(2)));
      assertThat(markers()).isEqualTo(1);
      apply(target, insert(PLAYS, key(2), position(3 + 4 * 3600), "{}"));
    }

    assertThat(markers()).isZero();
  }

  @Test
  void aSecondConsumerWaitsForTheFirst() {
    try (Target first = opener().open()) {
      assertThat(kindOf(opener())).isEqualTo(Kind.UNAVAILABLE);
      apply(first, insert(PLAYS, key(1), position(1), "{}"));
    }

    assertThat(kindOf(opener())).isNull();
  }

  @Test
  void refusesADocumentWhoseKeyIsTooLongForAnIndex() throws IOException {
    Event tooLong = insert(PLAYS, new DocumentKey("x".repeat(40_000), "string"), position(2), "{}");
    try (Target target = opener().open()) {
      assertThatThrownBy(() -> apply(target, insert(PLAYS, key(1), position(1), "{}"), tooLong))
          .isInstanceOfSatisfying(
              TargetException.class, refused -> assertThat(refused.event()).contains(tooLong));
    }

    assertThat(stored(PLAYS)).as("nothing of the batch").isEmpty();
  }

  @Test
  void saysThatAFileIsWhereTheIndexIsToBe() throws IOException {
    Files.writeString(index(), "a file");

    assertThatThrownBy(() -> opener().open())
        .hasMessageContaining("There is a file at")
        .extracting(failure -> ((TargetException) failure).kind())
        .isEqualTo(Kind.UNUSABLE);
  }

  @Test
  void saysWhatToDoAboutADamagedIndex() throws IOException {
    assertThat(kindOf(opener())).isNull();
    try (Stream<Path> files = Files.list(index())) {
      for (Path each : files.filter(file -> file.toString().contains("segments_")).toList()) {
        Files.writeString(each, "nothing of the kind");
      }
    }

    assertThatThrownBy(() -> opener().open())
        .hasMessageContaining("is damaged")
        .hasMessageContaining("sluice snapshot start")
        .extracting(failure -> ((TargetException) failure).kind())
        .isEqualTo(Kind.UNUSABLE);
  }

  @Test
  void saysThatAnIndexWithAFileMissingIsDamaged() throws IOException {
    assertThat(kindOf(opener())).isNull();
    try (Stream<Path> files = Files.list(index())) {
      for (Path each : files.filter(file -> file.toString().endsWith(".cfs")).toList()) {
        Files.delete(each);
      }
    }

    assertThatThrownBy(() -> opener().open())
        .hasMessageContaining("is damaged")
        .extracting(failure -> ((TargetException) failure).kind())
        .isEqualTo(Kind.UNUSABLE);
  }

  @Test
  void aRenameThatComesLateOverwritesNothingNewer() throws IOException {
    Namespace archive = new Namespace("scrabble", "archive");
    String newer = "{\"word\": \"RIVER\"}";
    try (Target target = opener().open()) {
      apply(
          target,
          insert(PLAYS, key(1), position(1), "{}"),
          insert(archive, key(1), position(5), newer),
          rename(PLAYS, archive, position(3)));
    }

    assertThat(stored(archive)).containsExactly(Map.entry(key(1).text(), newer));
  }

  @Test
  void aSwapThatFailsIsDoneAgainAndLosesNothing() throws IOException {
    try (Target live = opener().open()) {
      apply(
          live,
          insert(PLAYS, key(1), position(1), "{}"),
          insert(PLAYS, key(9), position(90), "{}"));
    }
    rebuildable().begin("s1", "plays", "wide");
    try (Target beside = rebuildable().openBeside()) {
      apply(beside, insert(PLAYS, key(1), position(1), "{}"));
    }
    try (Target live = opener().open()) {
      assertThatThrownBy(() -> rebuildable().swap(List.of(PLAYS), position(0)))
          .isInstanceOf(TargetException.class);
      apply(live, insert(PLAYS, key(8), position(100), "{}"));
    }
    assertThat(rebuildable().rebuild().orElseThrow().isDone()).isFalse();
    assertThat(stored(PLAYS)).hasSize(3);

    rebuildable().swap(List.of(PLAYS), position(0));

    assertThat(rebuildable().rebuild().orElseThrow().isDone()).isTrue();
    assertThat(stored(PLAYS)).containsOnlyKeys(key(1).text());
    assertThat(index().resolve("next")).doesNotExist();
  }

  @Test
  void doesNotGoOnWithWhatSomebodyHasThrownAway() {
    rebuildable().begin("s1", "plays", "wide");
    rebuildable().discard();

    assertThatThrownBy(() -> rebuildable().openBeside())
        .extracting(failure -> ((TargetException) failure).kind())
        .isEqualTo(Kind.UNAVAILABLE);
  }
}
