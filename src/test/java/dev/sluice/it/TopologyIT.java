package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.Updates;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TestRabbit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is declared at RabbitMQ, what only has to be there, and what arrives by each of them. */
class TopologyIT {
  private static final String PASSWORD = "hush";

  private interface OnChannel {
    void run(Channel channel) throws Exception;
  }

  @BeforeAll
  static void needsRabbitMq() {
    Assumptions.assumeTrue(
        TestRabbit.shared().isReal(), "the embedded broker ignores what queues are declared with");
  }

  private static void at(OnChannel action) throws Exception {
    try (Connection connection = TestRabbit.shared().connect();
        Channel channel = connection.createChannel()) {
      action.run(channel);
    }
  }

  private static void assertEndsWithThree(EndedCommand ended, String... parts) {
    assertThat(ended.code()).as(ended.err()).isEqualTo(3);
    assertThat(ended.err().lines()).hasSize(1);
    assertThat(ended.err()).contains(parts);
  }

  private static void insertAndAwait(PipelineUnderTest sluice, int count) throws Exception {
    sluice.consume();
    FaultyRabbit.insert(sluice, 0, count);
    FaultyRabbit.awaitAll(sluice, count);
  }

  @ParameterizedTest
  @ValueSource(strings = {"topic", "direct", "fanout", "headers"})
  void everythingArrivesByAnExchangeOfEachType(String type) throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of("SLUICE_EXCHANGE_TYPE", type))) {
      sluice.start();

      insertAndAwait(sluice, 10);

      at(channel -> channel.exchangeDelete(sluice.exchange() + ".alternate"));
    }
  }

  /** Whoever binds a queue to a direct exchange takes those keys; the rest is still ours. */
  @Test
  void whatADirectExchangeHasNobodyForGoesToTheQueue() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_EXCHANGE_TYPE", "direct"))) {
      sluice.start();
      String other = TestRabbit.freshName("other");
      try (Connection connection = TestRabbit.shared().connect();
          Channel channel = connection.createChannel()) {
        channel.queueDeclare(other, false, true, true, Map.of());
        channel.queueBind(other, sluice.exchange(), sluice.database() + ".scrabble.delete");
        insertAndAwait(sluice, 5);

        sluice.collection().deleteOne(new BsonDocument());
        await().until(() -> channel.messageCount(other) == 1);
        FaultyRabbit.insert(sluice, 5, 10);
        FaultyRabbit.awaitAll(sluice, 10);
      }
      at(channel -> channel.exchangeDelete(sluice.exchange() + ".alternate"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct", "x-consistent-hash"})
  void tailDoesNotTakeFromAnExchangeThatSharesOut(String type) {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of("SLUICE_EXCHANGE_TYPE", type))) {
      assertEndsWithThree(
          EndedCommand.of(sluice.environment(), "tail", "--count=1"),
          type,
          "takes messages from the others");
    }
  }

  /** By the definitions of docs/PARTITIONS.md, for consumers of which each has a queue. */
  @Test
  void byAHashOfTheDocumentItsChangesGoToOneOfSeveralQueues() throws Exception {
    RabbitNode node = TestRabbit.shared().node().orElse(null);
    Assumptions.assumeTrue(node != null, "needs the plugin");
    String plays = TestRabbit.freshName("plays");
    List<String> queues = IntStream.range(0, 4).mapToObj(n -> plays + "-" + n).toList();
    String page = Files.readString(Path.of("docs/PARTITIONS.md"));
    String definitions = page.substring(page.indexOf("```json") + 7);
    Path file = Files.createTempFile("plays", ".json");
    Files.writeString(
        file, definitions.substring(0, definitions.indexOf("```")).replace("plays", plays));
    node.ctl("import_definitions", file.toString());
    Files.delete(file);
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(
            Map.of(
                "SLUICE_EXCHANGE", plays,
                "SLUICE_EXCHANGE_TYPE", "x-consistent-hash",
                "SLUICE_ROUTING_KEY", "{database}.{collection}.{id}",
                "SLUICE_QUEUE", queues.get(0),
                "SLUICE_TOPOLOGY", "verify"))) {
      sluice.start();
      FaultyRabbit.insert(sluice, 0, 40);
      sluice.collection().updateMany(new BsonDocument(), Updates.set("n", 1));

      Map<String, List<String>> placesOfKeys = new ConcurrentHashMap<>();
      at(
          channel -> {
            for (String queue : queues) {
              channel.basicConsume(
                  queue, true, (tag, each) -> note(each, queue, placesOfKeys), tag -> {});
            }
            await()
                .atMost(PipelineUnderTest.PATIENCE)
                .until(() -> placesOfKeys.values().stream().mapToInt(List::size).sum() == 80);
          });

      assertThat(placesOfKeys).hasSize(40);
      assertThat(placesOfKeys.values()).allMatch(places -> Set.copyOf(places).size() == 1);
      assertThat(placesOfKeys.values().stream().flatMap(List::stream).distinct()).hasSize(4);
    }
    at(
        channel -> {
          for (String queue : queues) {
            channel.queueDelete(queue);
          }
          channel.exchangeDelete(plays);
        });
  }

  private static void note(
      Delivery delivery, String queue, Map<String, List<String>> placesOfKeys) {
    placesOfKeys
        .computeIfAbsent(
            delivery.getEnvelope().getRoutingKey(), key -> new CopyOnWriteArrayList<>())
        .add(queue);
  }

  @Test
  void anExchangeTypeThatTheBrokerLacksEndsInOneSentence() {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_EXCHANGE_TYPE", "x-modulus-hash"))) {
      assertEndsWithThree(
          EndedCommand.of(sluice.environment(), "run"),
          "knows no exchange of the type x-modulus-hash",
          "before, take x-consistent-hash");
    }
  }

  @Test
  void anExchangeOfAnotherTypeEndsWithTheSettingForIt() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      at(channel -> channel.exchangeDeclare(sluice.exchange(), BuiltinExchangeType.FANOUT, true));

      assertEndsWithThree(
          EndedCommand.of(sluice.environment(), "run"), "set SLUICE_EXCHANGE_TYPE=fanout");
    }
  }

  @Test
  void theQueueGetsTheArgumentsAndMustHaveThemFromThenOn() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(
            Map.of(
                "SLUICE_QUEUE_ARGUMENTS",
                "{\"x-max-length\": 1000, \"x-overflow\": \"reject-publish\"}",
                "SLUICE_ON_POISON",
                "park"))) {
      sluice.start();
      insertAndAwait(sluice, 5);
      sluice.stop();
      sluice.environment().put("SLUICE_QUEUE_ARGUMENTS", "{\"x-max-length\": 2000}");

      assertEndsWithThree(
          EndedCommand.of(sluice.environment(), "run"),
          "its x-max-length is 1000, and Sluice asks for 2000",
          "SLUICE_QUEUE_ARGUMENTS");
    }
  }

  @Test
  void anArgumentThatTheBrokerRefusesEndsInOneSentence() {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_QUEUE_ARGUMENTS", "{\"x-max-length\": \"many\"}"))) {
      assertEndsWithThree(EndedCommand.of(sluice.environment(), "run"), "SLUICE_QUEUE_ARGUMENTS");
    }
  }

  @Test
  void verifyEndsWithWhatIsMissing() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_TOPOLOGY", "verify", "SLUICE_ON_POISON", "park"))) {
      assertEndsWithThree(
          EndedCommand.of(sluice.environment(), "run"),
          "There is no exchange \"" + sluice.exchange() + "\"");
      at(channel -> channel.exchangeDeclare(sluice.exchange(), BuiltinExchangeType.TOPIC, true));
      assertEndsWithThree(
          EndedCommand.of(sluice.environment(), "run"),
          "There is no queue \"" + sluice.queue() + "\"");
      at(channel -> channel.queueDeclare(sluice.queue(), true, false, false, Map.of()));
      assertEndsWithThree(
          EndedCommand.of(sluice.environment(), "run"),
          "There is no queue \"" + sluice.parkingQueue() + "\"");
    }
  }

  /** As an administrator may make it; the user may write to the exchange and nothing else. */
  @ParameterizedTest
  @ValueSource(strings = {"verify", "none"})
  void withoutDeclarationsWriteOnTheExchangeIsAllThatIsNeeded(String mode) throws Exception {
    RabbitNode node = TestRabbit.shared().node().orElse(null);
    Assumptions.assumeTrue(node != null, "needs a broker whose users are ours to make");
    String user = TestRabbit.freshName("user");
    node.addUser(user, PASSWORD);
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of("SLUICE_TOPOLOGY", mode))) {
      node.setPermissions(user, "", "^" + sluice.exchange() + "$", "");
      at(
          channel -> {
            channel.exchangeDeclare(sluice.exchange(), BuiltinExchangeType.FANOUT, true);
            channel.queueDeclare(sluice.queue(), true, false, false, Map.of("x-max-length", 100));
            channel.queueBind(sluice.queue(), sluice.exchange(), "");
          });
      sluice
          .environment()
          .put("RABBITMQ_URI", node.uri().replaceFirst("//[^@]*@", "//" + user + ":hush@"));
      sluice.start();

      insertAndAwait(sluice, 10);
    }
  }

  @Test
  void withNoneAMissingQueueIsFoundOutByTheFirstMessage() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_TOPOLOGY", "none", "SLUICE_ON_UNROUTABLE", "stop"))) {
      at(channel -> channel.exchangeDeclare(sluice.exchange(), BuiltinExchangeType.TOPIC, true));
      sluice.start();
      FaultyRabbit.insert(sluice, 0, 1);

      PipelineException failure = sluice.awaitFailed(FailureKind.UNROUTABLE);

      assertThat(failure).hasMessageContaining("no queue");
    }
  }
}
