package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several collections to several exchanges and queues, by a file of routes. */
class RoutesIT {
  /** The orders and the carts have queues on one exchange, the audit has a queue alone. */
  private static final String THREE_QUEUES =
      """
      [{"namespaces": "DB.orders", "exchange": "NAME-shop", "queue": "NAME-orders",
        "bindingKey": "*.orders.*"},
       {"namespaces": "DB.carts", "exchange": "NAME-shop", "routingKey": "c.{id}",
        "queue": "NAME-carts", "queueType": "classic", "bindingKey": "c.#"},
       {"namespaces": "DB.audit", "exchange": "", "queue": "NAME-audit"}]
      """;

  @TempDir private Path folder;

  private PipelineUnderTest pipeline(String routes, Map<String, String> settings)
      throws IOException {
    Map<String, String> all = new HashMap<>(settings);
    all.put("SLUICE_ROUTES_FILE", folder.resolve("routes.json").toString());
    PipelineUnderTest sluice = new PipelineUnderTest(all);
    sluice.environment().put("SLUICE_NAMESPACES", sluice.database() + ".*");
    write(sluice, routes);
    return sluice;
  }

  private void write(PipelineUnderTest sluice, String routes) throws IOException {
    Files.writeString(
        folder.resolve("routes.json"),
        routes.replace("DB", sluice.database()).replace("NAME", sluice.queue()));
  }

  private interface OnChannel {
    void run(Channel channel) throws Exception;
  }

  private static void at(OnChannel action) throws Exception {
    try (Connection connection = TestRabbit.shared().connect();
        Channel channel = connection.createChannel()) {
      action.run(channel);
    }
  }

  private static void remove(PipelineUnderTest sluice) throws Exception {
    at(
        channel -> {
          for (String queue : List.of("-orders", "-carts", "-audit")) {
            channel.queueDelete(sluice.queue() + queue);
          }
          channel.exchangeDelete(sluice.queue() + "-shop");
        });
  }

  private static void insert(PipelineUnderTest sluice, String collection, int id) {
    sluice.other(collection).insertOne(new BsonDocument("_id", new BsonInt32(id)));
  }

  /** Takes what is in the queue, which has to be so many messages in the end. */
  private static List<GetResponse> take(String queue, int count) throws Exception {
    List<GetResponse> taken = new ArrayList<>();
    try (Connection connection = TestRabbit.shared().connect();
        Channel channel = connection.createChannel()) {
      await()
          .atMost(FaultyRabbit.PATIENCE)
          .until(
              () -> {
                for (GetResponse one = get(channel, queue);
                    one != null;
                    one = get(channel, queue)) {
                  taken.add(one);
                }
                return taken.size() >= count;
              });
    }
    assertThat(taken).hasSize(count);
    return taken;
  }

  private static GetResponse get(Channel channel, String queue) throws IOException {
    return channel.basicGet(queue, true);
  }

  private static List<String> keys(List<GetResponse> messages) {
    return messages.stream().map(message -> message.getEnvelope().getRoutingKey()).toList();
  }

  private static void needsRabbitMq() {
    Assumptions.assumeTrue(
        TestRabbit.shared().isReal(), "the embedded broker ignores what queues are declared with");
  }

  @Test
  void eachCollectionComesToItsQueueAndAllOthersToThatOfTheSettings() throws Exception {
    try (PipelineUnderTest sluice = pipeline(THREE_QUEUES, Map.of())) {
      sluice.start();
      for (int id = 0; id < 10; id++) {
        insert(sluice, "orders", id);
        insert(sluice, "carts", id);
        insert(sluice, "audit", id);
        insert(sluice, "other", id);
      }

      assertThat(keys(take(sluice.queue() + "-orders", 10)))
          .containsOnly(sluice.database() + ".orders.insert");
      assertThat(keys(take(sluice.queue() + "-carts", 10)))
          .startsWith("c.0", "c.1")
          .endsWith("c.9");
      assertThat(keys(take(sluice.queue() + "-audit", 10))).containsOnly(sluice.queue() + "-audit");
      assertThat(keys(take(sluice.queue(), 10))).containsOnly(sluice.database() + ".other.insert");
      sluice.stop();
      remove(sluice);
    }
  }

  /** Each exchange has a queue of its own for some operations of one collection. */
  @Test
  void aRouteMayBeForSomeOperationsOnly() throws Exception {
    String routes =
        """
        [{"namespaces": "DB.orders", "operations": "delete", "exchange": "", "queue": "NAME-audit"}]
        """;
    try (PipelineUnderTest sluice = pipeline(routes, Map.of())) {
      sluice.start();
      insert(sluice, "orders", 1);
      sluice.other("orders").deleteOne(new BsonDocument("_id", new BsonInt32(1)));

      assertThat(take(sluice.queue() + "-audit", 1).get(0).getProps().getType())
          .isEqualTo("delete");
      assertThat(take(sluice.queue(), 1).get(0).getProps().getType()).isEqualTo("insert");
      sluice.stop();
      at(channel -> channel.queueDelete(sluice.queue() + "-audit"));
    }
  }

