package dev.sluice.target.sql;

import dev.sluice.consume.Column;
import java.sql.SQLException;

/** Rows on their way into one table: value by value, row by row, and then all at once. */
interface Rows {
  /** The next value of the row; may be null. */
  void text(String value) throws SQLException;

  /** The next value of the row, as a 1 or a 0. */
  void flag(boolean value) throws SQLException;

  /** The next value of the row, of the type's Java class; may be null. */
  void value(Column.Type type, Object value) throws SQLException;

  void endRow() throws SQLException;

  /** Writes what has been given since the last time. */
  void write() throws SQLException;
}
