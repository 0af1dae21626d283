package dev.sluice.target.sql;

import dev.sluice.consume.Column;
import dev.sluice.consume.TargetException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** What one database does in its own way. Stateless. */
public interface SqlDialect {
  /** The database as a sentence names it. */
  String name();

  /**
   * Opens a connection whose commits are durable.
   *
   * @throws TargetException if the driver is not there
   */
  Connection connect() throws SQLException;

  /**
   * Begins a transaction in which {@code sluice_collections} does not change under us; the
   * connection is in auto-commit mode, and is again behind {@link #end}.
   */
  void begin(Connection connection) throws SQLException;

  /** Commits, or rolls back. */
  void end(Connection connection, boolean commit) throws SQLException;

  /** A name of a table or a column, whatever is in it. */
  String quoted(String name);

  /** Whether the tables {@code "Plays"} and {@code "plays"} are two. */
  default boolean tellsCaseApart() {
    return true;
  }

  /** The type of a declared column. */
  String type(Column.Type type);

  /**
   * The type of a text that is compared byte by byte and may be part of a key.
   *
   * @param length most characters of it; longer ones may be refused
   */
  String keyType(int length);

  /** The type of a whole document. */
  String documentType();

  /** What follows the columns in {@code create table}; may be empty. */
  String tableOptions();

  /**
   * An insert of a row, given as {@link #source} says, which instead replaces the row of the same
   * key if the new position is greater, and else does nothing.
   *
   * @param table quoted
   * @param columns quoted; the first two are the key, the third is the position
   */
  String upsert(String table, List<String> columns);

  /**
   * Where an insert has its rows from: the parameters of a statement that is run for each.
   *
   * @param table quoted
   * @param columns quoted
   */
  default String source(String table, List<String> columns) {
    return "values (" + "?, ".repeat(columns.size() - 1) + "?)";
  }

  /**
   * What takes the rows of a statement whose source is {@link #source}.
   *
   * @param key how many of the columns are the key: the first ones, all texts
   */
  default Rows rows(
      Connection connection, String table, List<String> columns, int key, String statement)
      throws SQLException {
    return new PreparedRows(this, connection.prepareStatement(statement));
  }

  /**
   * An insert that does nothing where the key is there already.
   *
   * @param table quoted
   * @param source {@code values (…)} or {@code select … where …}
   */
  String insertNew(String table, List<String> columns, String source);

  /** Sets a parameter to a value of a column's Java type, or to null. */
  void bind(PreparedStatement statement, int index, Column.Type type, Object value)
      throws SQLException;

  /** The names of a table's columns in lower case; none if there is no such table. */
  List<String> columnsOf(Connection connection, String table) throws SQLException;

  /**
   * Renames tables one after the other within a transaction; or all in one step, if the database
   * has no transactions of that kind.
   *
   * @param names the old ones and the new ones, not quoted
   */
  default void rename(Connection connection, Map<String, String> names) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (Map.Entry<String, String> each : names.entrySet()) {
        statement.execute(
            "alter table " + quoted(each.getKey()) + " rename to " + quoted(each.getValue()));
      }
    }
  }

  /**
   * Has a view read the table that has the name since {@link #rename}, in the same transaction.
   *
   * @param view quoted
   * @param select what it shows
   */
  default void remakeView(Connection connection, String view, String select) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("drop view if exists " + view);
      statement.execute("create view " + view + " as " + select);
    }
  }

  /**
   * Most events for one transaction where nobody has said how many: a row of 500 costs PostgreSQL's
   * driver and DuckDB twice as much, a row of 5,000 hardly less.
   */
  default int batch() {
    return 2_000;
  }

  /** What a failure means, by its code. */
  TargetException recognise(SQLException failure);
}
