package dev.sluice.target.cassandra;

import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import java.util.List;

/**
 * The statements that write one table. Each makes one mutation of one partition: Cassandra applies
 * it whole or not at all, and in whichever order mutations arrive, what is left is the same.
 *
 * <p>A document's key is the partition and the position a clustering column, so a write never
 * touches the cells of another. It takes away what is older twice: the whole partition below its
 * write time, which costs nothing to store and nothing to read; and, where older positions may have
 * the very same write time, all rows of a smaller position. Write times alone would let a delete
 * win over an insert behind it in the same transaction, and mix the cells of two updates
 * (https://cassandra.apache.org/doc/latest/cassandra/architecture/dynamo.html: last write wins,
 * cell by cell).
 */
final class RowStatements {
  private static final String OF_KEY = " using timestamp ? where id = ? and id_type = ?";

  private final PreparedStatement insert;
  private final PreparedStatement deletePartition;
  private final PreparedStatement deleteBelow;
  private final PreparedStatement deleteUpTo;
  private final PreparedStatement read;
  private final String scan;
  private final int columns;

  /**
   * @param table quoted
   * @param columns declared ones, quoted and in the order of their values
   */
  RowStatements(CassandraConnection connection, String table, List<String> columns) {
    StringBuilder names = new StringBuilder();
    columns.forEach(column -> names.append(", ").append(column));
    this.columns = columns.size();
    insert =
        connection.prepare(
            "insert into "
                + table
                + " (id, id_type, position, document"
                + names
                + ") values (?, ?, ?, ?"
                + ", ?".repeat(columns.size())
                + ") using timestamp ?");
    deletePartition = connection.prepare("delete from " + table + OF_KEY);
    deleteBelow = connection.prepare("delete from " + table + OF_KEY + " and position < ?");
    deleteUpTo = connection.prepare("delete from " + table + OF_KEY + " and position <= ?");
    read =
        connection.prepare(
            "select position, document"
                + names
                + " from "
                + table
                + " where id = ? and id_type = ? limit 1");
    scan = "select id, id_type, position from " + table + " per partition limit 1";
  }

  /** What an event says of its document. */
  BatchStatement of(Event event, Object[] values) {
    return event.document() == null
        ? delete(event.key(), event.position())
        : put(event.key(), event.position(), event.document().text(), values);
  }

  /** The document of a row, at another position; it was read by {@link #read}. */
  BatchStatement copy(DocumentKey key, String position, Row row) {
    Object[] values = new Object[columns];
    for (int i = 0; i < columns; i++) {
      values[i] = row.getObject(2 + i);
    }
    return put(key, position, row.getString(1), values);
  }

  /**
   * Has the document at this position, unless there is a newer one.
   *
   * @param values of the declared columns, null where there is none
   */
  private BatchStatement put(DocumentKey key, String position, String document, Object[] values) {
    WriteTime time = WriteTime.of(position);
    BoundStatementBuilder row =
        insert
            .boundStatementBuilder()
            .setString(0, key.id())
            .setString(1, key.type())
            .setString(2, position)
            .setString(3, document);
    for (int i = 0; i < columns; i++) {
      // What is not set writes nothing; a null would write a marker of a deleted cell.
      row = values[i] == null ? row : set(row, 4 + i, values[i]);
    }
    row.setLong(4 + columns, time.micros());
    return below(key, position, time).addStatement(row.build()).build();
  }

  private static <T> BoundStatementBuilder set(BoundStatementBuilder row, int index, T value) {
    @SuppressWarnings("unchecked")
    Class<T> type = (Class<T>) value.getClass();
    return row.set(index, value, type);
  }

  /** Has no document up to this position: a delete. */
  private BatchStatement delete(DocumentKey key, String position) {
    WriteTime time = WriteTime.of(position);
    BatchStatementBuilder batch = batch(key, time);
    if (time.shared()) {
      batch.addStatement(range(deleteUpTo, key, position, time));
    }
    return batch.build();
  }

  /** Has no document below this position. */
  BatchStatement clear(DocumentKey key, String below) {
    return below(key, below, WriteTime.of(below)).build();
  }

  private BatchStatementBuilder below(DocumentKey key, String position, WriteTime time) {
    BatchStatementBuilder batch = batch(key, time);
    if (time.shared()) {
      batch.addStatement(range(deleteBelow, key, position, time));
    }
    return batch;
  }

  private BatchStatementBuilder batch(DocumentKey key, WriteTime time) {
    return BatchStatement.builder(BatchType.UNLOGGED)
        .setIdempotence(true)
        .addStatement(deletePartition.bind(time.before(), key.id(), key.type()));
  }

  private static BoundStatement range(
      PreparedStatement delete, DocumentKey key, String position, WriteTime time) {
    return delete.bind(time.micros(), key.id(), key.type(), position);
  }

  /** Reads position, document and declared columns of one document. */
  BoundStatement read(DocumentKey key) {
    return read.bind(key.id(), key.type());
  }

  /** Reads key and position of every document, page by page. */
  String scan() {
    return scan;
  }

  static DocumentKey key(Row row) {
    return new DocumentKey(row.getString("id"), row.getString("id_type"));
  }
}
