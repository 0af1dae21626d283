package dev.sluice.target.sql;

import static dev.sluice.consume.GivenEvents.PLAYERS;
import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.rename;
import static dev.sluice.consume.GivenEvents.snapshotCompleted;
import static dev.sluice.consume.GivenEvents.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.EventType;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetException.Kind;
import dev.sluice.consume.TargetUri;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteTargetTest {
  private static final int SECONDS_A_WEEK = 7 * 86_400;

  @TempDir Path directory;

  private Target open(String parameters) {
    TargetUri uri = TargetUri.parse("jdbc:sqlite:" + directory.resolve("a.db") + parameters);
    return SqlTarget.open(new SqliteDialect(uri), SqlParameters.of(uri));
  }

  private void apply(String parameters, Event... events) {
    try (Target target = open(parameters)) {
      target.apply(new Batch(List.of(events)));
    }
  }

  private Connection connection() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("a.db"));
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = connection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> query(String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = connection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          values.add(rows.getString(i));
        }
      }
    }
    return values;
  }

  @Test
  void fillsDeclaredColumnsAndLeavesNullWhereAValueDoesNotFit() throws Exception {
    apply(
        "?columns=word,points=score:int,at:date",
        insert(
            PLAYS,
            key(1),
            position(1),
            "{\"word\": \"QUIZ\", \"score\": 22, \"at\": {\"$date\": \"2026-11-20T01:02:03Z\"}}"),
        insert(PLAYS, key(2), position(2), "{\"score\": \"many\"}"));

    assertThat(query("select word, points, at from plays order by id"))
        .containsExactly("QUIZ", "22", "2026-11-20T01:02:03Z", null, null, null);
    assertThat(query("select document ->> 'score' from plays order by id"))
        .containsExactly("22", "many");
  }

  /** A queue bound to a part of what is watched gets renames and snapshots of the rest too. */
  @Test
  void whatConcernsCollectionsOfWhichThereIsNothingMakesNoTables() throws Exception {
    Namespace foreign = new Namespace("other", "plays");
    apply("?history=true", insert(PLAYS, key(1), position(1), "{}"));
    apply(
        "?history=true",
        rename(foreign, new Namespace("other", "players"), position(2)),
        snapshotCompleted(foreign, position(2), position(3), false),
        whole(EventType.DROP_DATABASE, new Namespace("other", null), position(4)),
        whole(EventType.GAP, null, position(5)));

    assertThat(query("select name from sqlite_master where type = 'table' order by name"))
        .containsExactly("plays_history", "plays_rows", "sluice_collections");
    assertThat(query("select id from plays")).hasSize(1);
  }

  @Test
  void aRenameOntoACollectionTakesAwayWhatItHadThoughTheOtherWasNotHeld() throws Exception {
    apply("", insert(PLAYS, key(1), position(1), "{}"));
    apply("", rename(PLAYERS, PLAYS, position(2)));
    apply(
        "", insert(PLAYERS, key(2), position(1), "{}"), insert(PLAYERS, key(3), position(3), "{}"));

    assertThat(query("select id from plays")).isEmpty();
    assertThat(query("select id from players")).containsExactly(key(3).id());
    assertThat(query("select table_name from sluice_collections order by coll"))
        .containsExactly("players", "plays");
  }

  /** A released drop, or what a second consumer has done, may be there before the rename. */
  @Test
  void aRenameLeavesWhatIsNewerThanItself() throws Exception {
    apply("", insert(PLAYS, key(1), position(1), "{}"), insert(PLAYS, key(2), position(5), "{}"));
    apply("", rename(PLAYS, PLAYERS, position(3)));

    assertThat(query("select id from plays")).containsExactly(key(2).id());
    assertThat(query("select id from players")).containsExactly(key(1).id());
  }

  @Test
  void aColumnThatIsDeclaredLaterIsAdded() throws Exception {
    apply("", insert(PLAYS, key(1), position(1), "{\"word\": \"QUIZ\"}"));
    apply("?columns=word", insert(PLAYS, key(2), position(2), "{\"word\": \"RIVER\"}"));

    assertThat(query("select word from plays order by id")).containsExactly(null, "RIVER");
  }

  private SqlStore store(String parameters) {
    TargetUri uri = TargetUri.parse("jdbc:sqlite:" + directory.resolve("a.db") + parameters);
    return new SqlStore(new SqliteDialect(uri), SqlParameters.of(uri));
  }

  @Test
  void aRebuiltTableHasTheColumnsThatAreDeclaredAndNoOthers() throws Exception {
    Event one = insert(PLAYS, key(1), position(1), "{\"word\": \"QUIZ\", \"score\": 22}");
    apply("?columns=word&history=true", one, insert(PLAYERS, key(2), position(2), "{}"));
    execute("create view best as select * from plays");
    execute("create table players_next (id text)");
    SqlStore store = store("?columns=score:int&history=true");
    store.begin("s1", "queue", "layout");
    try (Target beside = store.openBeside()) {
      beside.apply(new Batch(List.of(one)));
    }
    store.swap(List.of(PLAYS), position(1));

    assertThat(query("select name from pragma_table_info('plays_rows')"))
        .containsExactly("id", "id_type", "position", "deleted", "document", "score");
    assertThat(query("select score from plays")).containsExactly("22");
    assertThat(query("select id from best")).containsExactly(key(1).id());
    assertThat(query("select name from sqlite_master where type = 'table' order by name"))
        .as("nothing is left behind, and what is somebody else's is not taken away")
        .containsExactly(
            "players_history",
            "players_next",
            "players_rows",
            "plays_history",
            "plays_rows",
            "sluice_collections",
            "sluice_rebuild");
  }

  @Test
  void markersOfDeletesAreSweptBehindTheirTimeInTheStream() throws Exception {
    apply("", insert(PLAYS, key(1), position(1), "{}"), delete(PLAYS, key(1), position(2)));
    assertThat(query("select count(*) from plays_rows")).containsExactly("1");
    apply("", insert(PLAYS, key(2), position(SECONDS_A_WEEK + 1), "{}"));
    assertThat(query("select count(*) from plays_rows")).containsExactly("2");
    apply("", insert(PLAYS, key(2), position(SECONDS_A_WEEK + 4), "{}"));

    assertThat(query("select deleted from plays_rows")).containsExactly("0");
  }

  @Test
  void whatATriggerRefusesIsRefused() throws Exception {
    apply("", insert(PLAYS, key(1), position(1), "{}"));
    execute("create trigger no before insert on plays_rows begin select raise(abort, 'no'); end");

    assertFails(Kind.REFUSED, "no", () -> apply("", insert(PLAYS, key(2), position(2), "{}")));
    assertThat(query("select count(*) from plays_rows")).containsExactly("1");
  }

  @Test
  void isAwayWhileAnotherHoldsTheLock() throws Exception {
    apply("", insert(PLAYS, key(1), position(1), "{}"));
    try (Target target = open("");
        Connection other = connection();
        Statement statement = other.createStatement()) {
      statement.execute("begin exclusive");
      assertFails(
          Kind.UNAVAILABLE,
          "SQLITE_BUSY",
          () -> target.apply(new Batch(List.of(insert(PLAYS, key(2), position(2), "{}")))));
      statement.execute("rollback");
    }
  }

  @Test
  void isAwayWhileThereIsNoRoom() throws Exception {
    try (Target target = open("?driver.max_page_count=20")) {
      List<Event> events = new ArrayList<>();
      for (int n = 0; n < 100; n++) {
        events.add(insert(PLAYS, key(n), position(n), "{\"x\": \"" + "x".repeat(1000) + "\"}"));
      }
      assertFails(Kind.UNAVAILABLE, "full", () -> target.apply(new Batch(events)));
    }
  }

  @Test
  void cannotUseWhatIsNoDatabaseOrNotOurs() throws Exception {
    Files.writeString(
        directory.resolve("a.db"), "this is a text and no database at all".repeat(50));
    assertFails(Kind.UNUSABLE, "not a database", () -> open(""));
    Files.delete(directory.resolve("a.db"));
    execute("create table plays_rows (a int)");
    assertFails(
        Kind.UNUSABLE,
        "not one that sluice consume has made",
        () -> apply("", insert(PLAYS, key(1), position(1), "{}")));
  }

  @Test
  void twoDatabasesWithOneCollectionNeedFullNames() throws Exception {
    Event one = insert(PLAYS, key(1), position(1), "{}");
    Event other = insert(new Namespace("chess", "plays"), key(1), position(2), "{}");

    assertFails(Kind.UNUSABLE, "names=full", () -> apply("", one, other));
    Files.delete(directory.resolve("a.db"));
    apply("?names=full", one, other);
    assertThat(query("select count(*) from scrabble_plays")).containsExactly("1");
    assertThat(query("select count(*) from chess_plays")).containsExactly("1");
  }

  private static void assertFails(Kind kind, String why, ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            TargetException.class,
            failure -> assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(kind))
        .hasMessageContaining(why);
  }
}
