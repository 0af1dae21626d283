package dev.sluice.consuming;

import com.rabbitmq.client.Delivery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

// region: once
/** Remembers the message-ids in the transaction of the work itself. For one thread. */
public final class OncePerMessageId implements AcknowledgeAfterWork.Work {
  /** Work that must not be done twice. It uses this connection and does not commit. */
  public interface Effect {
    void apply(Change change, Connection database) throws SQLException;
  }

  private static final String KEY_EXISTS = "23505";

  private final Connection database;
  private final Duration kept;
  private final Effect effect;

  /**
   * @param kept for how long ids are kept, in the time of the stream: longer than any repeat
   */
  public OncePerMessageId(Connection database, Duration kept, Effect effect) throws SQLException {
    database.setAutoCommit(false);
    this.database = database;
    this.kept = kept;
    this.effect = effect;
  }

  public static void createTable(Connection database) throws SQLException {
    try (Statement statement = database.createStatement()) {
      statement.execute(
          "CREATE TABLE done (message_id CHAR(32) PRIMARY KEY,"
              + " cluster_time TIMESTAMP WITH TIME ZONE NOT NULL)");
      statement.execute("CREATE INDEX done_by_time ON done (cluster_time)");
    }
  }

  @Override
  public void on(Delivery delivery) throws Exception {
    Change change = Change.of(delivery);
    try {
      if (isNew(change)) {
        refuseIfForgotten(change);
        effect.apply(change, database);
      }
      database.commit();
    } catch (SQLException | RuntimeException failure) {
      database.rollback();
      throw failure;
    }
  }

  private boolean isNew(Change change) throws SQLException {
    try (PreparedStatement insert = database.prepareStatement("INSERT INTO done VALUES (?, ?)")) {
      insert.setString(1, change.messageId());
      insert.setObject(2, change.clusterTime());
      insert.executeUpdate();
      return true;
    } catch (SQLException failure) {
      if (!failure.getSQLState().equals(KEY_EXISTS)) {
        throw failure;
      }
      database.rollback();
      return false;
    }
  }

  /** Its id may have been here: whether it is new can no longer be told. */
  private void refuseIfForgotten(Change change) throws SQLException {
    if (change.clusterTime().isBefore(oldestKept())) {
      throw new IllegalStateException(
          "Message " + change.messageId() + " is older than the ids that are kept");
    }
  }

  /** Makes room; to be called now and then, between two messages. */
  public void forgetOld() throws SQLException {
    try (PreparedStatement delete =
        database.prepareStatement("DELETE FROM done WHERE cluster_time < ?")) {
      delete.setObject(1, oldestKept());
      delete.executeUpdate();
    }
    database.commit();
  }

  private OffsetDateTime oldestKept() throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet newest = statement.executeQuery("SELECT MAX(cluster_time) FROM done")) {
      newest.next();
      OffsetDateTime time = newest.getObject(1, OffsetDateTime.class);
      return time == null ? Instant.EPOCH.atOffset(ZoneOffset.UTC) : time.minus(kept);
    }
  }
}
// end region
