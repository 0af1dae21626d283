package dev.sluice.target.sql;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
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
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbKeepsStepTest extends TargetIsRebuilt {
  private static final String COLUMNS =
      "word,score:int,big:long,share:double,exact=score:decimal,won:bool,played=at:date,all=tiles:json";

  @TempDir Path directory;

  private static Rebuildable opener(String text) {
    TargetUri uri = TargetUri.parse(text);
    return new SqlStore(new DuckDbDialect(uri), SqlParameters.of(uri));
  }

  private String uri() {
    return "duckdb:" + directory.resolve("copy.duckdb") + "?history=true&columns=" + COLUMNS;
  }

  @Override
  protected Rebuildable rebuildable() {
    return opener(uri());
  }

  @Override
  protected Map<String, String> stored(Namespace collection) throws Exception {
    Map<String, String> documents = new HashMap<>();
    for (List<String> row :
        query(
            "select id, id_type, document from " + DuckDbDialect.quote(collection.collection()))) {
      documents.put(new DocumentKey(row.get(0), row.get(1)).text(), row.get(2));
    }
    return documents;
  }

  @Override
  protected List<String> history() throws Exception {
    List<String> ids = new ArrayList<>();
    for (String table : List.of("plays_history", "players_history")) {
      query("select message_id from " + table + " order by position")
          .forEach(row -> ids.add(row.get(0)));
    }
    return ids;
  }

  private List<List<String>> query(String sql) throws SQLException {
    List<List<String>> all = new ArrayList<>();
    if (!Files.exists(directory.resolve("copy.duckdb"))) {
      return all;
    }
    try (Connection connection = new DuckDbDialect(TargetUri.parse(uri())).connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.add(rows.getString(i));
        }
        all.add(row);
      }
    } catch (SQLException e) {
      if (!e.getMessage().contains("does not exist")) {
        throw e;
      }
    }
    return all;
  }

  @Test
  void hasEachDeclaredColumnInItsType() throws Exception {
    try (Target target = opener().open()) {
      target.apply(
          new Batch(
              List.of(
                  insert(
                      PLAYS,
                      key(1),
                      position(1),
                      "{\"word\": \"QUIZ\", \"score\": 22, \"big\": 9007199254740993, \"share\": 0.5,"
                          + " \"won\": true, \"at\": {\"$date\": \"2026-11-20T10:00:00.123Z\"},"
                          + " \"tiles\": [1]}"),
                  insert(PLAYS, key(2), position(2), "{\"score\": \"none\"}"))));
    }

    assertThat(
            query(
                "select word, score, big, share, exact, won, played, \"all\" from plays order by id"))
        .containsExactly(
            List.of(
                "QUIZ",
                "22",
                "9007199254740993",
                "0.5",
                "22",
                "true",
                "2026-11-20 10:00:00.123",
                "[1]"),
            new ArrayList<>(java.util.Collections.nCopies(8, null)));
  }

  @Test
  void aDateThatItHasNoPlaceForIsNullInItsColumn() throws Exception {
    List<String> millis =
        List.of(
            "9223372036854775807",
            "9224000000000000",
            "9223372036854776",
            "9223372036854775",
            "-9223372022400000",
            "-9223372022400001",
            "-9223372036854775808");
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < millis.size(); i++) {
      String json = "{\"at\": {\"$date\": {\"$numberLong\": \"" + millis.get(i) + "\"}}}";
      events.add(insert(PLAYS, key(i), position(i), json));
    }
    try (Target target = opener().open()) {
      target.apply(new Batch(events));
    }

    assertThat(query("select cast(played as varchar) from plays order by id"))
        .extracting(row -> row.get(0))
        .containsExactly(
            null,
            null,
            null,
            "294247-01-10 04:00:54.775",
            "290309-12-22 (BC) 00:00:00",
            null,
            null);
  }

  @Test
  void aRebuiltTableHasTheColumnsThatAreDeclaredAndNoOthers() throws Exception {
    Batch one =
        new Batch(
            List.of(insert(PLAYS, key(1), position(1), "{\"word\": \"QUIZ\", \"score\": 22}")));
    try (Target target = opener().open()) {
      target.apply(one);
    }
    Rebuildable other =
        opener("duckdb:" + directory.resolve("copy.duckdb") + "?columns=points=score:long,word");
    other.begin("s1", "queue", "layout");
    try (Target live = other.open();
        Target beside = other.openBeside()) {
      live.apply(one);
      beside.apply(one);
    }
    other.swap(List.of(PLAYS), position(1));

    assertThat(query("select points, word from plays")).containsExactly(List.of("22", "QUIZ"));
    assertThat(query("select count(*) from duckdb_columns() where table_name = 'plays_rows'"))
        .containsExactly(List.of("7"));
  }

  private void assertOpening(String uri, Kind kind, String... says) {
    assertThatThrownBy(() -> opener(uri).open().close())
        .isInstanceOfSatisfying(
            TargetException.class, failure -> assertThat(failure.kind()).isEqualTo(kind))
        .hasMessageContainingAll(says);
  }

  @Test
  void stopsAtWhatIsNoDatabaseOrMayNotBeWritten() throws IOException {
    Path text = Files.writeString(directory.resolve("notes.txt"), "no database ".repeat(400));
    assertOpening("duckdb:" + text, Kind.UNUSABLE, "not a valid DuckDB database");
    assertOpening("duckdb:" + directory, Kind.UNUSABLE, "directory");
    assertOpening("duckdb:" + directory.resolve("no/x.duckdb"), Kind.UNUSABLE, "Cannot open");
    opener(uri()).open().close();
    assertOpening(
        "duckdb:" + directory.resolve("copy.duckdb") + "?driver.access_mode=read_only",
        Kind.UNUSABLE,
        "read-only");
  }

  @Test
  void waitsWhileAnotherProcessHasTheFile() {
    TargetException failure =
        DuckDbFailures.recognise(
            "DuckDB at plays.duckdb",
            new SQLException(
                "IO Error: Could not set lock on file \"/d/plays.duckdb\": Conflicting lock is held"
                    + " in /usr/bin/java (PID 8609). See also https://duckdb.org/docs"));
    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("open in the process 8609");
    assertThat(
            DuckDbFailures.recognise("DuckDB", new SQLException("IO Error: No space left")).kind())
        .isEqualTo(Kind.UNAVAILABLE);
    assertThat(
            DuckDbFailures.recognise("DuckDB", new SQLException("Constraint Error: null")).kind())
        .isEqualTo(Kind.REFUSED);
  }

  @Test
  void refusesASecondCollectionWhoseTableWouldBeTheSameButForCase() {
    Namespace upper = new Namespace(PLAYS.database(), "PLAYS");
    try (Target target = opener().open()) {
      target.apply(new Batch(List.of(insert(PLAYS, key(1), position(1), "{}"))));
      assertThatThrownBy(
              () -> target.apply(new Batch(List.of(insert(upper, key(1), position(2), "{}")))))
          .hasMessageContaining("is for scrabble.plays already");
    }
  }
}
