package dev.sluice.target.sql;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.Column;
import dev.sluice.consume.Columns;
import dev.sluice.consume.Event;
import dev.sluice.consume.EventType;
import dev.sluice.consume.MarkerSweep;
import dev.sluice.consume.NewestStates;
import dev.sluice.consume.SnapshotEnd;
import dev.sluice.consume.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps tables of a database in step, by one connection and one transaction a batch. */
public final class SqlTarget implements Target, NewestStates.Store {
  private static final Logger log = LoggerFactory.getLogger(SqlTarget.class);

  /** A statement that may throw, for {@link #sql}. */
  private interface Work<T> {
    T run() throws SQLException;
  }

  private final SqlDialect dialect;
  private final SqlParameters parameters;
  private final boolean keepsHistory;
  private final Connection connection;
  private final SqlTables tables;
  private final Columns columns;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private final Map<String, Rows> rows = new HashMap<>();
  private final MarkerSweep markers;

  private SqlTarget(
      SqlDialect dialect, SqlParameters parameters, TableSet set, Connection connection)
      throws SQLException {
    this.dialect = dialect;
    this.connection = connection;
    this.parameters = parameters;
    this.keepsHistory = parameters.history() && set == TableSet.LIVE;
    this.tables = new SqlTables(dialect, parameters, connection, set);
    this.columns = new Columns(parameters.columns());
    this.markers = new MarkerSweep(parameters.markers());
  }

  /** Opens the database; see {@link Target.Opener}. */
  public static SqlTarget open(SqlDialect dialect, SqlParameters parameters) {
    return open(dialect, parameters, TableSet.LIVE);
  }

