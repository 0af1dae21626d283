package dev.sluice.target.cassandra;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.Columns;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import dev.sluice.consume.NewestStates;
import dev.sluice.consume.Target;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Keeps tables of a keyspace in step. No transaction holds a batch together: what a failure leaves
 * half done is made whole by the same batch again, since each of its writes may be repeated.
 */
final class CassandraTarget implements Target, NewestStates.Store {
  /** Writes under way: what keeps a small cluster busy and does not make it refuse work. */
  private static final int WRITES = 64;

  /** Documents that are moved at the same time; each may have up to 16 MB. */
  private static final int MOVES = 8;

  private final CassandraConnection connection;
  private final CassandraTables tables;
  private final CassandraFloors floors;
  private final Columns columns;
  private final Map<String, RowStatements> statements = new HashMap<>();

  /** Of this batch. */
  private final Set<Namespace> written = new HashSet<>();

  private CassandraTarget(CassandraConnection connection, CassandraParameters parameters) {
    this.connection = connection;
    this.tables = new CassandraTables(connection, parameters);
    this.floors = new CassandraFloors(connection);
    this.columns = new Columns(parameters.columns());
  }

  /** See {@link Target.Opener}. */
  static Target open(CassandraParameters parameters) {
    CassandraConnection connection = CassandraConnection.open(parameters);
    try {
      return new CassandraTarget(connection, parameters);
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public void apply(Batch batch) {
    floors.begin();
    written.clear();
    connection.run(
        () -> {
          NewestStates.apply(batch, this);
          clearWhatHasEnded();
        });
  }

  /** What was written in spite of a drop that another consumer has applied meanwhile. */
  void clearWhatHasEnded() {
    floors.raisedSince(written).forEach(this::clear);
  }

  private RowStatements rows(Namespace collection) {
    String table = tables.table(collection);
    RowStatements known = statements.get(table);
    if (known == null) {
      known = new RowStatements(connection, table, tables.declared());
      statements.put(table, known);
    }
    return known;
  }

  @Override
  public String floor(Namespace namespace) {
    return floors.of(namespace);
  }

  @Override
  public void setFloor(Namespace namespace, String position) {
    floors.set(namespace, position);
  }

  @Override
  public boolean holds(Namespace collection) {
    return tables.has(collection);
  }

  @Override
  public List<Namespace> collections(String database) {
    return tables.of(database);
  }

  @Override
  public void write(Namespace collection, List<Event> newest) {
    RowStatements rows = rows(collection);
    written.add(collection);
    InFlight writes = new InFlight(WRITES);
    for (Event event : newest) {
      writes.add(
          () -> connection.writeLater(rows.of(event, columns.of(event))),
          connection.failures().of(event));
    }
    writes.await();
  }

  /** Each row by itself: TRUNCATE would take the newer ones along, and knows no write time. */
  @Override
  public void clear(Namespace collection, String below) {
    RowStatements rows = rows(collection);
    InFlight writes = new InFlight(WRITES);
    for (Row row : connection.read(rows.scan())) {
      if (row.getString("position").compareTo(below) < 0) {
        DocumentKey key = RowStatements.key(row);
        writes.add(
            () -> connection.writeLater(rows.clear(key, below)), connection.failures()::recognise);
      }
    }
    writes.await();
  }

  /**
   * A document gets the position of the rename: the clearing of what was there before took away
   * what is smaller, and is not to take it away when a crash has the rename repeated. First it is
   * there and then it is gone here, so a crash loses none.
   */
  @Override
  public void move(Namespace from, Namespace to, String below) {
    RowStatements old = rows(from);
    RowStatements target = rows(to);
    InFlight moves = new InFlight(MOVES);
    for (Row row : connection.read(old.scan())) {
      if (row.getString("position").compareTo(below) < 0) {
        DocumentKey key = RowStatements.key(row);
        moves.add(() -> move(key, old, target, below), connection.failures()::recognise);
      }
    }
    moves.await();
  }

  private CompletionStage<AsyncResultSet> move(
      DocumentKey key, RowStatements from, RowStatements to, String position) {
    return connection
        .readLater(from.read(key))
        .thenCompose(found -> copy(found.one(), key, to, position))
        .thenCompose(copied -> connection.writeLater(from.clear(key, position)));
  }

  private CompletionStage<AsyncResultSet> copy(
      Row row, DocumentKey key, RowStatements to, String position) {
    return row == null || row.getString("position").compareTo(position) >= 0
        ? CompletableFuture.completedStage(null)
        : connection.writeLater(to.copy(key, position, row));
  }

  @Override
  public void close() {
    connection.close();
  }
}
