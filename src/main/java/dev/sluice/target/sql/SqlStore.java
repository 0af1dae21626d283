package dev.sluice.target.sql;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Rebuildable;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database whose tables are kept in step, and may be filled a second time: {@code plays_next}
 * beside {@code plays_rows}, with the floors of all in {@code sluice_next}. The table {@code
 * sluice_rebuild} has a row as long as something is remembered of a rebuild. It is done when {@code
 * sluice_next} is not there any more, which goes in the same step in which the tables are renamed:
 * so it needs no transaction that spans tables' names and rows, which MariaDB has not.
 */
public final class SqlStore implements Rebuildable {
  private static final Logger log = LoggerFactory.getLogger(SqlStore.class);

  private static final String REBUILD = "sluice_rebuild";
  private static final int LONGEST = 64;

  /** In bytes, as AMQP has it. */
  private static final int LONGEST_QUEUE = 255;

  /** What is done by a connection of its own. */
  private interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  private final SqlDialect dialect;
  private final SqlParameters parameters;

  public SqlStore(SqlDialect dialect, SqlParameters parameters) {
    this.dialect = Objects.requireNonNull(dialect, "dialect");
    this.parameters = Objects.requireNonNull(parameters, "parameters");
  }

  @Override
  public Target open() {
    return SqlTarget.open(dialect, parameters);
  }

  @Override
  public int batch() {
    return dialect.batch();
  }

  @Override
  public Target openBeside() {
    return SqlTarget.open(dialect, parameters, TableSet.NEXT);
  }

  private <T> T connected(Work<T> work) {
    try (Connection connection = dialect.connect()) {
      return work.with(connection);
    } catch (SQLException e) {
      throw dialect.recognise(e);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private boolean isThere(Connection connection, String table) throws SQLException {
    return !dialect.columnsOf(connection, table).isEmpty();
  }

  @Override
  public List<Namespace> collections() {
    return connected(
        connection -> {
          List<Namespace> all = new ArrayList<>();
          String sql =
              "select db, coll from "
                  + TableSet.LIVE.registry()
                  + " where table_name <> '' order by db, coll";
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
              all.add(new Namespace(rows.getString(1), rows.getString(2)));
            }
          }
          return all;
        });
  }

  @Override
  public Optional<Rebuild> rebuild() {
    return connected(this::rebuild);
  }

  private Optional<Rebuild> rebuild(Connection connection) throws SQLException {
    if (!isThere(connection, REBUILD)) {
      return Optional.empty();
    }
    boolean done = !isThere(connection, TableSet.NEXT.registry());
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select request, queue, layout from " + REBUILD)) {
      return row.next()
          ? Optional.of(new Rebuild(row.getString(1), row.getString(2), row.getString(3), done))
          : Optional.empty();
    }
  }

  @Override
  public void begin(String request, String queue, String layout) {
    connected(
        connection -> {
          discard(connection);
          execute(
              connection,
              "create table "
                  + REBUILD
                  + " (request "
                  + dialect.keyType(LONGEST)
                  + " not null, queue "
                  + dialect.keyType(LONGEST_QUEUE)
                  + " not null, layout "
                  + dialect.keyType(LONGEST)
                  + " not null)"
                  + dialect.tableOptions());
          new SqlTables(dialect, parameters, connection, TableSet.NEXT);
          try (PreparedStatement insert =
              connection.prepareStatement("insert into " + REBUILD + " values (?, ?, ?)")) {
            insert.setString(1, request);
            insert.setString(2, queue);
            insert.setString(3, layout);
            return insert.executeUpdate();
          }
        });
  }

  @Override
  public void discard() {
    connected(
        connection -> {
          discard(connection);
          return null;
        });
  }

  /** First what says that there is something. */
  private void discard(Connection connection) throws SQLException {
    execute(connection, "drop table if exists " + REBUILD);
    dropAll(connection, TableSet.NEXT);
    dropAll(connection, TableSet.PAST);
  }

  /** The tables that a registry names, and it behind them: what a crash leaves is found again. */
  private void dropAll(Connection connection, TableSet set) throws SQLException {
    if (!isThere(connection, set.registry())) {
      return;
    }
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select table_name from " + set.registry() + " where table_name <> ''")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    for (String name : names) {
      dropOurs(connection, TableSet.NEXT.rowsOf(name));
      dropOurs(connection, TableSet.PAST.rowsOf(name));
    }
    execute(connection, "drop table " + set.registry());
  }

  /** Somebody else may have a table of that name. */
  private void dropOurs(Connection connection, String table) throws SQLException {
    if (SqlTables.isOfStates(dialect.columnsOf(connection, table))) {
      execute(connection, "drop table " + dialect.quoted(table));
    }
  }

  @Override
  public List<Namespace> swap(List<Namespace> collections, String from) {
    return connected(connection -> swap(connection, collections, from));
  }

  private List<Namespace> swap(Connection connection, List<Namespace> collections, String from)
      throws SQLException {
    if (rebuild(connection).filter(each -> !each.isDone()).isEmpty()) {
      throw TargetException.unavailable("Somebody else has ended the rebuild", null);
    }
    // A crash may have left them.
    dropAll(connection, TableSet.PAST);
    SqlTables live = new SqlTables(dialect, parameters, connection, TableSet.LIVE);
    SqlTables next = new SqlTables(dialect, parameters, connection, TableSet.NEXT);
    Map<String, String> names = new LinkedHashMap<>();
    List<Namespace> swapped = new ArrayList<>();
    for (Namespace each : collections) {
      if (live.prepareIfThere(each) && floor(connection, each).compareTo(from) <= 0) {
        next.prepare(each);
        String name = live.name(each);
        names.put(TableSet.LIVE.rowsOf(name), TableSet.PAST.rowsOf(name));
        names.put(TableSet.NEXT.rowsOf(name), TableSet.LIVE.rowsOf(name));
        swapped.add(each);
      }
    }
    names.put(TableSet.NEXT.registry(), TableSet.PAST.registry());
    rename(connection, names, live, swapped);
    dropPast(connection);
    return swapped;
  }

  /** What stays because somebody has built on it is in nobody's way but the next rebuild's. */
  private void dropPast(Connection connection) {
    try {
      dropAll(connection, TableSet.PAST);
    } catch (SQLException e) {
      log.warn(
          "What was live until the swap is not dropped: {}", dialect.recognise(e).getMessage());
    }
  }

  private void rename(
      Connection connection, Map<String, String> names, SqlTables live, List<Namespace> swapped)
      throws SQLException {
    dialect.begin(connection);
    boolean done = false;
    try {
      dialect.rename(connection, names);
      for (Namespace each : swapped) {
        String name = live.name(each);
        dialect.remakeView(connection, dialect.quoted(name), live.documents(name));
      }
      done = true;
    } finally {
      dialect.end(connection, done);
    }
  }

  /** Beside, that of the database included. */
  private static String floor(Connection connection, Namespace collection) throws SQLException {
    String sql =
        "select max(floor) from "
            + TableSet.NEXT.registry()
            + " where db = ? and (coll = ? or coll = '')";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setString(1, collection.database());
      query.setString(2, collection.collection());
      try (ResultSet row = query.executeQuery()) {
        String floor = row.next() ? row.getString(1) : null;
        return floor == null ? "" : floor;
      }
    }
  }
}
