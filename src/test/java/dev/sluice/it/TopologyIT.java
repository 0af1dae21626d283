package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TestRabbit;
import java.util.Map;
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

  @Test
  void anExchangeTypeThatTheBrokerLacksEndsInOneSentence() {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_EXCHANGE_TYPE", "x-consistent-hash"))) {
      assertEndsWithThree(
          EndedCommand.of(sluice.environment(), "run"),
          "knows no exchange of the type x-consistent-hash",
          "rabbitmq_consistent_hash_exchange");
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
