package dev.sluice.target.sql;

import dev.sluice.consume.Column;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Rows of which those with a new key go into the table by PostgreSQL's {@code COPY}, and only the
 * others by a statement for each, which has to look at what is there: of all ways to write a row
 * {@code insert … on conflict} is the dearest. Within a transaction in which nobody else writes to
 * the table, so what is not there when it is looked for is not there when it is written.
 */
final class CopiedRows implements Rows {
  /** One row's values, in the order of the columns, null among them. */
  private record Row(List<Column.Type> types, List<Object> values) {
    /** The first ones. */
    List<Object> key(int columns) {
      return values.subList(0, columns);
    }
  }

  private final Connection connection;
  private final String copy;
  private final int key;
  private final PreparedStatement there;
  private final PreparedRows others;
  private final Map<List<Object>, Row> rows = new LinkedHashMap<>();
  private Row row = new Row(new ArrayList<>(), new ArrayList<>());

  /**
   * @param table quoted
   * @param key how many of the columns, which are quoted, are the key: the first ones, all texts
   * @param others what takes the rows whose key is there
   */
  CopiedRows(
      Connection connection, String table, List<String> columns, int key, PreparedRows others)
      throws SQLException {
    this.connection = connection;
    this.key = key;
    this.others = others;
    this.copy = "copy " + table + " (" + String.join(", ", columns) + ") from stdin";
    String keys = each(key, n -> "k" + n, ", ");
    // The limit has it look for each by the table's key, and never read the table for all.
    this.there =
        connection.prepareStatement(
            "select n from unnest("
                + each(key, n -> "?::text[]", ", ")
                + ") with ordinality as given("
                + keys
                + ", n), lateral (select 1 from "
                + table
                + " as kept where "
                + each(key, n -> "kept." + columns.get(n) + " = given.k" + n, " and ")
                + " limit 1) as found");
  }

  private static String each(int key, IntFunction<String> text, String separator) {
    return IntStream.range(0, key).mapToObj(text).collect(Collectors.joining(separator));
  }

  @Override
  public void text(String value) {
    // Never null in the place of what does not fit: it may be a key.
    add(Column.Type.TEXT, value);
  }

  @Override
  public void flag(boolean value) {
    add(Column.Type.INT, value ? 1 : 0);
  }

  @Override
  public void value(Column.Type type, Object value) {
    add(type, value == null || !PostgresDialect.fits(type, value) ? null : value);
  }

  private void add(Column.Type type, Object value) {
    row.types().add(type);
    row.values().add(value);
  }

  /** Of two rows with one key the first counts, as where one is there already. */
  @Override
  public void endRow() {
    rows.putIfAbsent(List.copyOf(row.key(key)), row);
    row = new Row(new ArrayList<>(), new ArrayList<>());
  }

  @Override
  public void write() throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    List<Row> all = List.copyOf(rows.values());
    rows.clear();
    Set<Integer> known = known(all);
    if (known.size() < all.size()) {
      copy(all, known);
    }
    if (!known.isEmpty()) {
      for (int each : known) {
        give(all.get(each));
      }
      others.write();
    }
  }

  /** Those of which there is a row. */
  private Set<Integer> known(List<Row> all) throws SQLException {
    Set<Integer> known = new HashSet<>();
    List<Array> keys = new ArrayList<>();
    for (int column = 0; column < key; column++) {
      int wanted = column;
      Array values =
          connection.createArrayOf(
              "text", all.stream().map(each -> each.values().get(wanted)).toArray());
      keys.add(values);
      there.setArray(column + 1, values);
    }
    try (ResultSet found = there.executeQuery()) {
      while (found.next()) {
        known.add(found.getInt(1) - 1);
      }
    }
    for (Array each : keys) {
      each.free();
    }
    return known;
  }

  private void give(Row known) throws SQLException {
    for (int i = 0; i < known.values().size(); i++) {
      Object value = known.values().get(i);
      if (i < key) {
        others.text((String) value);
      } else {
        others.value(known.types().get(i), value);
      }
    }
    others.endRow();
  }

  /** Those that are not known. */
  private void copy(List<Row> all, Set<Integer> known) throws SQLException {
    CopyIn in = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy);
    try {
      CopyText text = new CopyText(bytes -> in.writeToCopy(bytes, 0, bytes.length));
      for (int i = 0; i < all.size(); i++) {
        if (!known.contains(i)) {
          text.row(all.get(i).values());
        }
      }
      text.end();
      in.endCopy();
    } finally {
      if (in.isActive()) {
        in.cancelCopy();
      }
    }
  }
}