  static SqlTarget open(SqlDialect dialect, SqlParameters parameters, TableSet set) {
    Connection connection = null;
    try {
      connection = dialect.connect();
      return new SqlTarget(dialect, parameters, set, connection);
    } catch (SQLException e) {
      closeQuietly(connection);
      throw dialect.recognise(e);
    } catch (RuntimeException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  @Override
  public void apply(Batch batch) {
    sql(
        () -> {
          prepare(batch);
          dialect.begin(connection);
          boolean done = false;
          try {
            if (keepsHistory) {
              writeHistory(batch.events());
            }
            NewestStates.apply(batch, this);
            sweep(batch);
            done = true;
          } finally {
            end(done);
          }
          return null;
        });
  }

  /** A roll-back that fails too hides nothing: the connection is closed next. */
  private void end(boolean commit) throws SQLException {
    if (commit) {
      dialect.end(connection, true);
      return;
    }
    try {
      dialect.end(connection, false);
    } catch (SQLException e) {
      log.debug("Not rolled back", e);
    }
  }

  private <T> T sql(Work<T> work) {
    try {
      return work.run();
    } catch (SQLException e) {
      throw dialect.recognise(e);
    }
  }

  /** Before the transaction: some databases commit when a table is made. */
  private void prepare(Batch batch) throws SQLException {
    for (Event event : batch.events()) {
      if (event.type() == EventType.RENAME) {
        prepareRename(event);
      } else if (event.namespace() != null) {
        tables.prepare(event.namespace());
      }
      if (event.type() == EventType.SNAPSHOT_COMPLETED) {
        for (Namespace each : SnapshotEnd.of(event).namespaces()) {
          tables.prepareIfThere(each);
        }
      } else if (event.type() == EventType.DROP_DATABASE) {
        for (Namespace each : collections(event.namespace().database())) {
          tables.prepare(each);
        }
      }
    }
  }

  /** One of collections of which there is nothing here makes no tables. */
  private void prepareRename(Event event) throws SQLException {
    if (tables.prepareIfThere(event.namespace())) {
      tables.prepare(event.renamedTo());
    } else {
      tables.prepareIfThere(event.renamedTo());
    }
  }

  @Override
  public boolean holds(Namespace collection) {
    return tables.all().contains(collection);
  }

  private PreparedStatement prepared(String sql) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  private Rows rows(String table, List<String> names, int key, String statement)
      throws SQLException {
    Rows known = rows.get(table);
    if (known == null) {
      known = dialect.rows(connection, table, names, key, statement);
      rows.put(table, known);
    }
    return known;
  }

  private void writeHistory(List<Event> events) throws SQLException {
    List<String> names = tables.history();
    Map<Namespace, Rows> inserts = new HashMap<>();
    for (Event event : events) {
      if (event.namespace() == null || !holds(event.namespace())) {
        continue;
      }
      Rows insert = inserts.get(event.namespace());
      if (insert == null) {
        String table = tables.historyOf(event.namespace());
        String source = dialect.source(table, names);
        insert = rows(table, names, SqlTables.HISTORY_KEY, dialect.insertNew(table, names, source));
        inserts.put(event.namespace(), insert);
      }
      addHistory(insert, event);
    }
    for (Rows insert : inserts.values()) {
      insert.write();
    }
  }

  private void addHistory(Rows insert, Event event) throws SQLException {
    insert.text(event.messageId());
    insert.text(event.position());
    insert.text(event.type().text());
    insert.value(Column.Type.DATE, event.time());
    insert.text(event.key() == null ? null : event.key().id());
    insert.text(event.key() == null ? null : event.key().type());
    insert.value(Column.Type.JSON, text(event));
    addDeclared(insert, event);
  }

  private static String text(Event event) {
    return event.document() == null ? null : event.document().text();
  }

  private void addDeclared(Rows row, Event event) throws SQLException {
    Object[] values = columns.of(event);
    for (int i = 0; i < values.length; i++) {
      row.value(columns.all().get(i).type(), values[i]);
    }
    row.endRow();
  }

  @Override
  public void write(Namespace collection, List<Event> newest) {
    sql(
        () -> {
          String table = tables.rows(collection);
          List<String> names = tables.state();
          Rows upsert = rows(table, names, SqlTables.STATE_KEY, dialect.upsert(table, names));
          for (Event event : newest) {
            upsert.text(event.key().id());
            upsert.text(event.key().type());
            upsert.text(event.position());
            upsert.flag(event.document() == null);
            upsert.value(Column.Type.JSON, text(event));
            addDeclared(upsert, event);
          }
          upsert.write();
          return null;
        });
  }

  @Override
  public String floor(Namespace namespace) {
    return sql(
        () -> {
          PreparedStatement query =
              prepared("select floor from " + tables.registry() + " where db = ? and coll = ?");
          query.setString(1, namespace.database());
          query.setString(2, coll(namespace));
          try (ResultSet floor = query.executeQuery()) {
            return floor.next() ? floor.getString(1) : "";
          }
        });
  }

  /** A database as a whole has a row as well; its collection is the empty text. */
  private static String coll(Namespace namespace) {
    return namespace.collection() == null ? "" : namespace.collection();
  }

  @Override
  public void setFloor(Namespace namespace, String position) {
    sql(
        () -> {
          PreparedStatement update =
              prepared("update " + tables.registry() + " set floor = ? where db = ? and coll = ?");
          update.setString(1, position);
          update.setString(2, namespace.database());
          update.setString(3, coll(namespace));
          if (update.executeUpdate() == 0) {
            insertFloor(namespace, position);
          }
          return null;
        });
  }

  private void insertFloor(Namespace namespace, String position) throws SQLException {
    PreparedStatement insert =
        prepared(
            "insert into "
                + tables.registry()
                + " (db, coll, table_name, floor) values (?, ?, ?, ?)");
    insert.setString(1, namespace.database());
    insert.setString(2, coll(namespace));
    insert.setString(3, "");
    insert.setString(4, position);
    insert.executeUpdate();
  }

  @Override
  public void clear(Namespace collection, String below) {
    sql(
        () -> {
          PreparedStatement delete =
              prepared("delete from " + tables.rows(collection) + " where position < ?");
          delete.setString(1, below);
          return delete.executeUpdate();
        });
  }

  @Override
  public void move(Namespace from, Namespace to, String below) {
    List<String> names = tables.state();
    sql(
        () -> {
          String older = " from " + tables.rows(from) + " where position < ?";
          String select = "select " + String.join(", ", names) + older;
          PreparedStatement insert = prepared(dialect.insertNew(tables.rows(to), names, select));
          insert.setString(1, below);
          insert.executeUpdate();
          PreparedStatement delete = prepared("delete" + older);
          delete.setString(1, below);
          return delete.executeUpdate();
        });
  }

  @Override
  public List<Namespace> collections(String database) {
    return sql(
        () -> {
          List<Namespace> all = new ArrayList<>();
          PreparedStatement query =
              prepared(
                  "select coll from "
                      + tables.registry()
                      + " where db = ? and table_name <> '' order by coll");
          query.setString(1, database);
          try (ResultSet names = query.executeQuery()) {
            while (names.next()) {
              all.add(new Namespace(database, names.getString(1)));
            }
          }
          return all;
        });
  }

  private void sweep(Batch batch) throws SQLException {
    String below = markers.below(batch).orElse(null);
    if (below == null) {
      return;
    }
    for (Namespace each : tables.all()) {
      PreparedStatement delete =
          prepared("delete from " + tables.rows(each) + " where deleted = 1 and position < ?");
      delete.setString(1, below);
      delete.executeUpdate();
    }
  }

  @Override
  public void close() {
    closeQuietly(connection);
  }

  private static void closeQuietly(Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        log.debug("A connection did not close cleanly", e);
      }
    }
  }
}
