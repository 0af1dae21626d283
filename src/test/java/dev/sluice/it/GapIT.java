package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.Delivery;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.mongo.Fault;
import dev.sluice.testing.TestRabbit;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * MongoDB no longer has the position. The embedded set's log can be shortened at will; a real one
 * would have to be filled.
 */
class GapIT {
  private static final Map<String, String> GAP = Map.of("SLUICE_ON_POSITION_LOST", "gap");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static EmbeddedReplicaSet set;

  @BeforeAll
  static void startSet() {
    set = EmbeddedReplicaSet.builder().name(TestRabbit.freshName("gap")).start();
  }

  @AfterAll
  static void stopSet() {
    set.close();
  }

  private static void insert(PipelineUnderTest sluice, int id) {
    sluice.collection().insertOne(new BsonDocument("_id", new BsonInt32(id)));
  }

  /** Stopped behind event 1; event 2 is written then. */
  private static PipelineUnderTest stoppedBehindOneEvent(Map<String, String> settings)
      throws Exception {
    PipelineUnderTest sluice = new PipelineUnderTest(set.uri(), settings).start();
    sluice.consume();
    insert(sluice, 1);
    sluice.awaitDeliveries(1);
    sluice.stop();
    insert(sluice, 2);
    return sluice;
  }

  /** Event 2 is gone with its log, event 3 is there. */
  private static PipelineUnderTest behindARolledLog(Map<String, String> settings) throws Exception {
    PipelineUnderTest sluice = stoppedBehindOneEvent(settings);
    set.faults().rollOplog();
    insert(sluice, 3);
    return sluice;
  }

  /** Of documents their id, of others what they are. */
  private static List<String> seen(PipelineUnderTest sluice) {
    return sluice.deliveries.stream()
        .map(
            delivery ->
                delivery.getProperties().getType().equals("insert")
                    ? delivery.getProperties().getHeaders().get("id").toString()
                    : delivery.getProperties().getType())
        .toList();
  }

  private static JsonNode gap(PipelineUnderTest sluice) throws Exception {
    Delivery delivery =
        sluice.deliveries.stream()
            .filter(each -> each.getProperties().getType().equals("gap"))
            .findFirst()
            .orElseThrow();
    assertThat(delivery.getEnvelope().getRoutingKey())
        .isEqualTo(sluice.database() + ".scrabble.gap");
    return MAPPER.readTree(delivery.getBody()).get("gap");
  }

  @Test
  void oneMessageTellsOfTheGapAndWhatIsLeftFollows() throws Exception {
    try (PipelineUnderTest sluice = behindARolledLog(GAP)) {
      sluice.start();
      sluice.awaitDeliveries(3);
      insert(sluice, 4);
      sluice.awaitDeliveries(4);
      assertThat(seen(sluice)).containsExactly("1", "gap", "3", "4");
      JsonNode gap = gap(sluice);
      assertThat(Instant.parse(gap.get("from").asText()))
          .isBeforeOrEqualTo(Instant.parse(gap.get("to").asText()));
      assertThat(gap.get("reason").asText())
          .contains("no longer has the position", "changes of that time are missing");

      sluice.stop();
      insert(sluice, 5);
      sluice.start();
      sluice.awaitDeliveries(5);
      assertThat(seen(sluice))
          .as("the position goes on")
          .containsExactly("1", "gap", "3", "4", "5");
    }
  }

  @Test
  void eachGapHasAMessageOfItsOwn() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(set.uri(), GAP).start()) {
      sluice.consume();
      insert(sluice, 1);
      sluice.awaitDeliveries(1);
      sluice.stop();
      for (int round = 0; round < 3; round++) {
        insert(sluice, 100 + round);
        set.faults().rollOplog();
        insert(sluice, 200 + round);
        int before = sluice.deliveries.size();
        sluice.start();
        sluice.awaitDeliveries(before + 2);
        sluice.stop();
      }

      assertThat(seen(sluice)).containsExactly("1", "gap", "200", "gap", "201", "gap", "202");
      assertThat(sluice.deliveries)
          .extracting(delivery -> delivery.getProperties().getMessageId())
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void endsWithFourAndSaysWhatIsMissingAndWhatTheChoicesAre() throws Exception {
    try (PipelineUnderTest sluice = behindARolledLog(Map.of())) {
      BsonDocument before = checkpoint(sluice);

      EndedCommand.of(sluice.environment(), "run")
          .assertOneSentence(
              4,
              "MongoDB no longer has the position",
              "the oplog begins ",
              " later: the changes of that time are missing",
              "SLUICE_ON_POSITION_LOST=gap",
              "delete its document in the collection \"checkpoints\"",
              "make the oplog larger");
      assertThat(seen(sluice)).containsExactly("1");
      assertThat(checkpoint(sluice).get("position")).isEqualTo(before.get("position"));
    }
  }

  private static BsonDocument checkpoint(PipelineUnderTest sluice) {
    return sluice
        .checkpoints()
        .find(new BsonDocument("_id", new BsonString(sluice.queue())))
        .first();
  }

  /** Error 280, as behind another filter: the log is there and the token is not. */
  @Test
  void aTokenThatIsNotFoundIsGoneAroundAndNothingIsLost() throws Exception {
    try (PipelineUnderTest sluice = stoppedBehindOneEvent(GAP)) {
      try (Fault lost = set.faults().loseTokens()) {
        sluice.start();
        sluice.awaitDeliveries(3);
      }
      insert(sluice, 3);
      // What was published just before the token was lost may have come twice.
      await().atMost(PipelineUnderTest.PATIENCE).until(() -> seen(sluice).contains("3"));

      assertThat(seen(sluice).stream().filter(id -> !id.equals("gap")).distinct())
          .containsExactly("1", "2", "3");
      assertThat(seen(sluice)).containsOnlyOnce("gap");
      JsonNode gap = gap(sluice);
      assertThat(gap.get("from")).isEqualTo(gap.get("to"));
      assertThat(gap.get("reason").asText()).contains("the oplog reaches back to then");
    }
  }

  @Test
  void aTokenThatIsNotFoundEndsWithFourAndTheLikelyCause() throws Exception {
    try (PipelineUnderTest sluice = stoppedBehindOneEvent(new HashMap<>());
        Fault lost = set.faults().loseTokens()) {
      EndedCommand.of(sluice.environment(), "run")
          .assertOneSentence(4, "the oplog reaches back to then", "SLUICE_OPERATIONS");
    }
  }
}
