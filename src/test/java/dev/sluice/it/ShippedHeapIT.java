package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.TestRabbit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Legal documents whose JSON is several times their BSON, and the heap of the shipped options: none
 * of them ends the process by want of memory, which would come again at every start.
 */
class ShippedHeapIT {
  /** What a document may have, but for the rest of the event. */
  private static final int LARGEST = 15_900_000;

  /** As JSON: almost the largest limit that the heap allows. */
  private static final String NINETEEN_MEGABYTES = "x".repeat(12_000_000) + "\n".repeat(3_900_000);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  static List<Arguments> growingDocuments() {
    return List.of(
        Arguments.of("line ends", "relaxed", text("\n")),
        Arguments.of("control characters", "relaxed", text("\u0001")),
        Arguments.of("quotes", "plain", text("\"")),
        Arguments.of("line separators", "relaxed", text("\u2028")),
        Arguments.of("numbers", "canonical", numbers()));
  }

  /** One by its text and one by its numbers: what is parked is found the same way. */
  static List<Arguments> someGrowingDocuments() {
    return List.of(growingDocuments().get(1), growingDocuments().get(4));
  }

  private static BsonValue text(String unit) {
    int bytes = unit.getBytes(StandardCharsets.UTF_8).length;
    return new BsonString(unit.repeat(LARGEST / bytes));
  }

  /** Eleven bytes each, of which canonical JSON makes two dozen. */
  private static BsonValue numbers() {
    return new BsonArray(
        IntStream.range(0, LARGEST / 12).<BsonValue>mapToObj(BsonInt32::new).toList());
  }

  private static BsonDocument document(String id) {
    return new BsonDocument("_id", new BsonString(id));
  }

