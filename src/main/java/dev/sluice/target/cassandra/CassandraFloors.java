package dev.sluice.target.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.sluice.change.Namespace;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The positions below which changes of a collection, or of a whole database, are ignored. A floor
 * never falls: of two that are set, Cassandra keeps the one with the later write time, and of two
 * with the same the greater text.
 */
final class CassandraFloors {
  private static final String FLOORS = "sluice_floors";

  private final CassandraConnection connection;

  /** What the events of this batch were compared with. */
  private final Map<Namespace, String> seen = new HashMap<>();

  CassandraFloors(CassandraConnection connection) {
    this.connection = connection;
    if (connection.keyspace().getTable(FLOORS).isEmpty()) {
      connection.define(
          "create table if not exists "
              + FLOORS
              + " (db text, coll text, floor text, primary key (db, coll))");
    }
  }

  /** Forgets what it has read. */
  void begin() {
    seen.clear();
  }

  /** Of that very namespace; empty if there is none. */
  String of(Namespace namespace) {
    String floor = read(namespace);
    seen.put(namespace, floor);
    return floor;
  }

  /** A database as a whole has a row as well; its collection is the empty text. */
  private static String coll(Namespace namespace) {
    return namespace.collection() == null ? "" : namespace.collection();
  }

  private String read(Namespace namespace) {
    Row row =
        connection
            .read(
                "select floor from " + FLOORS + " where db = ? and coll = ?",
                namespace.database(),
                coll(namespace))
            .one();
    return row == null || row.getString(0) == null ? "" : row.getString(0);
  }

  void set(Namespace namespace, String position) {
    connection.write(
        "update " + FLOORS + " using timestamp ? set floor = ? where db = ? and coll = ?",
        WriteTime.of(position).micros(),
        position,
        namespace.database(),
        coll(namespace));
    seen.merge(namespace, position, CassandraFloors::later);
  }

  private static String later(String one, String other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /**
   * Those of these collections whose floor another consumer has raised since it was read, each with
   * the new one. Nothing keeps a floor as it is while a batch is written; but who drops a
   * collection raises its floor before clearing it. So what was written before that is cleared
   * there, and what was written later meets the new floor here.
   */
  Map<Namespace, String> raisedSince(Set<Namespace> written) {
    Map<Namespace, String> raised = new HashMap<>();
    Map<Namespace, String> databases = new HashMap<>();
    for (Namespace collection : written) {
      Namespace database = new Namespace(collection.database(), null);
      String whole = databases.computeIfAbsent(database, this::read);
      String now = later(read(collection), whole);
      if (now.compareTo(seen.getOrDefault(collection, "")) > 0
          && now.compareTo(seen.getOrDefault(database, "")) > 0) {
        raised.put(collection, now);
      }
    }
    return raised;
  }
}
