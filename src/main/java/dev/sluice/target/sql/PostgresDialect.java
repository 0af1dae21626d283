package dev.sluice.target.sql;

import dev.sluice.consume.Column;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.postgresql.util.PSQLException;

/** PostgreSQL (https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT). */
public final class PostgresDialect implements SqlDialect {
  private static final String DRIVER = "org.postgresql.Driver";

  /** Longer ones are cut without an error, and two of them might be one then. */
  private static final int LONGEST_NAME_BYTES = 63;

  private static final Map<String, String> PROPERTIES =
      Map.of(
          "ApplicationName", "sluice consume",
          "connectTimeout", "10",
          // A network that swallows everything; to empty a large table may take minutes.
          "socketTimeout", "600",
          "tcpKeepAlive", "true",
          "reWriteBatchedInserts", "true",
          // The detail has values of the row: they belong in no log.
          "logServerErrorDetail", "false");

  /** What another consumer may take for one transaction. */
  private static final String LOCK_TIMEOUT = "set lock_timeout = '30s'";

  // https://www.postgresql.org/docs/current/datatype-datetime.html
  private static final Instant FIRST_TIME = Instant.parse("-4712-01-01T00:00:00Z");
  private static final Instant LAST_TIME = Instant.parse("+294276-12-31T00:00:00Z");

  // https://www.postgresql.org/docs/current/errcodes-appendix.html: classes, and single states.
  /** Connection, resources, operator intervention, system, rollback by deadlock and the like. */
  private static final Set<String> AWAY = Set.of("08", "53", "57", "58", "40");

  /**
   * A lock that did not come; a server that only reads, as one that has become the standby, or
   * whose provider saw the disk fill up; and what another consumer has made a moment before us.
   */
  private static final Set<String> AWAY_STATES =
      Set.of("55P03", "55006", "25006", "42P07", "42701", "42710");

  /** Values that do not go into their column, constraints, limits of a row or a key. */
  private static final Set<String> REFUSED = Set.of("21", "22", "23", "54");

  /** {@code invalid_table_definition}: a view is replaced by one with other columns. */
  private static final String OTHER_COLUMNS = "42P16";

  private final ServerPlace place;

  public PostgresDialect(TargetUri uri) {
    this.place = ServerPlace.of(uri, PROPERTIES);
  }

  @Override
  public String name() {
    return "PostgreSQL at " + place;
  }

