package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.rabbitmq.client.Delivery;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.mongo.ServerVersion;
import dev.sluice.testing.TestRabbit;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Events of more than the 16 MB that MongoDB sends in one piece: an update of half a document,
 * together with the whole of it. Some releases split them, others cannot send them.
 */
class LargeEventsIT {
  private static final int HALF = (8 << 20) - 1_000;

  /** RabbitMQ before 4.0 takes this much. */
  private static final Map<String, String> ROOM = Map.of("SLUICE_MAX_MESSAGE_BYTES", "64MiB");

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static void insertSmall(PipelineUnderTest sluice, int id) {
    sluice.collection().insertOne(new BsonDocument("_id", new BsonInt32(id)));
  }

  private static void insertHalf(PipelineUnderTest sluice, int id) {
    sluice
        .collection()
        .insertOne(
            new BsonDocument("_id", new BsonInt32(id))
                .append("half", new BsonString("x".repeat(HALF))));
  }

  private static void updateOtherHalf(PipelineUnderTest sluice, int id, char content) {
    sluice
        .collection()
        .updateOne(Filters.eq(id), Updates.set("rest", Character.toString(content).repeat(HALF)));
  }

  /** What each is of: the operation and the id. */
  private static List<String> seen(PipelineUnderTest sluice) {
    return sluice.deliveries.stream().map(LargeEventsIT::of).distinct().toList();
  }

  private static String of(Delivery delivery) {
    return delivery.getProperties().getType()
        + " "
        + delivery.getProperties().getHeaders().get("id");
  }

  private static void awaitSeen(PipelineUnderTest sluice, String... events) {
    await().atMost(FaultyRabbit.PATIENCE).until(() -> seen(sluice).size() >= events.length);
    assertThat(seen(sluice)).containsExactly(events);
  }

  private static void assertWhole(Delivery delivery, int id, char content) throws Exception {
    JsonNode event = MAPPER.readTree(delivery.getBody());
    assertThat(delivery.getBody().length).isGreaterThan(3 * HALF);
    assertThat(event.get("_id").asText()).isEqualTo(Integer.toString(id));
    assertThat(event.at("/document/half").asText()).hasSize(HALF);
    String rest = Character.toString(content).repeat(HALF);
    assertThat(event.at("/document/rest").asText().equals(rest)).as("the document").isTrue();
    assertThat(event.at("/update/updatedFields/rest").asText().equals(rest))
        .as("the update")
        .isTrue();
    assertThat(event.at("/metadata/eventId").asText())
        .isEqualTo(delivery.getProperties().getMessageId());
    assertThat(event.at("/metadata/clusterTime").asText()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"V7_0", "V8_0"})
  void anEventThatTheServerSplitsComesOutWhole(ServerVersion version) throws Exception {
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().version(version).start();
        PipelineUnderTest sluice = new PipelineUnderTest(set.uri(), ROOM).start()) {
      sluice.consume();
      insertHalf(sluice, 1);
      insertSmall(sluice, 2);
      updateOtherHalf(sluice, 1, 'y');
      updateOtherHalf(sluice, 1, 'z');
      insertSmall(sluice, 3);
      insertSmall(sluice, 4);
      sluice.awaitDeliveries(6);

      assertThat(sluice.deliveries)
          .extracting(LargeEventsIT::of)
          .containsExactly("insert 1", "insert 2", "update 1", "update 1", "insert 3", "insert 4");
      assertWhole(sluice.deliveries.get(3), 1, 'z');
      assertThat(sluice.states).hasSize(1);
    }
  }

  /**
   * The connection breaks behind each fragment: the driver goes on behind it, in the middle of the
   * event. A stop then saves a position, from which the next start reads whole events again.
   */
  @ParameterizedTest
  @EnumSource(names = {"V7_0", "V8_0"})
  void anEventIsPutTogetherThoughTheConnectionBreaksInTheMiddleOfIt(ServerVersion version)
      throws Exception {
    int rounds = 3;
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().version(version).start();
        PipelineUnderTest sluice = new PipelineUnderTest(set.uri(), ROOM).start()) {
      sluice.consume();
      insertHalf(sluice, 1);
      sluice.awaitDeliveries(1);
      for (int round = 0; round < rounds; round++) {
        int before = sluice.deliveries.size();
        // Of one update each. The getMore that waits already is answered with the first fragment.
        set.faults().closeOn(4, "getMore");
        updateOtherHalf(sluice, 1, (char) ('a' + round));
        insertSmall(sluice, 10 + round);
        sluice.awaitDeliveries(before + 2);
        assertThat(of(sluice.deliveries.get(before))).isEqualTo("update 1");
        assertWhole(sluice.deliveries.get(before), 1, (char) ('a' + round));
        assertThat(of(sluice.deliveries.get(before + 1))).isEqualTo("insert " + (10 + round));
        if (round == 1) {
          sluice.stop();
          sluice.start();
        }
      }
      assertThat(sluice.deliveries).hasSize(1 + 2 * rounds);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"V4_2", "V6_0"})
  void anEventThatTheServerCannotSendIsParkedAndAllOthersComeOut(ServerVersion version)
      throws Exception {
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().version(version).start();
        PipelineUnderTest sluice =
            new PipelineUnderTest(set.uri(), Map.of("SLUICE_ON_POISON", "park")).start()) {
      sluice.consume();
      insertHalf(sluice, 1);
      insertSmall(sluice, 2);
      updateOtherHalf(sluice, 1, 'y');
      insertSmall(sluice, 3);
      updateOtherHalf(sluice, 1, 'z');
      updateOtherHalf(sluice, 1, 'a');
      insertSmall(sluice, 4);
      awaitSeen(sluice, "insert 1", "insert 2", "insert 3", "insert 4");
      EndedCommand list = EndedCommand.of(sluice.environment(), "parked");
      assertThat(list.out().lines())
          .hasSize(3)
          .allMatch(line -> line.startsWith("oversized ") && line.contains(" update of "));
      assertThat(sluice.states).as("no new attempt").hasSize(1);

      sluice.stop();
      insertSmall(sluice, 5);
      sluice.start();
      awaitSeen(sluice, "insert 1", "insert 2", "insert 3", "insert 4", "insert 5");
      assertThat(TestRabbit.shared().queueMessages(sluice.parkingQueue())).isEqualTo(3);

      sluice.environment().put("SLUICE_UPDATE_LOOKUP", "false");
      EndedCommand replay = EndedCommand.of(sluice.environment(), "parked", "--replay");
      assertThat(replay.code()).as(replay.out() + replay.err()).isZero();
      await().atMost(FaultyRabbit.PATIENCE).until(() -> sluice.deliveries.size() == 8);
      assertThat(sluice.deliveries.subList(5, 8))
          .extracting(LargeEventsIT::of)
          .containsOnly("update 1");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"V4_2", "V6_0"})
  void anEventThatTheServerCannotSendEndsWithSixUnlessToldOtherwise(ServerVersion version)
      throws Exception {
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().version(version).start();
        PipelineUnderTest sluice = new PipelineUnderTest(set.uri(), Map.of()).start()) {
      sluice.consume();
      insertHalf(sluice, 1);
      sluice.awaitDeliveries(1);
      sluice.stop();
      updateOtherHalf(sluice, 1, 'y');

      EndedCommand.of(sluice.environment(), "run")
          .assertOneSentence(6, "larger than the 16 MB", "SLUICE_ON_POISON=park");
    }
  }
}
