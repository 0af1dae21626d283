package dev.sluice.target.sql;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Rebuildable;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetIsRebuilt;
import dev.sluice.consume.TargetUri;
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

class SqliteKeepsStepTest extends TargetIsRebuilt {
  @TempDir Path directory;

  private TargetUri uri() {
    return TargetUri.parse(
        "jdbc:sqlite:" + directory.resolve("copy.db") + "?history=true&columns=word,score:int");
  }

  @Override
  protected Rebuildable rebuildable() {
    TargetUri uri = uri();
    return new SqlStore(new SqliteDialect(uri), SqlParameters.of(uri));
  }

  @Override
  protected Map<String, String> stored(Namespace collection) throws Exception {
    Map<String, String> documents = new HashMap<>();
    query(
        "select id, id_type, document from \""
            + collection.collection().replace("\"", "\"\"")
            + "\"",
        row ->
            documents.put(
                new DocumentKey(row.getString(1), row.getString(2)).text(), row.getString(3)));
    return documents;
  }

  @Override
  protected List<String> history() throws Exception {
    List<String> ids = new ArrayList<>();
    if (Files.exists(directory.resolve("copy.db"))) {
      for (String table : List.of("plays_history", "players_history")) {
        query(
            "select message_id from " + table + " order by position",
            row -> ids.add(row.getString(1)));
      }
    }
    return ids;
  }

  private interface Row {
    void read(ResultSet row) throws SQLException;
  }

  private void query(String sql, Row each) throws SQLException {
    try (Connection connection = new SqliteDialect(uri()).connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        each.read(rows);
      }
    } catch (SQLException e) {
      if (!e.getMessage().contains("no such table")) {
        throw e;
      }
    }
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
