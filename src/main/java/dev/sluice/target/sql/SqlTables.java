package dev.sluice.target.sql;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Column;
import dev.sluice.consume.TargetException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The tables: made when a collection is first heard of, and given the columns that were declared
 * since. Never is a column taken away or its type changed.
 *
 * <p>{@code plays_rows} has a row for each document and each marker of a delete; {@code plays} is a
 * view of the documents; {@code plays_history} has a row for each event. {@code sluice_collections}
 * says which collection is where, and from which position on its changes count.
 */
final class SqlTables {
  static final String COLLECTIONS = "sluice_collections";

  /** Names have up to 255 bytes in MongoDB; the two together have to fit into a key. */
  private static final int LONGEST_NAME = 255;

  private static final int LONGEST_ID = 500;
  private static final int LONGEST_TYPE = 32;
  private static final int POSITION = 24;
  private static final int MESSAGE_ID = 32;

  private static final List<String> STATE =
      List.of("id", "id_type", "position", "deleted", "document");

  /** How many of these are the key. */
  static final int STATE_KEY = 2;

  private static final List<String> VIEW = List.of("id", "id_type", "position", "document");

  private static final List<String> HISTORY =
      List.of("message_id", "position", "operation", "time", "id", "id_type", "document");

  static final int HISTORY_KEY = 1;

  private final SqlDialect dialect;
  private final SqlParameters parameters;
  private final Connection connection;
  private final TableSet set;
  private final Map<Namespace, String> names = new HashMap<>();
  private final Set<String> seen = new HashSet<>();

  SqlTables(SqlDialect dialect, SqlParameters parameters, Connection connection, TableSet set)
      throws SQLException {
    this.dialect = dialect;
    this.parameters = parameters;
    this.connection = connection;
    this.set = set;
    String name = dialect.keyType(LONGEST_NAME);
    execute(
        "create table if not exists "
            + set.registry()
            + " (db "
            + name
            + " not null, coll "
            + name
            + " not null, table_name "
            + name
            + " not null, floor "
            + dialect.keyType(POSITION)
            + " not null, primary key (db, coll))"
            + dialect.tableOptions());
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Makes what is missing for a collection; outside of a transaction. */
  void prepare(Namespace collection) throws SQLException {
    if (collection.collection() == null || names.containsKey(collection)) {
      return;
    }
    String name =
        parameters.fullNames()
            ? collection.database() + "_" + collection.collection()
            : collection.collection();
    register(collection, name);
    table(set.rowsOf(name), stateColumns(), "id, id_type");
    if (set == TableSet.LIVE) {
      view(name);
      if (parameters.history()) {
        table(name + "_history", historyColumns(), "message_id");
      }
    }
    names.put(collection, name);
  }

  /**
   * Makes what is missing for a collection of which there is something.
   *
   * @return whether there is
   */
  boolean prepareIfThere(Namespace collection) throws SQLException {
    if (names.containsKey(collection)) {
      return true;
    }
    String sql =
        "select 1 from " + set.registry() + " where db = ? and coll = ? and table_name <> ''";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setString(1, collection.database());
      query.setString(2, collection.collection());
      try (ResultSet there = query.executeQuery()) {
        if (!there.next()) {
          return false;
        }
      }
    }
    prepare(collection);
    return true;
  }