  /** The others go on; it comes back to its own exchange under its own key. */
  @Test
  void whatNoQueueOfARouteTakesIsParkedAndPutBackWhereItBelongs() throws Exception {
    try (PipelineUnderTest sluice =
        pipeline(THREE_QUEUES, Map.of("SLUICE_ON_UNROUTABLE", "park"))) {
      sluice.start();
      at(
          channel ->
              channel.queueUnbind(sluice.queue() + "-carts", sluice.queue() + "-shop", "c.#"));
      insert(sluice, "carts", 1);
      insert(sluice, "orders", 2);
      take(sluice.queue() + "-orders", 1);
      await()
          .atMost(FaultyRabbit.PATIENCE)
          .until(() -> TestRabbit.shared().queueMessages(sluice.parkingQueue()) == 1);
      EndedCommand list = EndedCommand.of(sluice.environment(), "parked");

      EndedCommand replay = EndedCommand.of(sluice.environment(), "parked", "--replay");

      assertThat(list.out())
          .contains("key \"c.1\" on the exchange \"" + sluice.queue() + "-shop\"");
      assertThat(replay.code()).as(replay.err()).isZero();
      GetResponse restored = take(sluice.queue() + "-carts", 1).get(0);
      assertThat(restored.getEnvelope().getRoutingKey()).isEqualTo("c.1");
      assertThat(restored.getEnvelope().getExchange()).isEqualTo(sluice.queue() + "-shop");
      assertThat(restored.getProps().getHeaders()).doesNotContainKey("parkedExchange");
      sluice.stop();
      remove(sluice);
    }
  }

  @Test
  void aQueueOfARouteThatIsThereOtherwiseEndsWithTheRoute() throws Exception {
    needsRabbitMq();
    try (PipelineUnderTest sluice = pipeline(THREE_QUEUES, Map.of())) {
      at(
          channel ->
              channel.queueDeclare(
                  sluice.queue() + "-carts", true, false, false, Map.of("x-max-length", 5)));

      EndedCommand run = EndedCommand.of(sluice.environment(), "run");

      run.assertLastSentence(
          3, "The queue \"" + sluice.queue() + "-carts\"", "in route 2 of SLUICE_ROUTES_FILE");
      remove(sluice);
    }
  }

  @Test
  void verifyNamesWhatIsMissingOfARoute() throws Exception {
    needsRabbitMq();
    try (PipelineUnderTest sluice = pipeline(THREE_QUEUES, Map.of("SLUICE_TOPOLOGY", "verify"))) {
      at(
          channel -> {
            channel.exchangeDeclare(sluice.exchange(), BuiltinExchangeType.TOPIC, true);
            channel.queueDeclare(sluice.queue(), true, false, false, Map.of());
          });
      EndedCommand.of(sluice.environment(), "run")
          .assertLastSentence(3, "There is no exchange \"" + sluice.queue() + "-shop\"");
      at(
          channel ->
              channel.exchangeDeclare(sluice.queue() + "-shop", BuiltinExchangeType.TOPIC, true));
      EndedCommand.of(sluice.environment(), "run")
          .assertLastSentence(3, "There is no queue \"" + sluice.queue() + "-orders\"");
      remove(sluice);
    }
  }

  /** The carts are read by urgency, and what is urgent has gone elsewhere in time. */
  @Test
  void headersPriorityAndExpirationAreSeenByConsumers() throws Exception {
    needsRabbitMq();
    String routes =
        """
        [{"namespaces": "DB.carts", "exchange": "NAME-shop", "queue": "NAME-carts",
          "queueType": "classic", "queueArguments": {"x-max-priority": 10},
          "priority": "{document.urgency}", "headers": {"player": "{document.player.name}"}},
         {"namespaces": "DB.orders", "exchange": "", "queue": "NAME-orders", "ttl": "500ms",
          "queueArguments": {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "NAME-audit"}},
         {"namespaces": "DB.audit", "exchange": "", "queue": "NAME-audit"}]
        """;
    try (PipelineUnderTest sluice =
        pipeline(routes, Map.of("SLUICE_FIELDS_MASK", "player.name", "SLUICE_PRIORITY", "3"))) {
      sluice.start();
      for (int id = 1; id <= 9; id++) {
        sluice
            .other("carts")
            .insertOne(
                BsonDocument.parse(
                    "{_id: " + id + ", urgency: " + id + ", player: {name: 'Ann'}}"));
      }
      insert(sluice, "orders", 1);
      insert(sluice, "other", 1);
      awaitMessages(sluice.queue() + "-carts", 9);

      List<GetResponse> carts = take(sluice.queue() + "-carts", 9);
      assertThat(carts)
          .extracting(message -> message.getProps().getPriority())
          .containsExactly(9, 8, 7, 6, 5, 4, 3, 2, 1);
      assertThat(carts)
          .allSatisfy(
              message ->
                  assertThat(message.getProps().getHeaders().get("player")).hasToString("***"));
      GetResponse expired = take(sluice.queue() + "-audit", 1).get(0);
      assertThat(expired.getProps().getHeaders().get("collection")).hasToString("orders");
      assertThat(expired.getProps().getHeaders()).containsKey("x-death");
      assertThat(take(sluice.queue(), 1).get(0).getProps().getPriority()).isEqualTo(3);
      sluice.stop();
      remove(sluice);
    }
  }