  @Override
  public Connection connect() throws SQLException {
    Connection connection =
        Drivers.connect(DRIVER, "jdbc:postgresql:" + place.address(), place.properties());
    try (Statement statement = connection.createStatement()) {
      statement.execute(LOCK_TIMEOUT);
      // Where it is off, a commit that was answered may be lost; all other levels are stricter.
      statement.execute(
          "select set_config('synchronous_commit', 'on', false)"
              + " where current_setting('synchronous_commit') = 'off'");
      // Since 12: to plan 128 rows again each time took an eighth of what the server did for them.
      statement.execute(
          "select set_config('plan_cache_mode', 'force_generic_plan', false)"
              + " where current_setting('plan_cache_mode', true) is not null");
      // Rows are looked for by their key: a plan that is made while a table has a page would go on
      // reading all of it when it has many. What has no key is read whole in spite of this.
      statement.execute("set enable_seqscan = off");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * One consumer writes at a time. READ COMMITTED alone would let a floor rise between its being
   * read and our commit, and a weaker lock would let two consumers wait for each other's rows.
   */
  @Override
  public void begin(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("lock table " + SqlTables.COLLECTIONS + " in share row exclusive mode");
    }
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

  @Override
  public String quoted(String name) {
    if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME_BYTES) {
      throw TargetException.unusable(
          "PostgreSQL has no names of more than "
              + LONGEST_NAME_BYTES
              + " bytes, and "
              + name
              + " is longer: bind the queue to other collections");
    }
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public String type(Column.Type type) {
    return switch (type) {
      case TEXT -> "text";
      case INT -> "integer";
      case LONG -> "bigint";
      case DOUBLE -> "double precision";
      case DECIMAL -> "numeric";
      case BOOL -> "boolean";
      case DATE -> "timestamp with time zone";
      case JSON -> "json";
    };
  }

  @Override
  public String keyType(int length) {
    return "text collate \"C\"";
  }

  /** {@code jsonb} refuses U+0000 and forgets how numbers were written. */
  @Override
  public String documentType() {
    return "json";
  }

  @Override
  public String tableOptions() {
    return "";
  }

  @Override
  public String upsert(String table, List<String> columns) {
    String position = columns.get(2);
    return "insert into "
        + table
        + " as kept ("
        + String.join(", ", columns)
        + ") values ("
        + "?, ".repeat(columns.size() - 1)
        + "?) on conflict ("
        + columns.get(0)
        + ", "
        + columns.get(1)
        + ") do update set "
        + columns.stream()
            .skip(2)
            .map(column -> column + " = excluded." + column)
            .collect(Collectors.joining(", "))
        + " where kept."
        + position
        + " < excluded."
        + position;
  }

  @Override
  public Rows rows(
      Connection connection, String table, List<String> columns, int key, String statement)
      throws SQLException {
    PreparedRows others = new PreparedRows(this, connection.prepareStatement(statement));
    return hidesRows(connection, table)
        ? others
        : new CopiedRows(connection, table, columns, key, others);
  }

  /** Where policies hide rows of it from this user the server refuses to copy into the table. */
  private static boolean hidesRows(Connection connection, String table) throws SQLException {
    try (PreparedStatement asking =
        connection.prepareStatement("select row_security_active(?::text)")) {
      asking.setString(1, table);
      try (ResultSet active = asking.executeQuery()) {
        return active.next() && active.getBoolean(1);
      }
    }
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

  @Override
  public void bind(PreparedStatement statement, int index, Column.Type type, Object value)
      throws SQLException {
    Object known = value == null || !fits(type, value) ? null : value;
    if (type == Column.Type.JSON) {
      // Without a type of its own the server takes it for what the column is.
      statement.setObject(index, known, Types.OTHER);
    } else if (type == Column.Type.DATE) {
      statement.setObject(
          index,
          known == null ? null : ((Instant) known).atOffset(ZoneOffset.UTC),
          Types.TIMESTAMP_WITH_TIMEZONE);
    } else {
      statement.setObject(index, known, sqlType(type));
    }
  }

  private static int sqlType(Column.Type type) {
    return switch (type) {
      case INT -> Types.INTEGER;
      case LONG -> Types.BIGINT;
      case DOUBLE -> Types.DOUBLE;
      case DECIMAL -> Types.NUMERIC;
      case BOOL -> Types.BOOLEAN;
      default -> Types.VARCHAR;
    };
  }

  /** Whether a column of that type takes it. */
  static boolean fits(Column.Type type, Object value) {
    return switch (type) {
      case TEXT -> ((String) value).indexOf('\0') < 0;
      case DATE -> !((Instant) value).isBefore(FIRST_TIME) && !((Instant) value).isAfter(LAST_TIME);
      default -> true;
    };
  }

  /** Only if a column has another type now is it another view; then none of others may need it. */
  @Override
  public void remakeView(Connection connection, String view, String select) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try (Statement statement = connection.createStatement()) {
      statement.execute("create or replace view " + view + " as " + select);
    } catch (SQLException e) {
      if (!OTHER_COLUMNS.equals(e.getSQLState())) {
        throw e;
      }
      connection.rollback(before);
      SqlDialect.super.remakeView(connection, view, select);
    }
  }

  /** Of the table that the name means: in whichever schema of the search path it is. */
  @Override
  public List<String> columnsOf(Connection connection, String table) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "select attname from pg_attribute where attrelid = to_regclass(?)"
                + " and attnum > 0 and not attisdropped order by attnum")) {
      query.setString(1, quoted(table));
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
    SQLException cause = ofStatement(failure);
    String sentence = name() + ": " + cause.getMessage();
    String state = cause.getSQLState() == null ? "" : cause.getSQLState();
    String kind = state.substring(0, Math.min(2, state.length()));
    if (AWAY.contains(kind) || AWAY_STATES.contains(state) || isOfCatalog(cause)) {
      return TargetException.unavailable(sentence, cause);
    }
    return REFUSED.contains(kind)
        ? TargetException.refused(sentence, cause)
        : TargetException.unusable(sentence, cause);
  }

  /**
   * The failure of a batch shows the whole statement with its values; the one behind it does not.
   */
  private static SQLException ofStatement(SQLException failure) {
    return failure instanceof BatchUpdateException && failure.getNextException() != null
        ? failure.getNextException()
        : failure;
  }

  /** Two made the same table at the same moment: one of them meets a key of the catalogue. */
  private static boolean isOfCatalog(SQLException failure) {
    return failure instanceof PSQLException server
        && server.getServerErrorMessage() != null
        && "pg_catalog".equals(server.getServerErrorMessage().getSchema());
  }
}