  private void register(Namespace collection, String name) throws SQLException {
    String same = dialect.tellsCaseApart() ? "table_name = ?" : "lower(table_name) = lower(?)";
    try (PreparedStatement query =
        connection.prepareStatement("select db, coll from " + set.registry() + " where " + same)) {
      query.setString(1, name);
      try (ResultSet owner = query.executeQuery()) {
        if (owner.next()) {
          requireSame(new Namespace(owner.getString(1), owner.getString(2)), collection, name);
          return;
        }
      }
    }
    String sql =
        dialect.insertNew(
            set.registry(), List.of("db", "coll", "table_name", "floor"), "values (?, ?, ?, ?)");
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      insert.setString(1, collection.database());
      insert.setString(2, collection.collection());
      insert.setString(3, name);
      insert.setString(4, "");
      insert.executeUpdate();
    }
    nameTable(collection, name);
  }

  /** Of a collection that had a floor before anything else. */
  private void nameTable(Namespace collection, String name) throws SQLException {
    String sql =
        "update "
            + set.registry()
            + " set table_name = ? where db = ? and coll = ? and table_name = ''";
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      update.setString(1, name);
      update.setString(2, collection.database());
      update.setString(3, collection.collection());
      update.executeUpdate();
    }
  }

  private static void requireSame(Namespace owner, Namespace collection, String name) {
    if (!owner.equals(collection)) {
      throw TargetException.unusable(
          "The table "
              + name
              + " would be for "
              + collection
              + " and is for "
              + owner
              + " already: give the target the parameter names=full, or, if the names differ in"
              + " nothing but case, each collection a target of its own");
    }
  }

  private void table(String name, Map<String, String> types, String key) throws SQLException {
    List<String> there = dialect.columnsOf(connection, name);
    if (there.isEmpty()) {
      List<String> definitions = new ArrayList<>();
      types.forEach((column, type) -> definitions.add(dialect.quoted(column) + " " + type));
      execute(
          "create table if not exists "
              + dialect.quoted(name)
              + " ("
              + String.join(", ", definitions)
              + ", primary key ("
              + key
              + "))"
              + dialect.tableOptions());
      return;
    }
    requireOurs(name, there, name.endsWith("_history") ? HISTORY : STATE);
    for (Map.Entry<String, String> column : types.entrySet()) {
      if (!there.contains(column.getKey().toLowerCase(Locale.ROOT))) {
        execute(
            "alter table "
                + dialect.quoted(name)
                + " add column "
                + dialect.quoted(column.getKey())
                + " "
                + column.getValue());
      }
    }
  }

  /** Whether columns are those of a table of states, whatever has been declared. */
  static boolean isOfStates(List<String> columns) {
    return columns.containsAll(STATE);
  }

  private static void requireOurs(String name, List<String> there, List<String> fixed) {
    if (!there.containsAll(fixed)) {
      throw TargetException.unusable(
          "The table "
              + name
              + " is there and is not one that sluice consume has made: rename it, or name another"
              + " database");
    }
  }

  /** Made anew only if other columns are declared now: others may have built on it. */
  private void view(String name) throws SQLException {
    if (!seen.add(name)) {
      return;
    }
    List<String> columns = viewColumns();
    List<String> there = dialect.columnsOf(connection, name);
    if (there.equals(columns.stream().map(each -> each.toLowerCase(Locale.ROOT)).toList())) {
      return;
    }
    if (!there.isEmpty()) {
      requireOurs(name, there, VIEW);
      execute("drop view " + dialect.quoted(name));
    }
    execute("create view " + dialect.quoted(name) + " as " + documents(name));
  }

  private List<String> viewColumns() {
    List<String> columns = new ArrayList<>(List.of("id", "id_type", "position"));
    parameters.columns().forEach(column -> columns.add(column.name()));
    columns.add("document");
    return columns;
  }

  /** What the view selects. */
  String documents(String name) {
    return "select "
        + String.join(", ", viewColumns().stream().map(dialect::quoted).toList())
        + " from "
        + dialect.quoted(set.rowsOf(name))
        + " where deleted = 0";
  }

  private Map<String, String> stateColumns() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("id", dialect.keyType(LONGEST_ID) + " not null");
    columns.put("id_type", dialect.keyType(LONGEST_TYPE) + " not null");
    columns.put("position", dialect.keyType(POSITION) + " not null");
    columns.put("deleted", "smallint not null");
    columns.put("document", dialect.documentType());
    addDeclared(columns);
    return columns;
  }

  private Map<String, String> historyColumns() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("message_id", dialect.keyType(MESSAGE_ID) + " not null");
    columns.put("position", dialect.keyType(POSITION) + " not null");
    columns.put("operation", dialect.keyType(LONGEST_TYPE) + " not null");
    columns.put("time", dialect.type(Column.Type.DATE) + " not null");
    columns.put("id", dialect.keyType(LONGEST_ID));
    columns.put("id_type", dialect.keyType(LONGEST_TYPE));
    columns.put("document", dialect.documentType());
    addDeclared(columns);
    return columns;
  }

  private void addDeclared(Map<String, String> columns) {
    for (Column column : parameters.columns()) {
      if (columns.putIfAbsent(column.name(), dialect.type(column.type())) != null) {
        throw TargetException.unusable(
            "The column " + column.name() + " has a name that is taken: give it another");
      }
    }
  }

  /**
   * The columns of a state's row, quoted: key, position, whether it is a marker, document, rest.
   */
  List<String> state() {
    return List.copyOf(stateColumns().keySet().stream().map(dialect::quoted).toList());
  }

  /** The columns of an event's row, quoted. */
  List<String> history() {
    return List.copyOf(historyColumns().keySet().stream().map(dialect::quoted).toList());
  }

  String rows(Namespace collection) {
    return dialect.quoted(set.rowsOf(names.get(collection)));
  }

  /** What all that is made for a collection is named after; it has been prepared. */
  String name(Namespace collection) {
    return names.get(collection);
  }

  String registry() {
    return set.registry();
  }

  String historyOf(Namespace collection) {
    return dialect.quoted(names.get(collection) + "_history");
  }

  /** The collections whose tables are there and known to this process. */
  Set<Namespace> all() {
    return names.keySet();
  }
}