  private static void awaitMessages(String queue, long count) {
    await()
        .atMost(FaultyRabbit.PATIENCE)
        .until(() -> TestRabbit.shared().queueMessages(queue) == count);
  }

  /** It waits longer than it may live, and lives from then on. */
  @Test
  void aParkedMessageHasItsHeadersItsPriorityAndItsWholeTimeAgain() throws Exception {
    needsRabbitMq();
    String routes =
        """
        [{"namespaces": "DB.carts", "exchange": "NAME-shop", "routingKey": "c", "queue": "NAME-carts",
          "priority": 7, "headers": {"who": "{document.who}"}, "ttl": "10m"}]
        """;
    try (PipelineUnderTest sluice = pipeline(routes, Map.of("SLUICE_ON_UNROUTABLE", "park"))) {
      sluice.start();
      at(channel -> channel.queueUnbind(sluice.queue() + "-carts", sluice.queue() + "-shop", "c"));
      sluice.other("carts").insertOne(BsonDocument.parse("{_id: 1, who: 'Ann'}"));
      awaitMessages(sluice.parkingQueue(), 1);

      EndedCommand replay = EndedCommand.of(sluice.environment(), "parked", "--replay");

      assertThat(replay.code()).as(replay.err()).isZero();
      GetResponse restored = take(sluice.queue() + "-carts", 1).get(0);
      assertThat(restored.getProps().getPriority()).isEqualTo(7);
      assertThat(restored.getProps().getExpiration()).isEqualTo("600000");
      assertThat(restored.getProps().getHeaders().get("who")).hasToString("Ann");
      assertThat(restored.getProps().getHeaders().keySet())
          .noneMatch(name -> name.startsWith("parked"));
      sluice.stop();
      remove(sluice);
    }
  }

  /** A repeat to one queue takes none of the routes. */
  @Test
  void aReplayToOneQueueHasTheEventsOfAllRoutes() throws Exception {
    try (PipelineUnderTest sluice = pipeline(THREE_QUEUES, Map.of())) {
      sluice.start();
      insert(sluice, "orders", 1);
      insert(sluice, "carts", 2);
      take(sluice.queue() + "-carts", 1);
      take(sluice.queue() + "-orders", 1);
      String again = sluice.queue() + "-again";

      EndedCommand replay =
          EndedCommand.of(sluice.environment(), "replay", "--from=earliest", "--queue=" + again);

      assertThat(replay.code()).as(replay.err()).isZero();
      assertThat(keys(take(again, 2))).containsOnly(again);
      at(
          channel -> {
            assertThat(channel.messageCount(sluice.queue() + "-orders")).isZero();
            channel.queueDelete(again);
          });
      sluice.stop();
      remove(sluice);
    }
  }

  @Test
  void tailSeesTheExchangesOfTheRoutesAndSaysWhatItCannotSee() throws Exception {
    try (PipelineUnderTest sluice = pipeline(THREE_QUEUES, Map.of())) {
      sluice.start();
      AtomicBoolean seen = new AtomicBoolean();
      Thread writer =
          new Thread(
              () -> {
                for (int id = 0; !seen.get(); id++) {
                  insert(sluice, "carts", id);
                }
              });
      writer.start();
      EndedCommand tail = EndedCommand.of(sluice.environment(), "tail", "--key=c.#", "--count=3");
      seen.set(true);
      writer.join();

      assertThat(tail.out().lines()).hasSize(3).allMatch(line -> line.contains(".carts"));
      assertThat(tail.err())
          .contains(sluice.exchange() + ", " + sluice.queue() + "-shop")
          .contains("Not seen is what goes to queue " + sluice.queue() + "-audit");
      sluice.stop();
      remove(sluice);
    }
  }
}
