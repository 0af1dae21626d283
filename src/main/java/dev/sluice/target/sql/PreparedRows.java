package dev.sluice.target.sql;

import dev.sluice.consume.Column;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Rows by one prepared statement, which the driver runs once for each. */
final class PreparedRows implements Rows {
  private final SqlDialect dialect;
  private final PreparedStatement statement;
  private int column;

  PreparedRows(SqlDialect dialect, PreparedStatement statement) {
    this.dialect = dialect;
    this.statement = statement;
  }

  @Override
  public void text(String value) throws SQLException {
    statement.setString(++column, value);
  }

  @Override
  public void flag(boolean value) throws SQLException {
    statement.setInt(++column, value ? 1 : 0);
  }

  @Override
  public void value(Column.Type type, Object value) throws SQLException {
    dialect.bind(statement, ++column, type, value);
  }

  @Override
  public void endRow() throws SQLException {
    column = 0;
    statement.addBatch();
  }

  @Override
  public void write() throws SQLException {
    statement.executeBatch();
  }
}
