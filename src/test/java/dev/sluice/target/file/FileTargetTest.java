package dev.sluice.target.file;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.EventType;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileTargetTest {
  private static final int SECONDS_A_DAY = 86_400;

  @TempDir Path directory;

  private Target open(String nameAndParameters) {
    return FileTarget.open(
        FileParameters.of(TargetUri.parse("file:" + directory.resolve(nameAndParameters))));
  }

  private void write(String nameAndParameters, Event... events) {
    try (Target target = open(nameAndParameters)) {
      target.apply(new Batch(List.of(events)));
    }
  }

  private static Event event(int n) {
    return insert(
        PLAYS, key(n), position(n), "{\"_id\": \"" + n + "\", \"word\": \"Q,\\\"" + n + "\"}");
  }

  private List<String> lines(String name) throws IOException {
    return Files.readAllLines(directory.resolve(name));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void writesOneLineOfJsonAnEvent() throws Exception {
    write("a.jsonl", event(1), delete(PLAYS, key(1), position(2)));

    assertThat(lines("a.jsonl").get(0))
        .endsWith(
            "\"operation\": \"insert\", \"time\": \"2026-11-20T01:02:04Z\", \"database\":"
                + " \"scrabble\", \"collection\": \"plays\", \"_id\":"
                + " \"000000000000000000000001\", \"idType\": \"objectId\", \"document\": {\"_id\":"
                + " \"1\", \"word\": \"Q,\\\"1\"}}");
    assertThat(lines("a.jsonl").get(1)).endsWith("\"idType\": \"objectId\"}");
  }

  @Test
  void writesCsvWithWhatIsInTheWayOfACommaInQuotes() throws Exception {
    write("a.csv?columns=_id,w=word", event(1), delete(PLAYS, key(1), position(2)));
    write("a.csv?columns=_id,w=word", event(1), event(3));

    assertThat(lines("a.csv").get(0))
        .isEqualTo("eventId,position,operation,time,database,collection,_id,w");
    assertThat(lines("a.csv").get(1)).endsWith(",scrabble,plays,1,\"Q,\"\"1\"");
    assertThat(lines("a.csv").get(2)).endsWith(",scrabble,plays,000000000000000000000001,");
    assertThat(lines("a.csv")).hasSize(4);
  }

  @Test
  void anIdOfSomebodyElseIsOneValueOfCsv() throws Exception {
    Event event = event(1);
    write(
        "a.csv?columns=_id",
        new Event(
            "7, \"old\"",
            event.type(),
            PLAYS,
            event.key(),
            event.position(),
            event.state(),
            event.document(),
            event.details()));

    assertThat(lines("a.csv").get(1)).startsWith("\"7, \"\"old\"\"\"," + position(1) + ",insert,");
  }

  /** As a crash between the two leaves it. */
  @Test
  void cutsOffWhatTheJournalDoesNotHave() throws Exception {
    write("a.jsonl", event(1));
    Files.writeString(
        directory.resolve("a.jsonl"), "{\"eventId\": \"half", StandardOpenOption.APPEND);
    write("a.jsonl", event(2));

    assertThat(lines("a.jsonl")).hasSize(2).allMatch(line -> line.endsWith("}"));
  }

  /** At any byte of its last entry: that batch was not acknowledged and comes again. */
  @Test
  void standsAJournalThatEndsAnywhere() throws Exception {
    write("a.jsonl", event(1));
    Path journal = directory.resolve("a.jsonl.journal");
    long whole = Files.size(journal);
    write("a.jsonl", event(2), event(3));
    byte[] all = Files.readAllBytes(journal);
    for (int length = (int) whole; length < all.length; length++) {
      Files.write(journal, all);
      try (FileChannel channel = FileChannel.open(journal, StandardOpenOption.WRITE)) {
        channel.truncate(length);
      }
      write("a.jsonl", event(2), event(3));
      assertThat(lines("a.jsonl")).as("journal of %d bytes", length).hasSize(3);
    }
  }

  @Test
  void leavesTheFirstLinesThatNoEntryCameOfToTheNext() throws Exception {
    write("a.jsonl", event(1));
    Files.delete(directory.resolve("a.jsonl.journal"));
    write("a.jsonl", event(1), event(2));

    assertThat(lines("a.jsonl")).hasSize(2);
  }

  @Test
  void beginsANewFileWhenOneIsLargeEnough() throws Exception {
    String big = "{\"_id\": \"1\", \"x\": \"" + "x".repeat(600) + "\"}";
    for (int n = 1; n <= 5; n++) {
      write("a.jsonl?rotate=1KB", insert(PLAYS, key(n), position(n), big), event(1));
    }

    assertThat(files())
        .containsExactly("a-000001.jsonl", "a-000002.jsonl", "a-000003.jsonl", "a.jsonl.journal");
    assertThat(lines("a-000001.jsonl")).hasSize(2);
    assertThat(lines("a-000003.jsonl")).hasSize(1);
  }

  @Test
  void goesOnInAFileThatAnotherRotationHasLeft() throws Exception {
    write("a.jsonl", event(1), event(2));
    write("a.jsonl?rotate=day", event(3));
    write("a.jsonl", event(4), event(1));
    write("a.jsonl?rotate=day", event(5), event(3));

    assertThat(lines("a.jsonl")).hasSize(3);
    assertThat(lines("a-2026-11-20.jsonl")).hasSize(2);
  }

  /** A snapshot that goes on after a crash reads a chunk again, at a later time. */
  @Test
  void aReadThatIsRepeatedAtALaterTimeIsWrittenOnce() throws Exception {
    Event read = put(EventType.READ, PLAYS, key(1), position(1), "{}");
    Event again =
        new Event(
            read.messageId(),
            read.type(),
            read.namespace(),
            read.key(),
            position(3),
            read.state(),
            read.document(),
            read.details());
    write("a.jsonl", read, event(2));
    write("a.jsonl", again, event(4), read);

    assertThat(lines("a.jsonl")).hasSize(3);
  }

  @Test
  void beginsANewFileEachDayAndEachHasTheHeader() throws Exception {
    write("a.csv?columns=_id&rotate=day", event(1), event(2));
    write("a.csv?columns=_id&rotate=day", event(SECONDS_A_DAY), event(2));

    assertThat(files()).containsExactly("a-2026-11-20.csv", "a-2026-11-21.csv", "a.csv.journal");
    assertThat(lines("a-2026-11-21.csv")).hasSize(2);
  }

  @Test
  void refusesAFileOfSomebodyElseAndOneThatWasShortened() throws Exception {
    Files.writeString(directory.resolve("b.jsonl"), "mine\n");
    assertUnusable("b.jsonl", "was not written by sluice consume");
    write("a.jsonl", event(1));
    Files.writeString(directory.resolve("a.jsonl"), "");
    assertUnusable("a.jsonl", "shorter than what was written");
    assertUnusable("no/such/directory/a.jsonl", "cannot be written");
    assertThat(directory.resolve("b.jsonl")).hasContent("mine");
  }

  private void assertUnusable(String name, String why) {
    assertThatThrownBy(() -> open(name))
        .isInstanceOfSatisfying(
            TargetException.class,
            wrong -> assertThat(wrong.kind()).isEqualTo(TargetException.Kind.UNUSABLE))
        .hasMessageContaining(why);
  }

  @Test
  void isForOneConsumerAtATime() {
    try (Target first = open("a.jsonl")) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> open("a.jsonl"))
          .isInstanceOfSatisfying(
              TargetException.class,
              away -> assertThat(away.kind()).isEqualTo(TargetException.Kind.UNAVAILABLE));
    }
    write("a.jsonl", event(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a.txt", "a.csv", "a.jsonl?columns=a", "a.jsonl?rotate=0MB", "a.jsonl?rotate=5"})
  void saysWhatIsWrongWithItsName(String name) {
    assertThatThrownBy(() -> open(name)).isInstanceOf(TargetException.class);
  }

  /** Looks into the journal for what it has forgotten, and only then. */
  @Test
  void tellsRepeatsExactlyThoughItRemembersFew() throws Exception {
    List<EventMark> all = new ArrayList<>();
    WrittenEvents written = new WrittenEvents(3);
    for (int n = 0; n < 10; n++) {
      all.add(EventMark.of(event(n)));
      written.add(all.get(n));
    }
    List<Set<EventMark>> asked = new ArrayList<>();
    WrittenEvents.Forgotten journal =
        marks -> {
          asked.add(marks);
          Set<EventMark> found = new HashSet<>(marks);
          found.retainAll(all);
          return found;
        };
    EventMark old = EventMark.of(delete(PLAYS, key(99), position(2)));
    EventMark late = EventMark.of(delete(PLAYS, key(99), position(8)));

    assertThat(written.among(Set.of(all.get(8), EventMark.of(event(11)), late), journal))
        .containsExactly(all.get(8));
    assertThat(asked).isEmpty();
    assertThat(written.among(Set.of(all.get(2), old), journal)).containsExactly(all.get(2));
    assertThat(asked).containsExactly(Set.of(all.get(2), old));
  }
}
