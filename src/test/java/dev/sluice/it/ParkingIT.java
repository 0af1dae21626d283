package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;

/** What cannot be published is parked, shown, and published when the cause is gone. */
class ParkingIT {
  private static final Map<String, String> PARK = Map.of("SLUICE_ON_POISON", "park");

  /** Small events have some 500 bytes. */
  private static final String LIMIT = "2KiB";

  private static final int TOO_LARGE = 10_000;

  /** RabbitMQ 4 by default drops a message that was looked at twenty times. */
  private static final int MANY_LOOKS = 30;

  private static final Pattern MESSAGE_ID = Pattern.compile("\\b[0-9a-f]{32}\\b");

  private static Map<String, String> parkingAbove(String limit) {
    Map<String, String> settings = new HashMap<>(PARK);
    settings.put("SLUICE_MAX_MESSAGE_BYTES", limit);
    return settings;
  }

  private static BsonDocument document(int id, int filler) {
    return new BsonDocument("_id", new BsonInt32(id))
        .append("filler", new BsonString("x".repeat(filler)));
  }

  /** Documents from 0 on, of which one is too large. */
  private static void insertWithOneTooLarge(PipelineUnderTest sluice, int count, int culprit) {
    sluice
        .collection()
        .insertMany(
            IntStream.range(0, count)
                .mapToObj(id -> document(id, id == culprit ? TOO_LARGE : 0))
                .toList());
  }

  private static List<String> ids(PipelineUnderTest sluice) {
    return sluice.deliveries.stream()
        .map(delivery -> delivery.getProperties().getHeaders().get("id").toString())
        .distinct()
        .toList();
  }

  private static List<String> allBut(int count, int culprit) {
    return IntStream.range(0, count)
        .filter(id -> id != culprit)
        .mapToObj(Integer::toString)
        .toList();
  }

  private static void awaitAllBut(PipelineUnderTest sluice, int count, int culprit) {
    await().atMost(FaultyRabbit.PATIENCE).until(() -> ids(sluice).size() >= count - 1);
    assertThat(String.join(" ", ids(sluice))).isEqualTo(String.join(" ", allBut(count, culprit)));
  }

  private static EndedCommand parked(PipelineUnderTest sluice, String... options) {
    String[] line = new String[options.length + 1];
    line[0] = "parked";
    System.arraycopy(options, 0, line, 1, options.length);
    return EndedCommand.of(sluice.environment(), line);
  }

  /** The id of the one message that is parked. */
  private static String parkedOne(PipelineUnderTest sluice, String reason, String body) {
    EndedCommand list = parked(sluice);
    assertThat(list.code()).as(list.err()).isZero();
    assertThat(list.out().lines()).singleElement().asString().startsWith(reason).contains(body);
    assertThat(list.err()).contains("1 parked in " + sluice.parkingQueue());
    Matcher id = MESSAGE_ID.matcher(list.out());
    assertThat(id.find()).isTrue();
    return id.group();
  }

  private static void assertReplayed(PipelineUnderTest sluice) {
    EndedCommand replay = parked(sluice, "--replay");
    assertThat(replay.code()).as(replay.out() + replay.err()).isZero();
    assertThat(replay.err()).contains("1 published again, 0 still parked");
    EndedCommand list = parked(sluice);
    assertThat(list.out()).isEmpty();
    assertThat(list.err()).contains("0 parked");
  }

  private static Delivery awaitDelivery(PipelineUnderTest sluice, String messageId) {
    await()
        .atMost(FaultyRabbit.PATIENCE)
        .until(() -> sluice.deliveries.stream().anyMatch(one -> hasId(one, messageId)));
    return sluice.deliveries.stream().filter(one -> hasId(one, messageId)).findFirst().get();
  }

  private static boolean hasId(Delivery delivery, String messageId) {
    return delivery.getProperties().getMessageId().equals(messageId);
  }

  private static void assertIsTheLargeOne(Delivery delivery, int id) throws IOException {
    JsonNode event = DeliveredJson.of(delivery);
    assertThat(event.get("_id").asText()).isEqualTo(Integer.toString(id));
    assertThat(event.at("/document/filler").asText()).hasSize(TOO_LARGE);
    assertThat(delivery.getProperties().getHeaders().get("id")).hasToString(Integer.toString(id));
    assertThat(delivery.getProperties().getHeaders())
        .doesNotContainKeys("parkedReason", "parkedError", "parkedBody", "parkedRoutingKey");
    assertThat(delivery.getEnvelope().getRoutingKey()).endsWith(".scrabble.insert");
  }

