package dev.sluice.consuming;

import com.rabbitmq.client.Delivery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.function.Consumer;

// region: newest
/** Keeps a copy of the collection: the newest state of each document, by position. */
public final class NewestByPosition implements AcknowledgeAfterWork.Work {
  private static final String KEY_EXISTS = "23505";

  private final Connection database;
  private final Consumer<Change> others;

  /**
   * @param others is told of changes that are of no one document, such as a drop
   */
  public NewestByPosition(Connection database, Consumer<Change> others) {
    this.database = database;
    this.others = others;
  }

  /** A row without a document is a tombstone: the document was deleted at that time. */
  public static void createTable(Connection database) throws SQLException {
    try (Statement statement = database.createStatement()) {
      statement.execute(
          "CREATE TABLE copy (id VARCHAR, id_type VARCHAR,"
              + " position CHAR(24) NOT NULL, cluster_time TIMESTAMP WITH TIME ZONE NOT NULL,"
              + " document VARCHAR, PRIMARY KEY (id, id_type))");
    }
  }

  @Override
  public void on(Delivery delivery) throws Exception {
    Change change = Change.of(delivery);
    switch (change.operation()) {
      case "insert", "replace", "update" -> {
        if (change.document().isMissingNode()) {
          throw new IllegalStateException("This recipe needs SLUICE_UPDATE_LOOKUP=true");
        }
        if (!change.document().isNull()) { // Else what follows says why: a delete, mostly.
          put(change, change.document().toString());
        }
      }
      case "delete" -> put(change, null);
      default -> others.accept(change);
    }
  }

  /**
   * The second update meets a row that another consumer has inserted between the two statements.
   */
  private void put(Change change, String document) throws SQLException {
    if (!update(change, document) && !insert(change, document)) {
      update(change, document);
    }
  }

  private boolean update(Change change, String document) throws SQLException {
    try (PreparedStatement update =
        database.prepareStatement(
            "UPDATE copy SET position = ?, cluster_time = ?, document = ?"
                + " WHERE id = ? AND id_type = ? AND position < ?")) {
      update.setString(1, change.position());
      update.setObject(2, change.clusterTime());
      update.setString(3, document);
      update.setString(4, change.id());
      update.setString(5, change.idType());
      update.setString(6, change.position());
      return update.executeUpdate() == 1;
    }
  }

  private boolean insert(Change change, String document) throws SQLException {
    try (PreparedStatement insert =
        database.prepareStatement("INSERT INTO copy VALUES (?, ?, ?, ?, ?)")) {
      insert.setString(1, change.id());
      insert.setString(2, change.idType());
      insert.setString(3, change.position());
      insert.setObject(4, change.clusterTime());
      insert.setString(5, document);
      insert.executeUpdate();
      return true;
    } catch (SQLException failure) {
      if (failure.getSQLState().equals(KEY_EXISTS)) {
        return false;
      }
      throw failure;
    }
  }

  /** Makes room; what repeats an older change after this brings a deleted document back. */
  public static void forgetDeleted(Connection database, OffsetDateTime before) throws SQLException {
    try (PreparedStatement delete =
        database.prepareStatement("DELETE FROM copy WHERE document IS NULL AND cluster_time < ?")) {
      delete.setObject(1, before);
      delete.executeUpdate();
    }
  }
}
// end region
