package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import dev.sluice.consuming.Change;
import dev.sluice.consuming.NewestByPosition;
import dev.sluice.consuming.OncePerMessageId;
import dev.sluice.consuming.OwnQueue;
import dev.sluice.consuming.ParkedDocuments;
import dev.sluice.consuming.RecentIds;
import dev.sluice.testing.TestRabbit;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The recipes of docs/CONSUMING.md among repeated messages and crashing consumers. */
class ConsumingIT {
  /** Of the changes and the crashes; another one makes another test of it. */
  private static final long SEED = 4;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MARKER = 999;
  private static final Duration KEPT = Duration.ofDays(7);

  private final String url =
      "jdbc:h2:mem:" + TestRabbit.freshName("consumer") + ";DB_CLOSE_DELAY=-1";
  private Connection database;

  @BeforeEach
  void createTables() throws SQLException {
    database = DriverManager.getConnection(url);
    OncePerMessageId.createTable(database);
    ParkedDocuments.createTable(database);
    NewestByPosition.createTable(database);
    try (Statement statement = database.createStatement()) {
      statement.execute("CREATE TABLE tally (id VARCHAR PRIMARY KEY, n INTEGER)");
    }
  }

  @AfterEach
  void dropDatabase() throws SQLException {
    try (Statement statement = database.createStatement()) {
      statement.execute("SHUTDOWN");
    }
  }

  /** Counts the changes of each document: wrong as soon as one is counted twice or not at all. */
  private static void count(Change change, Connection database) throws SQLException {
    String sql =
        switch (change.operation()) {
          case "insert" -> "INSERT INTO tally (n, id) VALUES (0, ?)";
          case "update" -> "UPDATE tally SET n = n + 1 WHERE id = ?";
          case "delete" -> "DELETE FROM tally WHERE id = ?";
          default -> throw new IllegalStateException("not made here: " + change.operation());
        };
    try (PreparedStatement statement = database.prepareStatement(sql)) {
      statement.setString(1, change.id());
      if (statement.executeUpdate() != 1) {
        throw new IllegalStateException("out of order: " + change);
      }
    }
  }

  private Map<String, Integer> tally() throws SQLException {
    Map<String, Integer> found = new TreeMap<>();
    try (Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id, n FROM tally")) {
      while (rows.next()) {
        found.put(rows.getString(1), rows.getInt(2));
      }
    }
    return found;
  }

  private Map<String, Integer> copy() throws Exception {
    Map<String, Integer> found = new TreeMap<>();
    try (Statement statement = database.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT id, document FROM copy WHERE document IS NOT NULL")) {
      while (rows.next()) {
        found.put(rows.getString(1), JSON.readTree(rows.getString(2)).get("n").asInt());
      }
    }
    return found;
  }

  @Test
  void oncePerMessageIdCountsEachChangeOnce() throws Exception {
    try (RepeatedChanges changes = new RepeatedChanges(SEED);
        CrashingConsumer consumer =
            new CrashingConsumer(
                changes.queue(),
                url,
                SEED,
                connection -> new OncePerMessageId(connection, KEPT, ConsumingIT::count))) {
      changes.make();

      await()
          .atMost(FaultyRabbit.PATIENCE)
          .untilAsserted(() -> assertThat(tally()).isEqualTo(changes.state()));
      assertThat(consumer.crashes()).isPositive();
      assertThat(changes.repeats()).isPositive();
    }
  }

  @Test
  void newestByClusterTimeEndsAsTheCollection() throws Exception {
    try (RepeatedChanges changes = new RepeatedChanges(SEED);
        CrashingConsumer consumer =
            new CrashingConsumer(
                changes.queue(),
                url,
                SEED,
                connection -> new NewestByPosition(connection, change -> {}))) {
      changes.make();

      await()
          .atMost(FaultyRabbit.PATIENCE)
          .untilAsserted(() -> assertThat(copy()).isEqualTo(changes.state()));
      assertThat(consumer.crashes()).isPositive();
      assertThat(changes.repeats()).isPositive();
    }
  }

  /** Several consumers of one queue see no order; cluster time makes one. */
  @Test
  void newestByClusterTimeNeedsNoOrderBetweenConsumers() throws Exception {
    try (RepeatedChanges changes = new RepeatedChanges(SEED);
        CrashingConsumer one =
            new CrashingConsumer(
                changes.queue(),
                url,
                SEED,
                connection -> new NewestByPosition(connection, change -> {}));
        CrashingConsumer other =
            new CrashingConsumer(
                changes.queue(),
                url,
                SEED + 1,
                connection -> new NewestByPosition(connection, change -> {}))) {
      changes.make();

      await()
          .atMost(FaultyRabbit.PATIENCE)
          .untilAsserted(() -> assertThat(copy()).isEqualTo(changes.state()));
    }
  }

