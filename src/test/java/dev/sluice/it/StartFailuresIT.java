package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.consuming.OwnQueue;
import dev.sluice.pipeline.PipelineState;
import dev.sluice.testing.FaultyMongo;
import dev.sluice.testing.FreePorts;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TestMongo;
import dev.sluice.testing.TestRabbit;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Bad days at the start: each ends in one sentence and an exit code, without a stack trace. */
class StartFailuresIT {
  private static EndedCommand run(Map<String, String> environment) {
    return EndedCommand.of(environment, "run");
  }

  private static Map<String, String> with(PipelineUnderTest sluice, String key, String value) {
    Map<String, String> environment = new HashMap<>(sluice.environment());
    environment.put(key, value);
    return environment;
  }

  @Test
  void wrongSettingsAreListedAndEndWithTwo() {
    EndedCommand ended = run(Map.of("SLUICE_BATCH_SIZE", "many", "SLUICE_QUEU", "x"));

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err().lines())
        .containsExactlyInAnyOrder(
            "sluice: SLUICE_QUEU is no setting: did you mean SLUICE_QUEUE?",
            "sluice: SLUICE_BATCH_SIZE must be a whole number from 1 to 100000, not \"many\".");
  }

  @Test
  void aMongoUriThatCannotBeReadEndsWithTwoAndKeepsItsSecret() {
    EndedCommand ended = run(Map.of("MONGO_DATABASE_HOST", "mongodb://me:hu@sh@host:port/"));

    ended.assertOneSentence(2, "MONGO_DATABASE_HOST cannot be read");
    assertThat(ended.err()).doesNotContain("hu@sh").doesNotContain("sh@host");
  }

  @Test
  void aUriWithoutTheSetsNameEndsWithTheNameToAdd() {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      String uri = TestMongo.shared().uri();
      String one = uri.replaceFirst("mongodb://([^,/]+)[^/]*/.*", "mongodb://$1/");

      EndedCommand ended = run(with(sluice, "MONGO_DATABASE_HOST", one));

      ended.assertOneSentence(3, "does not name the replica set", "add replicaSet=");
    }
  }

  @Test
  void aWrongSetNameEndsWithTheRightOne() {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      String uri = TestMongo.shared().uri().replaceFirst("replicaSet=[^&]*", "replicaSet=nobody");

      EndedCommand ended = run(with(sluice, "MONGO_DATABASE_HOST", uri));

      ended.assertOneSentence(3, "not \"nobody\"", "put replicaSet=");
    }
  }

  @Test
  void aRefusedRabbitLoginEndsWithThree() {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      String uri = TestRabbit.shared().uri().replaceFirst("//[^@]*@", "//guest:hush@");

      EndedCommand ended = run(with(sluice, "RABBITMQ_URI", uri));

      ended.assertOneSentence(3, "refuses the login of \"guest\"");
      assertThat(ended.err()).doesNotContain("hush");
    }
  }

  @Test
  void aQueueThatExistsWithOtherArgumentsEndsWithThree() throws Exception {
    Assumptions.assumeTrue(TestRabbit.shared().isReal(), "the embedded broker ignores queue types");
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      try (Connection connection = TestRabbit.shared().connect();
          Channel channel = connection.createChannel()) {
        channel.queueDeclare(sluice.queue(), true, false, false, Map.of("x-queue-type", "classic"));
      }

      EndedCommand ended = run(sluice.environment());

      ended.assertOneSentence(3, "exists with other arguments", "SLUICE_QUEUE_TYPE");
    }
  }

  /** Why docs/CONSUMING.md binds a queue of its own. */
  @Test
  void aQueueWithASingleActiveConsumerEndsWithThree() throws Exception {
    Assumptions.assumeTrue(TestRabbit.shared().isReal(), "the embedded broker ignores arguments");
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      try (Connection connection = TestRabbit.shared().connect();
          Channel channel = connection.createChannel()) {
        OwnQueue.declare(channel, sluice.exchange(), sluice.queue());
      }

      EndedCommand ended = run(sluice.environment());

      ended.assertOneSentence(3, "exists with other arguments", "x-single-active-consumer");
    }
  }

  @Test
  void anExchangeOfAnotherTypeEndsWithThree() throws Exception {
    Assumptions.assumeTrue(TestRabbit.shared().isReal(), "the embedded broker answers otherwise");
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      try (Connection connection = TestRabbit.shared().connect();
          Channel channel = connection.createChannel()) {
        channel.exchangeDeclare(sluice.exchange(), "fanout", true);
      }

      EndedCommand ended = run(sluice.environment());

      ended.assertOneSentence(3, "exists with other arguments", "SLUICE_EXCHANGE");
    }
  }

  /** Without each of the permissions that docs/PRIVILEGES.md lists, a start says which it lacks. */
  @Test
  void aUserWhoMayNotDeclareBindOrReadEndsWithThree() {
    Assumptions.assumeTrue(
        TestRabbit.shared().node().isPresent(), "needs a RabbitMQ whose users are ours");
    RabbitNode node = TestRabbit.shared().node().get();
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      String user = TestRabbit.freshName("user");
      node.addUser(user, "hush");
      String uri = "amqp://" + user + ":hush@" + node.host() + ":" + node.port() + "/%2F";
      for (String[] lacking :
          new String[][] {{"^$", ".*", ".*"}, {".*", "^$", ".*"}, {".*", ".*", "^$"}}) {
        node.setPermissions(user, lacking[0], lacking[1], lacking[2]);

        EndedCommand ended = run(with(sluice, "RABBITMQ_URI", uri));

        ended.assertOneSentence(3, "\"" + user + "\" lacks a permission", "ACCESS_REFUSED");
        assertThat(ended.err()).doesNotContain("hush");
      }
    }
  }

  @Test
  void aUserWhoMayNotEnterTheVirtualHostEndsWithThree() {
    Assumptions.assumeTrue(
        TestRabbit.shared().node().isPresent(), "needs a RabbitMQ whose users are ours");
    RabbitNode node = TestRabbit.shared().node().get();
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      String user = TestRabbit.freshName("user");
      node.addUser(user, "hush");
      String uri = "amqp://" + user + ":hush@" + node.host() + ":" + node.port() + "/%2F";

      EndedCommand ended = run(with(sluice, "RABBITMQ_URI", uri));

      ended.assertOneSentence(3, "refuses the login of \"" + user + "\" to the virtual host");
    }
  }

  @Test
  void anUnknownVirtualHostEndsWithThree() {
    Assumptions.assumeTrue(
        TestRabbit.shared().isReal(), "the embedded broker has one virtual host");
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      String uri = TestRabbit.shared().uri().replaceFirst("/[^/]*$", "/nowhere");

      EndedCommand ended = run(with(sluice, "RABBITMQ_URI", uri));

      ended.assertOneSentence(3, "virtual host \"nowhere\"");
    }
  }

  @Test
  void aPositionThatMongoDoesNotHaveEndsWithFour() {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      BsonDocument token = TestMongoWrites.tokenOfNoEvent(sluice.collection());
      sluice
          .checkpoints()
          .insertOne(
              new BsonDocument("_id", new BsonString(sluice.queue()))
                  .append("schema", new BsonInt32(1))
                  .append("source", new BsonString(sluice.database() + ".scrabble"))
                  .append("epoch", new BsonInt64(1))
                  .append("position", new BsonDocument("after", token)));

      EndedCommand ended = run(sluice.environment());

      ended.assertOneSentence(4, "no longer has the position", "delete its document");
    }
  }

  @Test
  void aServerThatIsAwayIsWaitedForWithOneLine() throws Exception {
    int nobody = FreePorts.take(1).get(0);
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("RABBITMQ_URI", "amqp://guest:guest@127.0.0.1:" + nobody))) {
      sluice.launch();
      await().until(() -> sluice.states.size() == 1);
      assertThat(sluice.states.get(0))
          .startsWith("BACKING_OFF: RabbitMQ at 127.0.0.1:" + nobody + " cannot be reached");

      try (ServerSocket hangsUp = new ServerSocket(nobody)) {
        hangsUp.accept().close();
      }
      assertThat(sluice.ended()).isNotDone();
    }
  }

  @Test
  void aReplicaSetThatIsAwayIsWaitedForWithOneLine() {
    int nobody = FreePorts.take(1).get(0);
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(
            Map.of(
                "MONGO_DATABASE_HOST",
                "mongodb://localhost:" + nobody + "/?replicaSet=x&serverSelectionTimeoutMS=300"))) {
      sluice.launch();

      await().until(() -> sluice.states.size() == 1);
      assertThat(sluice.states.get(0)).startsWith("BACKING_OFF: MongoDB at localhost:" + nobody);
    }
  }

  @Test
  void aReplicaSetWithoutAPrimaryIsWaitedForWithOneLineAndThenServes() throws Exception {
    try (FaultyMongo mongo = FaultyMongo.launch()) {
      int primary = mongo.primary();
      Assumptions.assumeTrue(mongo.size() == 3, "needs a set of three members");
      mongo.kill((primary + 1) % 3);
      mongo.kill((primary + 2) % 3);
      try (PipelineUnderTest sluice =
          new PipelineUnderTest(mongo.uriWith("serverSelectionTimeoutMS=300"), Map.of())) {
        sluice.launch();
        await().until(() -> !sluice.states.isEmpty());
        assertThat(sluice.states.get(0)).startsWith("BACKING_OFF: MongoDB at ");

        mongo.heal();

        await()
            .atMost(PipelineUnderTest.PATIENCE)
            .until(() -> sluice.state() == PipelineState.STREAMING);
        assertThat(sluice.states).filteredOn(state -> state.startsWith("BACKING_OFF")).hasSize(1);
      }
    }
  }
}
