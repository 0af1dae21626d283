package dev.sluice.target.sql;

import dev.sluice.change.Namespace;
import dev.sluice.consume.DocumentKey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a database has, read as anybody would. */
record KeptTables(SqlDialect dialect) {
  Map<String, String> documents(Namespace collection) throws SQLException {
    Map<String, String> documents = new HashMap<>();
    for (List<String> row : rows(collection.collection(), "id, id_type, document", "id")) {
      documents.put(new DocumentKey(row.get(0), row.get(1)).text(), row.get(2));
    }
    return documents;
  }

  List<String> history() throws SQLException {
    List<String> ids = new ArrayList<>();
    for (String table : List.of("plays_history", "players_history")) {
      rows(table, "message_id", "position").forEach(row -> ids.add(row.get(0)));
    }
    return ids;
  }

  /** None if there is no such table or view. */
  List<List<String>> rows(String table, String columns, String order) throws SQLException {
    try (Connection connection = dialect.connect();
        Statement statement = connection.createStatement()) {
      if (dialect.columnsOf(connection, table).isEmpty()) {
        return List.of();
      }
      List<List<String>> all = new ArrayList<>();
      String sql = "select " + columns + " from " + dialect.quoted(table) + " order by " + order;
      try (ResultSet rows = statement.executeQuery(sql)) {
        while (rows.next()) {
          List<String> row = new ArrayList<>();
          for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            row.add(rows.getString(i));
          }
          all.add(row);
        }
      }
      return all;
    }
  }
}
