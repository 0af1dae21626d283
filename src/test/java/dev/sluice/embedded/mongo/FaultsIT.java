package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoSocketException;
import com.mongodb.client.MongoChangeStreamCursor;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.changestream.ChangeStreamDocument;
import com.mongodb.connection.ServerDescription;
import com.mongodb.connection.ServerType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients see of each fault. A fault lives as long as its block, which need not name it. */
@SuppressWarnings("try")
class FaultsIT {

  private static final String OPTIONS =
      "&retryWrites=true&retryReads=false&serverSelectionTimeoutMS=5000&appName=faulty";

  private EmbeddedReplicaSet set;
  private MongoClient client;
  private MongoCollection<Document> words;

  @BeforeEach
  void start() {
    set = EmbeddedReplicaSet.builder().name("rs-faults").start();
    client = MongoClients.create(set.uri() + OPTIONS);
    words = client.getDatabase("it").getCollection("words");
    words.insertOne(new Document("_id", "first"));
  }

  @AfterEach
  void stop() {
    client.close();
    set.close();
  }

  private MongoChangeStreamCursor<ChangeStreamDocument<Document>> watch() {
    return words.watch().maxAwaitTime(1, TimeUnit.SECONDS).cursor();
  }

  @Test
  void everyAcknowledgedWriteIsInTheStreamOnceThroughAHundredStepDowns() throws Exception {
    int writes = 20_000;
    try (var stream = watch()) {
      Thread disturber =
          new Thread(
              () -> {
                for (int i = 0; i < 100; i++) {
                  int before = set.faults().primary();
                  set.faults().stepDown(Duration.ofMillis(5), i % 2 == 0);
                  await().until(() -> set.faults().primary() >= 0);
                  await()
                      .pollInterval(Duration.ofMillis(5))
                      .until(() -> set.faults().primary() != before);
                }
              });
      disturber.start();
      for (int i = 0; i < writes; i++) {
        words.insertOne(new Document("_id", i));
      }
      disturber.join();
      List<Object> seen = new ArrayList<>();
      while (seen.size() < writes) {
        seen.add(stream.next().getFullDocument().get("_id"));
      }

      assertThat(seen).isEqualTo(IntStream.range(0, writes).boxed().toList());
      assertThat(stream.tryNext()).isNull();
    }
  }

  @Test
  void aDriverNoticesAStepDownAtOnce() {
    set.faults().stepDown(Duration.ofMillis(50), true);

    await()
        .atMost(Duration.ofSeconds(2))
        .until(() -> primaries().equals(List.of(set.ports().get(1))));
    words.insertOne(new Document("_id", "after"));
  }

  private List<Integer> primaries() {
    return client.getClusterDescription().getServerDescriptions().stream()
        .filter(server -> server.getType() == ServerType.REPLICA_SET_PRIMARY)
        .map(ServerDescription::getAddress)
        .map(com.mongodb.ServerAddress::getPort)
        .toList();
  }

  @Test
  void aKilledPrimaryIsFollowedByAnotherAndComesBackAsASecondary() {
    try (var stream = watch()) {
      try (Fault dead = set.faults().kill(0)) {
        words.insertOne(new Document("_id", "meanwhile"));
        assertThat(stream.next().getFullDocument()).containsEntry("_id", "meanwhile");
        assertThat(set.faults().primary()).isEqualTo(1);
      }
      words.insertOne(new Document("_id", "later"));
      assertThat(stream.next().getFullDocument()).containsEntry("_id", "later");
    }
    assertThat(set.faults().primary()).isEqualTo(1);
  }

  @Test
  void withoutAMajorityThereIsNoPrimary() {
    try (Fault one = set.faults().kill(1);
        Fault two = set.faults().partition(2)) {
      assertThat(set.faults().primary()).isEqualTo(-1);
    }
    await().until(() -> set.faults().primary() >= 0);
    words.insertOne(new Document("_id", "again"));
  }

  @Test
  void aPartitionedPrimaryAnswersNobody() {
    try (Fault cut = set.faults().partition(0)) {
      await().until(() -> set.faults().primary() == 1);
      try (MongoClient direct =
          MongoClients.create(
              "mongodb://localhost:"
                  + set.ports().get(0)
                  + "/?directConnection=true&serverSelectionTimeoutMS=300"
                  + "&connectTimeoutMS=300&socketTimeoutMS=300")) {
        assertThatThrownBy(() -> direct.getDatabase("it").runCommand(new Document("ping", 1)))
            .isInstanceOf(MongoException.class);
      }
    }
  }

