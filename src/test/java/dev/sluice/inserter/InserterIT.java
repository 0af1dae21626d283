package dev.sluice.inserter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import dev.sluice.config.MongoSettings;
import dev.sluice.config.Secret;
import dev.sluice.mongo.MongoConnection;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.testing.FaultyMongo;
import dev.sluice.testing.TestMongo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What becomes of writes in an election, whose answers the driver does not wait out. */
class InserterIT {
  /** As a set answers while its primary steps down: InterruptedDueToReplStateChange. */
  private static final int INTERRUPTED = 11602;

  /** The driver sends a write twice by itself, so the inserter has to send it twice as well. */
  private static final int BEYOND_THE_DRIVER = 3;

  /** A server that has said so is passed over until the next heartbeat, by default for 10 s. */
  private static final String SOON_FOUND_AGAIN = "heartbeatFrequencyMS=500";

  private static final String ONE_BY_ONE = "insert:50,update:20,replace:20,delete:10";

  private static FaultyMongo mongo;

  private final Scheduler timer = Schedulers.newSingle("inserter-it");
  private final String database = TestMongo.freshDatabase("inserter");
  private MongoClient client;
  private MongoConnection connection;

  @BeforeAll
  static void startSet() {
    mongo = FaultyMongo.launch();
  }

  @AfterAll
  static void stopSet() {
    mongo.close();
  }

  @BeforeEach
  void connect() {
    client = MongoClients.create(mongo.uri());
    connection =
        new MongoConnection(
            new MongoSettings(new Secret(mongo.uriWith(SOON_FOUND_AGAIN)), database));
  }

  @AfterEach
  void heal() {
    mongo.heal();
    client.getDatabase(database).drop();
    connection.close();
    client.close();
    timer.dispose();
  }

  private MongoDatabase database() {
    return client.getDatabase(database);
  }

  private MongoCollection<BsonDocument> plays() {
    return database().getCollection("plays", BsonDocument.class);
  }

  private static InsertPlan plan(int count, String mix) {
    return new InsertPlan(
        "plays", count, 0, Optional.empty(), Optional.empty(), Mix.parse(mix), 0, 1);
  }

  private List<Write> write(InsertPlan plan) {
    return new Inserter(connection, timer)
        .write(plan)
        .collectList()
        .block(RepeatedWrites.LIMIT.plusSeconds(30));
  }

  /** What the collection's stream tells until it has told as much as was acknowledged, and then. */
  private List<String> told(BsonDocument from) {
    List<String> told = new ArrayList<>();
    try (var events =
        plays()
            .watch(BsonDocument.class)
            .resumeAfter(from)
            .maxAwaitTime(500, java.util.concurrent.TimeUnit.MILLISECONDS)
            .cursor()) {
      for (var event = events.tryNext(); event != null; event = events.tryNext()) {
        told.add(event.getOperationTypeString());
      }
    }
    return told;
  }

  private BsonDocument now() {
    plays().insertOne(new BsonDocument());
    try (var events = plays().watch(BsonDocument.class).cursor()) {
      events.tryNext();
      return events.getResumeToken();
    }
  }

  private static List<String> kinds(List<Write> writes) {
    return writes.stream()
        .map(write -> write.kind().name().toLowerCase(java.util.Locale.ROOT))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"insert:1", ONE_BY_ONE})
  void sendsAgainWhatWasInterruptedBeforeItWasDone(String mix) {
    BsonDocument from = now();
    mongo.failCommandTimes(BEYOND_THE_DRIVER, INTERRUPTED, "insert", "update", "delete");

    List<Write> acknowledged = write(plan(40, mix));

    assertThat(acknowledged).hasSize(40);
    assertThat(told(from)).containsExactlyInAnyOrderElementsOf(kinds(acknowledged));
  }

  @ParameterizedTest
  @ValueSource(strings = {"insert:1", ONE_BY_ONE})
  void findsOutThatAnInterruptedWriteWasDoneAndTellsItOnce(String mix) {
    BsonDocument from = now();
    mongo.failWriteConcernTimes(BEYOND_THE_DRIVER, INTERRUPTED, "insert", "update", "delete");

    List<Write> acknowledged = write(plan(40, mix));

    assertThat(acknowledged).hasSize(40);
    assertThat(told(from)).containsExactlyInAnyOrderElementsOf(kinds(acknowledged));
  }

  @ParameterizedTest
  @ValueSource(strings = {"insert", "update", "delete"})
  void tellsEachWriteOnceWhoseEveryKindWasDoneAndInterrupted(String command) {
    BsonDocument from = now();
    mongo.failWriteConcernTimes(BEYOND_THE_DRIVER, INTERRUPTED, command);

    List<Write> acknowledged = write(plan(60, ONE_BY_ONE));

    assertThat(acknowledged).hasSize(60);
    assertThat(told(from)).containsExactlyInAnyOrderElementsOf(kinds(acknowledged));
  }

  @Test
  void doesNotTakeTheRefusalOfAnotherUniqueIndexForAnInsertThatWasDone() {
    plays().createIndex(Indexes.ascending("score"), new IndexOptions().unique(true));

    assertThatThrownBy(() -> write(plan(100, "insert:50,delete:1")))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("11000");
  }

  @Test
  void givesUpAtOnceWhereNoServerHasEverAnswered() {
    try (MongoConnection nobody =
        new MongoConnection(
            new MongoSettings(
                new Secret("mongodb://127.0.0.1:1/?replicaSet=x&serverSelectionTimeoutMS=300"),
                database))) {
      assertThatThrownBy(
              () ->
                  new Inserter(nobody, timer)
                      .write(plan(1, "insert:1"))
                      .blockLast(Duration.ofSeconds(20)))
          .isInstanceOf(PipelineException.class)
          .hasMessageContaining("cannot be reached");
    }
  }
}
