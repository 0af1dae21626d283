package dev.sluice.target.sql;

import dev.sluice.consume.Column;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * DuckDB (https://duckdb.org/docs/stable/sql/statements/merge_into): a file for questions over very
 * many rows, which one process at a time may have open.
 */
public final class DuckDbDialect implements SqlDialect {
  private static final String DRIVER = "org.duckdb.DuckDBDriver";

  /**
   * How large its log may get before the tables' file has it all. Each time the last rows of the
   * file, up to 122,880, are written and compressed anew: with its own 16 MB that was half of what
   * an event cost.
   */
  private static final String CHECKPOINT = "128MB";

  // https://duckdb.org/docs/stable/sql/data_types/timestamp: beyond them the appender fails, or
  // writes what is infinite or cannot be read.
  private static final Instant FIRST_TIME = Instant.parse("-290308-12-22T00:00:00Z");
  private static final Instant LAST_TIME = Instant.parse("+294247-01-10T04:00:54.775806Z");

  private final TargetUri uri;

  public DuckDbDialect(TargetUri uri) {
    this.uri = uri;
  }

  @Override
  public String name() {
    return "DuckDB at " + uri.place();
  }

  @Override
  public Connection connect() throws SQLException {
    Map<String, String> properties = new TreeMap<>(uri.driverParameters());
    // Else a function that it does not know makes it ask the network.
    properties.putIfAbsent("autoinstall_known_extensions", "false");
    properties.putIfAbsent("checkpoint_threshold", CHECKPOINT);
    return Drivers.connect(DRIVER, "jdbc:duckdb:" + uri.place(), properties);
  }

  /** No other process has the file open, so nobody changes anything. */
  @Override
  public void begin(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
  }

  @Override
  public void end(Connection connection, boolean commit) throws SQLException {
    if (commit) {
      connection.commit();
    } else {
      connection.rollback();
    }
    connection.setAutoCommit(true);
  }

  static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public String quoted(String name) {
    return quote(name);
  }

  @Override
  public boolean tellsCaseApart() {
    return false;
  }

  /** Decimals as texts: none of its own has 34 digits with any exponent. Dates are in UTC. */
  @Override
  public String type(Column.Type type) {
    return switch (type) {
      case TEXT, JSON, DECIMAL -> "varchar";
      case INT -> "integer";
      case LONG -> "bigint";
      case BOOL -> "boolean";
      case DOUBLE -> "double";
      case DATE -> "timestamp";
    };
  }

  @Override
  public String keyType(int length) {
    return "varchar";
  }

  /** Its functions for JSON take texts, and a text is not looked into when it is written. */
  @Override
  public String documentType() {
    return "varchar";
  }

  @Override
  public String tableOptions() {
    return "";
  }

  private static String staged(String table) {
    return "staged " + table.substring(1, table.length() - 1).replace("\"\"", "\"");
  }

  @Override
  public String source(String table, List<String> columns) {
    return "select " + String.join(", ", columns) + " from temp." + quote(staged(table));
  }

  @Override
  public Rows rows(
      Connection connection, String table, List<String> columns, int key, String statement)
      throws SQLException {
    return new StagedRows(connection, table, columns, staged(table), statement);
  }

  /**
   * Not {@code insert … on conflict}: of two rows with one key that keeps the first without a word,
   * where this fails.
   */
  @Override
  public String upsert(String table, List<String> columns) {
    StringBuilder sql = new StringBuilder("merge into ").append(table).append(" as kept using (");
    sql.append(source(table, columns)).append(") as came on ");
    for (String key : columns.subList(0, 2)) {
      sql.append("kept.").append(key).append(" = came.").append(key).append(" and ");
    }
    sql.append("true when matched and came.position > kept.position then update set ");
    for (String column : columns.subList(2, columns.size())) {
      sql.append(column).append(" = came.").append(column).append(", ");
    }
    sql.setLength(sql.length() - 2);
    sql.append(" when not matched then insert (").append(String.join(", ", columns));
    sql.append(") values (came.").append(String.join(", came.", columns)).append(')');
    return sql.toString();
  }

  @Override
  public String insertNew(String table, List<String> columns, String source) {
    String names = String.join(", ", columns);
    return "insert into " + table + " (" + names + ") " + source + " on conflict do nothing";
  }

  @Override
  public void bind(PreparedStatement statement, int index, Column.Type type, Object value)
      throws SQLException {
    if (value == null || !fits(type, value)) {
      statement.setObject(index, null);
    } else if (value instanceof Instant time) {
      statement.setObject(index, LocalDateTime.ofInstant(time, ZoneOffset.UTC));
    } else if (value instanceof BigDecimal number) {
      statement.setString(index, number.toPlainString());
    } else {
      statement.setObject(index, value);
    }
  }

  /** Whether a column of that type takes it. */
  static boolean fits(Column.Type type, Object value) {
    return type != Column.Type.DATE
        || !((Instant) value).isBefore(FIRST_TIME) && !((Instant) value).isAfter(LAST_TIME);
  }

  @Override
  public List<String> columnsOf(Connection connection, String table) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "select column_name from duckdb_columns() where database_name = current_database()"
                + " and schema_name = 'main' and lower(table_name) = lower(?) order by"
                + " column_index")) {
      query.setString(1, table);
      try (ResultSet names = query.executeQuery()) {
        while (names.next()) {
          columns.add(names.getString(1).toLowerCase(Locale.ROOT));
        }
      }
    }
    return columns;
  }

  @Override
  public TargetException recognise(SQLException failure) {
    return DuckDbFailures.recognise(name(), failure);
  }
}
