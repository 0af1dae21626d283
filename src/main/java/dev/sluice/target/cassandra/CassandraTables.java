package dev.sluice.target.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.metadata.schema.ColumnMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.TableMetadata;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.DataTypes;
import dev.sluice.change.Namespace;
import dev.sluice.consume.Column;
import dev.sluice.consume.TargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The tables: made when a collection is first heard of, and given the columns that were declared
 * since. Never is a column taken away or its type changed. {@code sluice_tables} says which
 * collection has which.
 */
final class CassandraTables {
  private static final String TABLES = "sluice_tables";

  /** Names that begin so are ours. */
  private static final String OURS = "sluice_";

  private static final List<String> KEY = List.of("id", "id_type");
  private static final String POSITION = "position";
  private static final String DOCUMENT = "document";

  // https://cassandra.apache.org/doc/latest/cassandra/developing/cql/ddl.html: letters, digits and
  // underscores, up to 48.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]{1,48}");
  private static final int LONGEST_NAME = 48;

  /** Eight digits and the underscore in front. */
  private static final int CHECKSUM = 9;

  private final CassandraConnection connection;
  private final CassandraParameters parameters;
  private final Map<Namespace, String> names = new HashMap<>();

  CassandraTables(CassandraConnection connection, CassandraParameters parameters) {
    this.connection = connection;
    this.parameters = parameters;
    requireNames();
    if (connection.keyspace().getTable(TABLES).isEmpty()) {
      connection.define(
          "create table if not exists "
              + TABLES
              + " (table_name text primary key, db text, coll text)");
    }
  }

  private void requireNames() {
    Set<String> taken = new HashSet<>(List.of("id", "id_type", POSITION, DOCUMENT));
    for (Column column : parameters.columns()) {
      if (!taken.add(column.name())) {
        throw TargetException.unusable(
            "The column " + column.name() + " has a name that is taken: give it another");
      }
    }
  }

  /** The table of a collection, quoted; it is made if it is not there. */
  String table(Namespace collection) {
    String known = names.get(collection);
    if (known == null) {
      String name = name(collection);
      register(collection, name);
      define(collection, name);
      known = quoted(name);
      names.put(collection, known);
    }
    return known;
  }

  /** Whether the collection has a table. */
  boolean has(Namespace collection) {
    if (names.containsKey(collection)) {
      return true;
    }
    Row owner =
        connection
            .read("select db, coll from " + TABLES + " where table_name = ?", name(collection))
            .one();
    return owner != null && collection.equals(owner(owner));
  }

  private static Namespace owner(Row row) {
    return new Namespace(row.getString("db"), row.getString("coll"));
  }

  /** The collections of a database that have tables. */
  List<Namespace> of(String database) {
    List<Namespace> all = new ArrayList<>();
    for (Row row : connection.read("select db, coll from " + TABLES)) {
      if (database.equals(row.getString("db"))) {
        all.add(owner(row));
      }
    }
    return all;
  }

  /**
   * One that Cassandra takes. A name that has to be changed for that gets a checksum, so that
   * others do not become the same.
   */
  private String name(Namespace collection) {
    String name =
        parameters.fullNames()
            ? collection.database() + "_" + collection.collection()
            : collection.collection();
    if (NAME.matcher(name).matches() && !name.startsWith(OURS)) {
      return name;
    }
    CRC32 checksum = new CRC32();
    checksum.update(name.getBytes(StandardCharsets.UTF_8));
    String clean = name.replaceAll("[^A-Za-z0-9_]", "_");
    return clean.substring(0, Math.min(clean.length(), LONGEST_NAME - CHECKSUM))
        + String.format("_%08x", checksum.getValue());
  }

  /** By agreement of the nodes: two that begin at the same moment must not share a table. */
  private void register(Namespace collection, String name) {
    ResultSet written =
        connection.writeIfNew(
            "insert into " + TABLES + " (table_name, db, coll) values (?, ?, ?) if not exists",
            name,
            collection.database(),
            collection.collection());
    if (written.wasApplied()) {
      return;
    }
    Namespace owner = owner(written.one());
    if (!collection.equals(owner)) {
      throw TargetException.unusable(
          "The table "
              + name
              + " would be for "
              + collection
              + " and is for "
              + owner
              + " already: give the target the parameter names=full, or each a keyspace of its own");
    }
  }

  private void define(Namespace collection, String name) {
    TableMetadata there =
        connection.keyspace().getTable(CqlIdentifier.fromInternal(name)).orElse(null);
    if (there == null) {
      connection.define(creation(collection, name));
      return;
    }
    requireOurs(name, there);
    for (Column column : parameters.columns()) {
      ColumnMetadata known =
          there.getColumn(CqlIdentifier.fromInternal(column.name())).orElse(null);
      if (known == null) {
        connection.define(
            "alter table " + quoted(name) + " add " + quoted(column.name()) + " " + cql(column));
      } else {
        requireType(name, column, known);
      }
    }
  }

  private String creation(Namespace collection, String name) {
    StringBuilder columns = new StringBuilder();
    for (Column column : parameters.columns()) {
      columns.append(quoted(column.name())).append(' ').append(cql(column)).append(", ");
    }
    return "create table if not exists "
        + quoted(name)
        + " (id text, id_type text, position text, document text, "
        + columns
        + "primary key ((id, id_type), position)) with clustering order by (position desc) and"
        + " comment = '"
        + ("The newest documents of " + collection).replace("'", "''")
        + "'";
  }

  private static void requireOurs(String name, TableMetadata there) {
    List<String> partition = names(there.getPartitionKey());
    List<String> clustering = names(List.copyOf(there.getClusteringColumns().keySet()));
    if (!partition.equals(KEY)
        || !clustering.equals(List.of(POSITION))
        || there.getColumn(DOCUMENT).isEmpty()) {
      throw TargetException.unusable(
          "The table "
              + name
              + " is there and is not one that sluice consume has made: rename it, or name another"
              + " keyspace");
    }
  }

  private static List<String> names(List<ColumnMetadata> columns) {
    return columns.stream().map(column -> column.getName().asInternal()).toList();
  }

  private static void requireType(String name, Column column, ColumnMetadata there) {
    if (!there.getType().equals(type(column.type()))) {
      throw TargetException.unusable(
          "The column "
              + column.name()
              + " of the table "
              + name
              + " is "
              + there.getType().asCql(false, true)
              + " and is declared as "
              + cql(column)
              + ": declare it under another name");
    }
  }

  private static String cql(Column column) {
    return type(column.type()).asCql(false, true);
  }

  private static DataType type(Column.Type type) {
    return switch (type) {
      case TEXT, JSON -> DataTypes.TEXT;
      case INT -> DataTypes.INT;
      case LONG -> DataTypes.BIGINT;
      case DOUBLE -> DataTypes.DOUBLE;
      case DECIMAL -> DataTypes.DECIMAL;
      case BOOL -> DataTypes.BOOLEAN;
      case DATE -> DataTypes.TIMESTAMP;
    };
  }

  /** The declared columns, quoted. */
  List<String> declared() {
    return parameters.columns().stream().map(column -> quoted(column.name())).toList();
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