  /** The active consumer dies in the middle of its work; the waiting one goes on behind it. */
  @Test
  void aSingleActiveConsumerIsFollowedByTheNextAndAParkedDocumentWaitsForItsTurn()
      throws Exception {
    Assumptions.assumeTrue(TestRabbit.shared().isReal(), "the embedded broker has no such queues");
    AtomicBoolean mended = new AtomicBoolean();
    ParkedDocuments effect =
        new ParkedDocuments(
            (change, connection) -> {
              if (change.id().equals("3") && !mended.get()) {
                throw new ParkedDocuments.Unprocessable("the third document is not understood");
              }
              count(change, connection);
            });
    CrashingConsumer.Recipe recipe = connection -> new OncePerMessageId(connection, KEPT, effect);
    try (RepeatedChanges changes = new RepeatedChanges(SEED)) {
      String queue = TestRabbit.freshName("own");
      try (var connection = TestRabbit.shared().connect()) {
        Channel channel = connection.createChannel();
        OwnQueue.declare(channel, changes.exchange(), queue);
        try (CrashingConsumer active = new CrashingConsumer(queue, url, SEED, recipe)) {
          await().until(() -> channel.consumerCount(queue) == 1);
          try (CrashingConsumer waiting = new CrashingConsumer(queue, url, SEED + 1, recipe)) {
            changes.make();
            active.kill();
            changes.make();
            // When this is through, all before it is, the parked changes as well.
            changes.insert(MARKER);
            await()
                .atMost(FaultyRabbit.PATIENCE)
                .untilAsserted(
                    () -> {
                      Map<String, Integer> others = changes.state();
                      others.remove("3");
                      assertThat(tally()).isEqualTo(others);
                    });
          }
        }
        channel.queueDelete(queue);
      }
      mended.set(true);
      try (Connection replaying = DriverManager.getConnection(url)) {
        replaying.setAutoCommit(false);
        effect.replay(replaying);
      }

      assertThat(tally()).isEqualTo(changes.state());
    }
  }

  private static Delivery message(
      String messageId, String operation, String id, String time, int increment, String document) {
    return message(messageId, operation, id, time, increment, 0, document);
  }

  private static Delivery message(
      String messageId,
      String operation,
      String id,
      String time,
      int increment,
      int index,
      String document) {
    String body =
        """
        {"_id": %s, "operation": "%s", "document": %s, "metadata": {"idType": "int",
         "clusterTime": "%s", "position": "%08x%08x%08x", "schema": 1}}"""
            .formatted(
                id,
                operation,
                document,
                time,
                OffsetDateTime.parse(time).toEpochSecond(),
                increment,
                index);
    return new Delivery(
        new Envelope(1, false, "", ""),
        new AMQP.BasicProperties.Builder().messageId(messageId).build(),
        body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aLateRepeatNeitherUndoesAChangeNorBringsADeletedDocumentBack() throws Exception {
    NewestByPosition recipe = new NewestByPosition(database, change -> {});
    Delivery insert =
        message("a", "insert", "\"1\"", "2026-11-20T01:02:03Z", 1, "{\"_id\": \"1\", \"n\": 0}");
    Delivery update =
        message("b", "update", "\"1\"", "2026-11-20T01:02:03Z", 2, "{\"_id\": \"1\", \"n\": 1}");
    Delivery delete = message("c", "delete", "\"1\"", "2026-11-20T01:02:04Z", 1, "null");

    recipe.on(insert);
    recipe.on(update);
    recipe.on(insert);
    assertThat(copy()).isEqualTo(Map.of("1", 1));

    recipe.on(delete);
    recipe.on(insert);
    recipe.on(update);
    assertThat(copy()).isEmpty();

    NewestByPosition.forgetDeleted(database, OffsetDateTime.parse("2026-11-21T00:00:00Z"));
    recipe.on(insert);
    assertThat(copy()).as("where the guarantee ends").isEqualTo(Map.of("1", 0));
  }

  /** They share their cluster time; the index in their transaction tells them apart. */
  @Test
  void twoChangesOfADocumentInOneTransactionEndWithTheSecond() throws Exception {
    NewestByPosition recipe = new NewestByPosition(database, change -> {});
    Delivery first =
        message("a", "insert", "\"1\"", "2026-11-20T01:02:03Z", 1, 0, "{\"_id\": \"1\", \"n\": 0}");
    Delivery second =
        message("b", "update", "\"1\"", "2026-11-20T01:02:03Z", 1, 1, "{\"_id\": \"1\", \"n\": 1}");

    for (Delivery each : List.of(second, first, second, first)) {
      recipe.on(each);
    }

    assertThat(copy()).isEqualTo(Map.of("1", 1));
  }

  @Test
  void aChangeOfNoDocumentIsHandedOnAndTouchesNothing() throws Exception {
    List<String> others = new ArrayList<>();
    NewestByPosition recipe =
        new NewestByPosition(database, change -> others.add(change.operation()));

    recipe.on(message("a", "drop", "null", "2026-11-20T01:02:03Z", 1, "null"));

    assertThat(others).containsExactly("drop");
    assertThat(copy()).isEmpty();
  }

  @Test
  void aMessageOlderThanTheKeptIdsIsRefusedRatherThanGuessedAt() throws Exception {
    try (Connection own = DriverManager.getConnection(url)) {
      List<String> applied = new ArrayList<>();
      OncePerMessageId recipe =
          new OncePerMessageId(
              own, Duration.ofDays(1), (change, connection) -> applied.add(change.messageId()));
      Delivery old = message("old", "insert", "\"1\"", "2026-11-20T01:02:03Z", 1, "{}");
      recipe.on(old);
      recipe.on(message("new", "insert", "\"2\"", "2026-11-23T01:02:03Z", 1, "{}"));
      recipe.on(old);
      recipe.forgetOld();

      assertThatThrownBy(() -> recipe.on(old)).hasMessageContaining("older than the ids");
      assertThat(applied).containsExactly("old", "new");
    }
  }

  @Test
  void recentIdsKnowTheLastOnesUntilACrash() {
    RecentIds ids = new RecentIds(2);
    ids.add("a");
    ids.add("b");
    ids.add("c");

    assertThat(ids.contains("a")).isFalse();
    assertThat(ids.contains("b")).isTrue();
    assertThat(new RecentIds(2).contains("b")).as("after a crash").isFalse();
  }
}
