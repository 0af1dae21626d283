package dev.sluice.target.sql;

import dev.sluice.consume.Column;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * SQLite (https://www.sqlite.org/lang_upsert.html): a file, which others may read while it is being
 * written.
 */
public final class SqliteDialect implements SqlDialect {
  private static final String DRIVER = "org.sqlite.JDBC";

  /** What another process that writes may take for one transaction. */
  private static final int BUSY_MILLIS = 5_000;

  /** 40 MB: by the default of 4 MB every third batch of documents of 1 KB would wait for one. */
  private static final int CHECKPOINT_PAGES = 10_000;

  // Primary result codes, https://www.sqlite.org/rescode.html
  private static final int PRIMARY = 0xFF;
  private static final int BUSY = 5;
  private static final int LOCKED = 6;
  private static final int NO_MEMORY = 7;
  private static final int IO_ERROR = 10;
  private static final int FULL = 13;
  private static final int TOO_BIG = 18;
  private static final int CONSTRAINT = 19;
  private static final int MISMATCH = 20;

  private final TargetUri uri;

  public SqliteDialect(TargetUri uri) {
    this.uri = uri;
  }

  @Override
  public String name() {
    return "SQLite at " + uri.place();
  }

  @Override
  public Connection connect() throws SQLException {
    Connection connection =
        Drivers.connect(DRIVER, "jdbc:sqlite:" + uri.place(), uri.driverParameters());
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma busy_timeout = " + BUSY_MILLIS);
      // Readers do not wait for the writer; with FULL a commit is on the disk when it returns.
      statement.execute("pragma journal_mode = wal");
      statement.execute("pragma synchronous = full");
      statement.execute("pragma wal_autocheckpoint = " + CHECKPOINT_PAGES);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Takes the lock for writing at once: one that is taken later may fail without waiting. */
  @Override
  public void begin(Connection connection) throws SQLException {
    execute(connection, "begin immediate");
  }

  @Override
  public void end(Connection connection, boolean commit) throws SQLException {
    execute(connection, commit ? "commit" : "rollback");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public boolean tellsCaseApart() {
    return false;
  }

  @Override
  public String type(Column.Type type) {
    return switch (type) {
      case TEXT, JSON, DATE, DECIMAL -> "text";
      case INT, LONG, BOOL -> "integer";
      case DOUBLE -> "real";
    };
  }

  @Override
  public String keyType(int length) {
    return "text";
  }

  @Override
  public String documentType() {
    return "text";
  }

  @Override
  public String tableOptions() {
    return "";
  }

  @Override
  public String upsert(String table, List<String> columns) {
    StringBuilder sql = new StringBuilder("insert into ").append(table);
    sql.append(" (").append(String.join(", ", columns)).append(") values (");
    sql.append("?, ".repeat(columns.size() - 1)).append("?) on conflict (");
    sql.append(columns.get(0)).append(", ").append(columns.get(1)).append(") do update set ");
    for (String column : columns.subList(2, columns.size())) {
      sql.append(column).append(" = excluded.").append(column).append(", ");
    }
    sql.setLength(sql.length() - 2);
    String position = columns.get(2);
    return sql.append(" where ")
        .append(table)
        .append('.')
        .append(position)
        .append(" < excluded.")
        .append(position)
        .toString();
  }

  @Override
  public String insertNew(String table, List<String> columns, String source) {
    return "insert into "
        + table
        + " ("
        + String.join(", ", columns)
        + ") "
        + source
        + " on conflict do nothing";
  }

  /** Dates and decimals as texts: SQLite has no type for them that keeps all digits. */
  @Override
  public void bind(PreparedStatement statement, int index, Column.Type type, Object value)
      throws SQLException {
    if (value == null) {
      statement.setObject(index, null);
      return;
    }
    switch (type) {
      case INT -> statement.setInt(index, (Integer) value);
      case LONG -> statement.setLong(index, (Long) value);
      case BOOL -> statement.setInt(index, (Boolean) value ? 1 : 0);
      case DOUBLE -> statement.setDouble(index, (Double) value);
      case DECIMAL -> statement.setString(index, ((BigDecimal) value).toPlainString());
      case TEXT, JSON, DATE -> statement.setString(index, value.toString());
    }
  }

  @Override
  public List<String> columnsOf(Connection connection, String table) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement("select name from pragma_table_info(?)")) {
      query.setString(1, table);
      try (ResultSet names = query.executeQuery()) {
        while (names.next()) {
          columns.add(names.getString(1).toLowerCase(Locale.ROOT));
        }
      }
    }
    return columns;
  }

  /**
   * Else it would change the views and triggers of others along, and stop at one that is broken.
   */
  @Override
  public void rename(Connection connection, Map<String, String> names) throws SQLException {
    execute(connection, "pragma legacy_alter_table = on");
    SqlDialect.super.rename(connection, names);
  }

  @Override
  public TargetException recognise(SQLException failure) {
    String sentence = name() + ": " + failure.getMessage();
    return switch (failure.getErrorCode() & PRIMARY) {
      case BUSY, LOCKED, NO_MEMORY, IO_ERROR, FULL ->
          TargetException.unavailable(sentence, failure);
      case TOO_BIG, CONSTRAINT, MISMATCH -> TargetException.refused(sentence, failure);
      default -> TargetException.unusable(sentence, failure);
    };
  }
}
