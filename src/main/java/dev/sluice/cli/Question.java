package dev.sluice.cli;

import dev.sluice.consume.TargetException;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.target.sql.KeptFile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;

/** A question in SQL to a file. */
record Question(String sql, String file) {
  void answer(RowForm form) {
    try {
      KeptFile kept = new KeptFile(file);
      try (Connection connection = kept.open();
          Statement statement = connection.createStatement()) {
        if (statement.execute(sql)) {
          try (ResultSet rows = statement.getResultSet()) {
            write(rows, form);
          }
        }
      } catch (SQLException e) {
        throw kept.recognise(e);
      }
    } catch (TargetException e) {
      throw new PipelineException(FailureKind.MISCONFIGURED, e.getMessage(), e);
    }
  }

  private static void write(ResultSet rows, RowForm form) throws SQLException {
    ResultSetMetaData columns = rows.getMetaData();
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      names.add(columns.getColumnLabel(i));
    }
    form.begin(names);
    while (rows.next()) {
      List<Object> row = new ArrayList<>();
      for (int i = 1; i <= names.size(); i++) {
        row.add(value(rows, i));
      }
      form.row(row);
    }
    form.end();
  }

  /** What JSON has no type for is shown as the database writes it. */
  private static Object value(ResultSet rows, int column) throws SQLException {
    Object value = rows.getObject(column);
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    String text = rows.getString(column);
    // JDBC always writes a fraction of a second.
    return value instanceof Timestamp ? text.replaceFirst("\\.0$", "") : text;
  }
}