  private static PipelineUnderTest pipeline(String... settings) {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      environment.put(settings[i], settings[i + 1]);
    }
    return new PipelineUnderTest(environment);
  }

  private static List<String> ids(PipelineUnderTest sluice) {
    return sluice.deliveries.stream()
        .map(delivery -> String.valueOf(delivery.getProperties().getHeaders().get("id")))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("someGrowingDocuments")
  void stopsAtADocumentWhoseJsonIsTooLarge(String what, String json, BsonValue growing)
      throws Exception {
    try (PipelineUnderTest sluice = pipeline("SLUICE_JSON", json);
        SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming()) {
      sluice.consume();
      sluice.collection().insertOne(document("a"));
      sluice.collection().insertOne(document("q").append("p", growing));
      sluice.collection().insertOne(document("b"));

      assertThat(process.exitCode()).as(process.log()).isEqualTo(6);
      assertThat(process.log())
          .contains("more than SLUICE_MAX_MESSAGE_BYTES=16777216")
          .doesNotContain("OutOfMemoryError");
      sluice.awaitDeliveries(1);
      assertThat(ids(sluice)).containsExactly("a");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("growingDocuments")
  void parksADocumentWhoseJsonIsTooLargeAndGoesOn(String what, String json, BsonValue growing)
      throws Exception {
    try (PipelineUnderTest sluice = pipeline("SLUICE_JSON", json, "SLUICE_ON_POISON", "park");
        SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming()) {
      sluice.consume();
      sluice.collection().insertOne(document("a"));
      // Several behind one another: the memory of each is given back.
      for (int i = 0; i < 2; i++) {
        sluice.collection().insertOne(document("q" + i).append("p", growing));
      }
      sluice.collection().insertOne(document("b"));

      await().atMost(PATIENCE).until(() -> sluice.deliveries.size() == 2 || !process.isAlive());
      assertThat(process.isAlive()).as(process.log()).isTrue();
      assertThat(ids(sluice)).containsExactly("a", "b");
      assertThat(parked(sluice)).hasSize(2);
      assertThat(process.terminate()).isZero();
      assertThat(process.log()).doesNotContain("BACKING_OFF");
    }
  }

  private static List<GetResponse> parked(PipelineUnderTest sluice) throws Exception {
    List<GetResponse> parked = new ArrayList<>();
    try (Connection connection = TestRabbit.shared().connect()) {
      Channel channel = connection.createChannel();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                GetResponse next = channel.basicGet(sluice.parkingQueue(), true);
                if (next != null) {
                  parked.add(next);
                }
                return next == null && !parked.isEmpty();
              });
    }
    return parked;
  }

  @Test
  void publishesCompressedWhatIsFarLargerThanTheLimitBefore() throws Exception {
    try (PipelineUnderTest sluice = pipeline("SLUICE_GZIP_ABOVE", "64KiB");
        SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming()) {
      sluice.consume();
      for (int i = 0; i < 4; i++) {
        sluice.collection().insertOne(document("q" + i).append("p", text("\u0001")));
      }
      sluice.collection().insertOne(document("b"));

      await().atMost(PATIENCE).until(() -> sluice.deliveries.size() == 5 || !process.isAlive());
      assertThat(process.isAlive()).as(process.log()).isTrue();
      assertThat(ids(sluice)).containsExactly("q0", "q1", "q2", "q3", "b");
      assertThat(process.terminate()).isZero();
    }
  }

  /** In UTF-8 they are as large as in BSON. */
  @Test
  void publishesSixteenMegabytesOfEmojiAsTheyStand() throws Exception {
    try (PipelineUnderTest sluice = pipeline();
        SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming()) {
      sluice.consume();
      sluice.collection().insertOne(document("q").append("p", text("😀")));
      sluice.collection().insertOne(document("b"));

      await().atMost(PATIENCE).until(() -> sluice.deliveries.size() == 2 || !process.isAlive());
      assertThat(process.isAlive()).as(process.log()).isTrue();
      assertThat(sluice.deliveries.get(0).getBody()).hasSizeBetween(LARGEST, LARGEST + 1_000);
    }
  }

  @Test
  void carriesEventsUpToTheLargestLimitThatItsHeapAllows() throws Exception {
    try (PipelineUnderTest sluice = pipeline("SLUICE_MAX_MESSAGE_BYTES", "20MiB");
        SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming()) {
      sluice.consume();
      for (int i = 0; i < 6; i++) {
        sluice
            .collection()
            .insertOne(document("q" + i).append("p", new BsonString(NINETEEN_MEGABYTES)));
      }

      await().atMost(PATIENCE).until(() -> sluice.deliveries.size() == 6 || !process.isAlive());
      assertThat(process.isAlive()).as(process.log()).isTrue();
      assertThat(process.log()).doesNotContain("BACKING_OFF");
    }
  }

  /** Each thread of the driver could keep the memory for one, and all of them have this much. */
  @Test
  void keepsNoMemoryBesideTheHeapForEachThreadThatHasReadALargeReply() throws Exception {
    int large = 12;
    try (PipelineUnderTest sluice = pipeline();
        SluiceProcess process =
            SluiceProcess.start(sluice.environment(), List.of("-XX:MaxDirectMemorySize=40m"), "run")
                .awaitStreaming()) {
      sluice.consume();
      for (int i = 0; i < large; i++) {
        sluice
            .collection()
            .insertOne(document("q" + i).append("p", new BsonString("x".repeat(LARGEST))));
      }

      await().atMost(PATIENCE).until(() -> sluice.deliveries.size() >= large || !process.isAlive());
      assertThat(process.isAlive()).as(process.log()).isTrue();
      assertThat(process.log()).doesNotContain("BACKING_OFF");
    }
  }

  static List<Arguments> backlogs() {
    return List.of(
        Arguments.of("small ones that grow to six times", 40, "\u0001".repeat(700_000)),
        Arguments.of("the largest", 6, NINETEEN_MEGABYTES));
  }

  /** What waits for a broker that takes nothing is bounded as JSON, not only as BSON. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("backlogs")
  void holdsOnlyAsMuchJsonAsMayBeInFlightWhileTheBrokerTakesNothing(
      String what, int documents, String text) throws Exception {
    RabbitNode node = FaultyRabbit.node();
    try (PipelineUnderTest sluice =
            FaultyRabbit.pipeline(Map.of("SLUICE_MAX_MESSAGE_BYTES", "20MiB"));
        SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming()) {
      try (RabbitNode.Fault alarm = node.memoryAlarm()) {
        sluice.collection().insertOne(document("a"));
        process.awaitLog("BLOCKED");
        for (int i = 0; i < documents; i++) {
          sluice.collection().insertOne(document("q" + i).append("p", new BsonString(text)));
        }
        await()
            .during(Duration.ofSeconds(3))
            .atMost(Duration.ofSeconds(10))
            .until(process::isAlive);
      }
      sluice.consume();

      await()
          .atMost(PATIENCE)
          .until(() -> sluice.deliveries.size() == documents + 1 || !process.isAlive());
      assertThat(process.isAlive()).as(process.log()).isTrue();
      assertThat(process.log()).doesNotContain("BACKING_OFF");
    }
  }

  @Test
  void refusesALimitThatItsHeapCannotCarry() throws Exception {
    try (PipelineUnderTest sluice = pipeline("SLUICE_MAX_MESSAGE_BYTES", "64MiB");
        SluiceProcess process = SluiceProcess.run(sluice.environment())) {
      assertThat(process.exitCode()).isEqualTo(2);
      assertThat(process.log())
          .contains("SLUICE_MAX_MESSAGE_BYTES", "a sixth", "-Xmx410m")
          .doesNotContain("Exception");
    }
  }
}
