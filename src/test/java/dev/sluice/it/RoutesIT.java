package dev.sluice.it;

import static dev.sluice.it.RoutedPipeline.THREE_QUEUES;
import static dev.sluice.it.RoutedPipeline.at;
import static dev.sluice.it.RoutedPipeline.get;
import static dev.sluice.it.RoutedPipeline.insert;
import static dev.sluice.it.RoutedPipeline.keys;
import static dev.sluice.it.RoutedPipeline.needsRabbitMq;
import static dev.sluice.it.RoutedPipeline.pipeline;
import static dev.sluice.it.RoutedPipeline.remove;
import static dev.sluice.it.RoutedPipeline.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.ReplaceOptions;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.TestRabbit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several collections to several exchanges and queues, by a file of routes. */
class RoutesIT {
  @TempDir private Path folder;

  /** The last one has no route. */
  private static final List<String> COLLECTIONS = List.of("orders", "carts", "audit", "other");

  @Test
  void eachCollectionComesToItsQueueAndAllOthersToThatOfTheSettings() throws Exception {
    try (PipelineUnderTest sluice = pipeline(folder, THREE_QUEUES, Map.of())) {
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
    try (PipelineUnderTest sluice = pipeline(folder, routes, Map.of())) {
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

  @Test
  void aQueueOfARouteThatIsThereOtherwiseEndsWithTheRoute() throws Exception {
    needsRabbitMq();
    try (PipelineUnderTest sluice = pipeline(folder, THREE_QUEUES, Map.of())) {
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
    try (PipelineUnderTest sluice =
        pipeline(folder, THREE_QUEUES, Map.of("SLUICE_TOPOLOGY", "verify"))) {
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

  /** As docs/PRIVILEGES.md has it. */
  @Test
  void aRunWithRoutesNeedsTheirExchangesAndQueues() throws Exception {
    RabbitNode node = TestRabbit.shared().node().orElse(null);
    Assumptions.assumeTrue(node != null, "needs a broker whose users are ours to make");
    String user = TestRabbit.freshName("user");
    node.addUser(user, "hush");
    try (PipelineUnderTest sluice = pipeline(folder, THREE_QUEUES, Map.of())) {
      String name = sluice.queue();
      String bound = name + "|" + name + "-shop|" + name + "-orders|" + name + "-carts";
      node.setPermissions(
          user,
          "^(" + bound + "|" + name + "-audit)$",
          "^(" + bound + "|amq\\.default)$",
          "^(" + name + "|" + name + "-shop)$");
      sluice
          .environment()
          .put("RABBITMQ_URI", node.uri().replaceFirst("//[^@]*@", "//" + user + ":hush@"));
      sluice.start();
      insert(sluice, "carts", 1);
      insert(sluice, "audit", 1);

      take(name + "-carts", 1);
      take(name + "-audit", 1);
      sluice.stop();
      remove(sluice);
    }
  }

  /** The shipped jar, killed and started again, on several channels. */
  @Test
  void aKillLosesNothingOfAnyRouteAndKeepsTheOrderOfEachQueue() throws Exception {
    int events = 600;
    try (PipelineUnderTest sluice =
        pipeline(folder, THREE_QUEUES, Map.of("SLUICE_LANES", "3", "SLUICE_LEASE", "1s"))) {
      SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming();
      CompletableFuture<Void> writes =
          CompletableFuture.runAsync(
              () -> {
                for (int version = 1; version <= events; version++) {
                  BsonDocument one = new BsonDocument("_id", new BsonInt32(1));
                  for (String collection : COLLECTIONS) {
                    sluice
                        .other(collection)
                        .replaceOne(
                            one,
                            one.clone().append("version", new BsonInt32(version)),
                            new ReplaceOptions().upsert(true));
                  }
                }
              });
      await()
          .atMost(FaultyRabbit.PATIENCE)
          .until(() -> TestRabbit.shared().queueMessages(sluice.queue() + "-carts") > 50);
      process.close();
      try (SluiceProcess second = SluiceProcess.run(sluice.environment())) {
        writes.join();
        for (String queue : List.of("-orders", "-carts", "-audit", "")) {
          assertThat(versions(sluice.queue() + queue, events))
              .as(queue)
              .isEqualTo(IntStream.rangeClosed(1, events).boxed().toList());
        }
        assertThat(second.terminate()).isZero();
      }
      remove(sluice);
    }
  }

  /** Each once, in the order in which they first came, up to that one. */
  private static List<Integer> versions(String queue, int last) throws Exception {
    Set<Integer> versions = new LinkedHashSet<>();
    try (Connection connection = TestRabbit.shared().connect();
        Channel channel = connection.createChannel()) {
      await()
          .atMost(FaultyRabbit.PATIENCE)
          .until(
              () -> {
                for (GetResponse one = get(channel, queue);
                    one != null;
                    one = get(channel, queue)) {
                  versions.add(version(one));
                }
                return versions.contains(last);
              });
    }
    return List.copyOf(versions);
  }

  /** A replaced document is told as it was then, with no lookup. */
  private static int version(GetResponse message) {
    return BsonDocument.parse(new String(message.getBody(), StandardCharsets.UTF_8))
        .getDocument("document")
        .getInt32("version")
        .getValue();
  }

  /** A repeat to one queue takes none of the routes. */
  @Test
  void aReplayToOneQueueHasTheEventsOfAllRoutes() throws Exception {
    try (PipelineUnderTest sluice = pipeline(folder, THREE_QUEUES, Map.of())) {
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
    try (PipelineUnderTest sluice = pipeline(folder, THREE_QUEUES, Map.of())) {
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