  @Test
  void aMessageAboveTheLimitIsParkedAndComesOutUnderItsIdWhenTheLimitIsRaised() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(parkingAbove(LIMIT)).start()) {
      sluice.consume();
      insertWithOneTooLarge(sluice, 50, 20);
      awaitAllBut(sluice, 50, 20);
      String id = parkedOne(sluice, "oversized", "(pointer, ");

      EndedCommand tooEarly = parked(sluice, "--replay");
      assertThat(tooEarly.code()).isEqualTo(1);
      assertThat(tooEarly.out()).contains("still parked", "more than SLUICE_MAX_MESSAGE_BYTES");
      assertThat(tooEarly.err()).contains("0 published again, 1 still parked");

      sluice.environment().remove("SLUICE_MAX_MESSAGE_BYTES");
      assertReplayed(sluice);
      assertIsTheLargeOne(awaitDelivery(sluice, id), 20);
    }
  }

  @Test
  void aMessageAboveTheLimitComesOutWhenItIsCompressed() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(parkingAbove(LIMIT)).start()) {
      sluice.consume();
      insertWithOneTooLarge(sluice, 3, 1);
      awaitAllBut(sluice, 3, 1);
      String id = parkedOne(sluice, "oversized", "(pointer, ");

      sluice.environment().put("SLUICE_GZIP_ABOVE", "1KiB");
      assertReplayed(sluice);
      Delivery delivery = awaitDelivery(sluice, id);
      assertThat(delivery.getProperties().getContentEncoding()).isEqualTo("gzip");
      assertIsTheLargeOne(delivery, 1);
    }
  }

  /**
   * Which one it was RabbitMQ does not say; hundreds are unconfirmed when it closes the channel.
   */
  @Test
  void theOneMessageThatRabbitDoesNotTakeIsFoundAmongManyAndParked() throws Exception {
    int count = 400;
    int culprit = 237;
    RabbitNode node = FaultyRabbit.node();
    try (PipelineUnderTest sluice = FaultyRabbit.pipeline(PARK)) {
      // Known to the channels that are opened from then on.
      try (RabbitNode.Fault limit = node.maxMessageBytes(TOO_LARGE)) {
        sluice.start().consume();
        insertWithOneTooLarge(sluice, count, culprit);
        awaitAllBut(sluice, count, culprit);
        FaultyRabbit.insert(sluice, count, count + 100);
        awaitAllBut(sluice, count + 100, culprit);
      }
      String id = parkedOne(sluice, "oversized", "(pointer, ");

      assertReplayed(sluice);
      assertIsTheLargeOne(awaitDelivery(sluice, id), culprit);
    }
  }

  @Test
  void severalThatRabbitDoesNotTakeAreParkedEachAndTheOrderOfTheOthersStays() throws Exception {
    RabbitNode node = FaultyRabbit.node();
    try (PipelineUnderTest sluice = FaultyRabbit.pipeline(PARK)) {
      try (RabbitNode.Fault limit = node.maxMessageBytes(TOO_LARGE);
          AcknowledgedWrites writes = AcknowledgedWrites.into(sluice.start())) {
        sluice.consume();
        for (int i = 0; i < 3; i++) {
          sluice.collection().insertOne(document(1_000 + i, TOO_LARGE));
          writes.goOn();
        }
        writes.endAndCheck();
      }
      EndedCommand list = parked(sluice);
      assertThat(list.out().lines()).hasSize(3).allMatch(line -> line.startsWith("oversized"));
      assertThat(parked(sluice, "--replay").err()).contains("3 published again, 0 still parked");
    }
  }

  @Test
  void aMessageThatRabbitDoesNotTakeStopsThePipelineUnlessToldOtherwise() throws Exception {
    RabbitNode node = FaultyRabbit.node();
    try (RabbitNode.Fault limit = node.maxMessageBytes(TOO_LARGE);
        PipelineUnderTest sluice = FaultyRabbit.pipeline(Map.of()).start()) {
      insertWithOneTooLarge(sluice, 10, 5);

      assertThat(sluice.awaitFailed(FailureKind.POISON_EVENT))
          .hasMessageContaining("max_message_size");
    }
  }

  /** False if there is nothing to unbind yet. */
  private static boolean unbind(PipelineUnderTest sluice) throws Exception {
    try (Connection connection = TestRabbit.shared().connect();
        Channel channel = connection.createChannel()) {
      channel.queueUnbind(sluice.queue(), sluice.exchange(), "#");
      return true;
    } catch (IOException notDeclared) {
      return false;
    }
  }

  @Test
  void aMessageThatNoQueueTakesIsParkedAsItWasAndComesOutOnceThereIsOne() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_ON_UNROUTABLE", "park")).start()) {
      sluice.consume();
      unbind(sluice);
      sluice.collection().insertOne(document(1, 0));
      await()
          .atMost(FaultyRabbit.PATIENCE)
          .until(() -> TestRabbit.shared().queueMessages(sluice.parkingQueue()) == 1);
      sluice.collection().insertOne(document(2, 0));
      sluice.awaitDeliveries(1);
      assertThat(ids(sluice)).containsExactly("2");
      String id = parkedOne(sluice, "unroutable", "(message, ");

      assertReplayed(sluice);
      Delivery delivery = awaitDelivery(sluice, id);
      assertThat(DeliveredJson.of(delivery).get("_id").asText()).isEqualTo("1");
      assertThat(delivery.getEnvelope().getRoutingKey())
          .isEqualTo(sluice.database() + ".scrabble.insert");
    }
  }

  @Test
  void aMessageThatNoQueueTakesEndsWithSevenIfToldTo() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of("SLUICE_ON_UNROUTABLE", "stop"))) {
      CompletableFuture<EndedCommand> run =
          CompletableFuture.supplyAsync(() -> EndedCommand.of(sluice.environment(), "run"));
      await()
          .atMost(FaultyRabbit.PATIENCE)
          .until(
              () -> {
                sluice.collection().insertOne(new BsonDocument());
                return run.isDone() || unbind(sluice) && run.isDone();
              });

      run.get().assertOneSentence(7, "no queue for the routing key");
    }
  }

  @Test
  void lookingAtWhatIsParkedManyTimesTakesNothing() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(parkingAbove(LIMIT)).start()) {
      sluice.collection().insertOne(document(1, TOO_LARGE));
      sluice.collection().insertOne(document(2, TOO_LARGE));
      await()
          .atMost(FaultyRabbit.PATIENCE)
          .until(() -> TestRabbit.shared().queueMessages(sluice.parkingQueue()) == 2);
      String first = parked(sluice, "--body").out();
      assertThat(first).contains("documentKey", "resumeToken");
      assertThat(MESSAGE_ID.matcher(first).results()).hasSizeGreaterThanOrEqualTo(2);

      for (int look = 0; look < MANY_LOOKS; look++) {
        // What the look before gave back may be on its way yet.
        await()
            .atMost(FaultyRabbit.PATIENCE)
            .until(() -> TestRabbit.shared().queueMessages(sluice.parkingQueue()) == 2);
        assertThat(parked(sluice, "--body").out()).isEqualTo(first);
      }
      sluice.environment().remove("SLUICE_MAX_MESSAGE_BYTES");
      assertThat(parked(sluice, "--replay").err()).contains("2 published again, 0 still parked");
    }
  }

  @Test
  void whatPointsToAnEventThatIsNoLongerInTheLogStaysParked() throws Exception {
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().start();
        PipelineUnderTest sluice = new PipelineUnderTest(set.uri(), parkingAbove(LIMIT)).start()) {
      sluice.consume();
      sluice.collection().insertOne(document(1, TOO_LARGE));
      sluice.collection().insertOne(document(2, 0));
      sluice.awaitDeliveries(1);
      set.faults().rollOplog();
      sluice.environment().remove("SLUICE_MAX_MESSAGE_BYTES");

      EndedCommand replay = parked(sluice, "--replay");
      assertThat(replay.code()).isEqualTo(1);
      assertThat(replay.out().lines())
          .singleElement()
          .asString()
          .startsWith("still parked oversized")
          .contains("no longer has");
      parkedOne(sluice, "oversized", "(pointer, ");
    }
  }

  /** Later events of its document do not wait for it, and stay in their order. */
  @Test
  void theEventsBehindAParkedOneComeOutInTheirOrder() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(parkingAbove(LIMIT)).start()) {
      sluice.consume();
      sluice.collection().insertOne(document(1, 0).append("n", new BsonInt32(0)));
      sluice.collection().updateOne(Filters.eq(1), Updates.set("filler", "y".repeat(TOO_LARGE)));
      sluice.collection().updateOne(Filters.eq(1), Updates.set("filler", ""));
      for (int n = 1; n <= 20; n++) {
        sluice.collection().updateOne(Filters.eq(1), Updates.set("n", n));
      }
      sluice.awaitDeliveries(21);

      assertThat(sluice.deliveries)
          .extracting(delivery -> DeliveredJson.of(delivery).at("/update/updatedFields/n").asInt(0))
          .filteredOn(n -> n > 0)
          .isEqualTo(IntStream.rangeClosed(1, 20).boxed().toList());
      parkedOne(sluice, "oversized", " update of ");
    }
  }
}
