package dev.sluice.consuming;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;

// region: parked
/** Puts a document aside when one of its changes cannot be applied, and all its later changes. */
public final class ParkedDocuments implements OncePerMessageId.Effect {
  /** Thrown by an effect that will not do for this change, however often it is tried. */
  public static final class Unprocessable extends RuntimeException {
    public Unprocessable(String reason) {
      super(reason);
    }
  }

  private final OncePerMessageId.Effect effect;

  public ParkedDocuments(OncePerMessageId.Effect effect) {
    this.effect = effect;
  }

  public static void createTable(Connection database) throws SQLException {
    try (Statement statement = database.createStatement()) {
      statement.execute(
          "CREATE TABLE parked (n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id VARCHAR,"
              + " id_type VARCHAR, message_id CHAR(32), body VARCHAR, reason VARCHAR)");
      statement.execute("CREATE INDEX parked_by_document ON parked (id, id_type)");
    }
  }

  @Override
  public void apply(Change change, Connection database) throws SQLException {
    if (isParked(change, database)) {
      park(change, "behind a parked change of the document", database);
      return;
    }
    Savepoint before = database.setSavepoint();
    try {
      effect.apply(change, database);
    } catch (Unprocessable failure) {
      database.rollback(before);
      park(change, failure.getMessage(), database);
    }
  }

  private static boolean isParked(Change change, Connection database) throws SQLException {
    try (PreparedStatement select =
        database.prepareStatement("SELECT 1 FROM parked WHERE id = ? AND id_type = ? LIMIT 1")) {
      select.setString(1, change.id());
      select.setString(2, change.idType());
      try (ResultSet parked = select.executeQuery()) {
        return parked.next();
      }
    }
  }

  private static void park(Change change, String reason, Connection database) throws SQLException {
    try (PreparedStatement insert =
        database.prepareStatement(
            "INSERT INTO parked (id, id_type, message_id, body, reason) VALUES (?, ?, ?, ?, ?)")) {
      insert.setString(1, change.id());
      insert.setString(2, change.idType());
      insert.setString(3, change.messageId());
      insert.setString(4, change.body().toString());
      insert.setString(5, reason);
      insert.executeUpdate();
    }
  }

  /**
   * Applies what is parked, in its order, when the cause is gone; the consumer stands meanwhile.
   */
  public void replay(Connection database) throws SQLException, IOException {
    try (Statement statement = database.createStatement();
        ResultSet parked =
            statement.executeQuery("SELECT message_id, body FROM parked ORDER BY n")) {
      while (parked.next()) {
        byte[] body = parked.getString(2).getBytes(StandardCharsets.UTF_8);
        effect.apply(Change.of(parked.getString(1), body), database);
      }
      statement.executeUpdate("DELETE FROM parked");
      database.commit();
    } catch (SQLException | RuntimeException failure) {
      database.rollback();
      throw failure;
    }
  }
}
// end region