  @Test
  void aFailedCommandCarriesTheLabelsADriverRetriesOn() {
    try (Fault failing = set.faults().failCommand(1, 11600, "insert")) {
      words.insertOne(new Document("_id", "retried"));
    }
    try (Fault failing = set.faults().failCommandOf("another", -1, 11600, "insert")) {
      words.insertOne(new Document("_id", "not meant"));
    }
    try (Fault failing = set.faults().failCommand(1, 2, "insert")) {
      assertThatThrownBy(() -> words.insertOne(new Document("_id", "refused")))
          .isInstanceOf(MongoException.class);
    }
    assertThat(words.countDocuments()).isEqualTo(3);
  }

  @Test
  void theServersOwnFailpointCommandIsUnderstood() {
    client
        .getDatabase("admin")
        .runCommand(
            Document.parse(
                "{configureFailPoint: 'failCommand', mode: {times: 2},"
                    + " data: {failCommands: ['find'], closeConnection: true}}"));

    assertThatThrownBy(() -> words.find().first()).isInstanceOf(MongoSocketException.class);
    assertThatThrownBy(() -> words.find().first()).isInstanceOf(MongoSocketException.class);
    assertThat(words.find().first()).isNotNull();
  }

  @Test
  void aStreamResumesByItselfAfterARetriableErrorOrALostConnection() {
    try (var stream = watch()) {
      for (Fault fault :
          List.of(
              set.faults().failCommand(1, 10107, "getMore"), set.faults().closeOn(1, "getMore"))) {
        words.insertOne(new Document());
        assertThat(stream.next()).isNotNull();
        fault.close();
      }
      set.faults().dropConnections();
      await()
          .ignoreExceptions()
          .untilAsserted(() -> words.insertOne(new Document("_id", "after the drop")));
      assertThat(stream.next().getFullDocument()).containsEntry("_id", "after the drop");
    }
  }

  @Test
  void aGarbledReplyIsAnErrorAndNotAHang() {
    try (Fault corrupt = set.faults().corruptReply(1, "find")) {
      assertThatThrownBy(() -> words.find().first()).isInstanceOf(RuntimeException.class);
    }
    assertThat(words.find().first()).isNotNull();
  }

  @Test
  void lateRepliesAreLate() {
    try (Fault late = set.faults().delayReplies(Duration.ofMillis(250), "find")) {
      long begin = System.nanoTime();
      words.find().first();
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isGreaterThanOrEqualTo(Duration.ofMillis(250));
    }
  }

  @Test
  void aPositionOlderThanTheLogIsLost() {
    BsonDocument token;
    try (var stream = watch()) {
      words.insertOne(new Document());
      token = stream.next().getResumeToken();
    }
    words.insertOne(new Document());

    set.faults().rollOplog();

    assertThatExceptionOfType(MongoCommandException.class)
        .isThrownBy(() -> words.watch().startAfter(token).cursor())
        .matches(error -> error.getErrorCode() == 286)
        .matches(error -> error.hasErrorLabel("NonResumableChangeStreamError"));
  }

  @Test
  void aLostTokenIsAnErrorOfItsOwnUntilItIsFound() {
    BsonDocument token;
    try (var stream = watch()) {
      words.insertOne(new Document());
      token = stream.next().getResumeToken();
    }

    try (Fault lost = set.faults().loseToken(token)) {
      assertThatExceptionOfType(MongoCommandException.class)
          .isThrownBy(() -> words.watch().startAfter(token).cursor())
          .matches(error -> error.getErrorCode() == 280);
    }
    words.watch().startAfter(token).cursor().close();
  }

  @Test
  void faultsCanBeOrderedOverTheWire() {
    var admin = client.getDatabase("admin");
    admin.runCommand(new Document("embeddedFault", "kill").append("node", 2));
    assertThat(state(2)).isEqualTo("(not reachable/healthy)");

    admin.runCommand(new Document("embeddedFault", "lift"));

    assertThat(state(2)).isEqualTo("SECONDARY");
  }

  private String state(int node) {
    Document status = client.getDatabase("admin").runCommand(new Document("replSetGetStatus", 1));
    return status.getList("members", Document.class).get(node).getString("stateStr");
  }
}
