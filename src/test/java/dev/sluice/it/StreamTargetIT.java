package dev.sluice.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.sluice.testing.FreePorts;
import dev.sluice.testing.RabbitInstallation;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.StreamRabbitNode;
import dev.sluice.testing.TcpProxy;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** SLUICE_TARGET=stream: on each RabbitMQ of this machine, each change once, whatever breaks. */
@ParameterizedClass(allowZeroInvocations = true)
@MethodSource("installations")
class StreamTargetIT {
  private static StreamRabbitNode streams;

  @Parameter RabbitInstallation installation;

  static List<RabbitInstallation> installations() {
    return RabbitNode.installations();
  }

  @BeforeParameterizedClassInvocation
  static void launch(RabbitInstallation installation) {
    streams = StreamRabbitNode.launch(installation);
  }

  @AfterParameterizedClassInvocation
  static void close() {
    streams.close();
  }

  private static Map<String, String> settings(int port) {
    Map<String, String> settings = new HashMap<>();
    settings.put("RABBITMQ_URI", streams.node().uri());
    settings.put("SLUICE_TARGET", "stream");
    settings.put("SLUICE_QUEUE_TYPE", "stream");
    settings.put("SLUICE_STREAM_PORT", Integer.toString(port));
    return settings;
  }

  private static PipelineUnderTest pipeline() {
    streams.noteUse();
    return new PipelineUnderTest(settings(streams.port()));
  }

  /** All messages of the stream up to one that is awaited, with what stands before it. */
  private static List<Delivery> read(PipelineUnderTest sluice, int last) throws Exception {
    List<Delivery> read = new CopyOnWriteArrayList<>();
    try (Connection connection = streams.node().connect()) {
      // It may have been deleted, or its node started, a moment ago.
      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .ignoreExceptions()
          .until(() -> FaultyRabbit.reads(connection.createChannel(), sluice.queue(), read));
      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(() -> read.stream().anyMatch(each -> id(each) == last));
    }
    return read;
  }

  private static int id(Delivery delivery) {
    return Integer.parseInt(String.valueOf(delivery.getProperties().getHeaders().get("id")));
  }

  private static void assertEachOnce(PipelineUnderTest sluice, int events) throws Exception {
    // Behind the last one there is only what a repeat of it would be followed by.
    FaultyRabbit.insert(sluice, events, events + 1);
    assertThat(read(sluice, events).stream().map(StreamTargetIT::id))
        .containsExactlyElementsOf(IntStream.rangeClosed(0, events).boxed().toList());
  }

  private static CompletableFuture<Void> inserting(PipelineUnderTest sluice, int from, int to) {
    return CompletableFuture.runAsync(
        () -> {
          for (int i = from; i < to; i += 20) {
            FaultyRabbit.insert(sluice, i, i + 20);
          }
        });
  }

  @Test
  void eachChangeIsThereOnceAfterLostConnectionsAndARestartOfTheBroker() throws Exception {
    try (TcpProxy proxy = TcpProxy.to(RabbitNode.HOST, streams.port());
        PipelineUnderTest sluice = new PipelineUnderTest(settings(proxy.port()))) {
      sluice.start();
      CompletableFuture<Void> load = inserting(sluice, 0, 4_000);
      for (int i = 0; i < 3; i++) {
        await().until(() -> proxy.connections() > 0 && sluice.state().name().equals("STREAMING"));
        proxy.sever();
        FaultyRabbit.awaitStreamingAgain(sluice);
      }
      streams.node().closeAllConnections("for a test");
      streams.node().restart();
      load.join();

      assertEachOnce(sluice, 4_000);
    }
  }

  /** As clients ask by the frame "partitions", which this function answers. */
  private static String streamsOf(String superStream) {
    return streams
        .node()
        .ctl("eval", "rabbit_stream_manager:partitions(<<\"/\">>, <<\"" + superStream + "\">>).");
  }

  /** As {@code rabbitmq-streams add_super_stream --partitions 2} has it done, in 4 by default. */
  private static void addSuperStream(String name) {
    streams
        .node()
        .ctl(
            "eval",
            "ok = rabbit_stream_manager:create_super_stream(<<\"/\">>, <<\"NAME\">>, "
                    .replace("NAME", name)
                + "[<<\"NAME-0\">>, <<\"NAME-1\">>], #{<<\"queue-leader-locator\">> => <<\"balanced\">>}, [<<\"0\">>, <<\"1\">>], <<\"guest\">>)."
                    .replace("NAME", name));
  }

  @Test
  void partitionsAreOneSuperStreamAndAnotherNumberOfThemGoesOnInItsOwnStreams() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      Map<String, String> environment = new HashMap<>(sluice.environment());
      environment.remove("SLUICE_EXCHANGE");
      String set = sluice.queue();
      // Has its streams and bindings already, which are to be found and not made beside them.
      addSuperStream(set);
      environment.put("SLUICE_QUEUE_ARGUMENTS", "{\"x-queue-leader-locator\": \"balanced\"}");
      try (SluiceProcess zero = partition(environment, "0/2");
          SluiceProcess one = partition(environment, "1/2")) {
        zero.awaitStreaming();
        one.awaitStreaming();
        assertThat(streamsOf(set)).contains("{ok,[<<\"" + set + "-0\">>,<<\"" + set + "-1\">>]}");
        FaultyRabbit.insert(sluice, 0, 40);
        await()
            .atMost(PipelineUnderTest.PATIENCE)
            .untilAsserted(() -> assertThat(count(set + "-0") + count(set + "-1")).isEqualTo(40));
        assertThat(count(set + "-0")).isBetween(5L, 35L);
        assertThat(zero.terminate()).isZero();
        assertThat(one.terminate()).isZero();
      }
      EndedCommand divided =
          EndedCommand.of(environment, "position", "divide", "--from", "2", "--into", "1");
      assertThat(divided.code()).as(divided.err()).isZero();
      assertThat(divided.err()).contains("another SLUICE_QUEUE");
      environment.put("SLUICE_QUEUE", set + "-whole");
      try (SluiceProcess whole = SluiceProcess.run(environment).awaitStreaming()) {
        FaultyRabbit.insert(sluice, 40, 60);
        await()
            .atMost(PipelineUnderTest.PATIENCE)
            .untilAsserted(() -> assertThat(count(set + "-whole")).isGreaterThanOrEqualTo(20));
        assertThat(whole.terminate()).isZero();
      }
    }
  }

  @Test
  void aPortOfAnotherProtocolIsNamed() {
    try (PipelineUnderTest sluice = pipeline()) {
      Map<String, String> environment = new HashMap<>(sluice.environment());
      environment.put("SLUICE_STREAM_PORT", Integer.toString(streams.node().port()));

      EndedCommand.of(environment, "run")
          .assertLastSentence(
              3,
              "What answers at 127.0.0.1:" + streams.node().port() + " does not speak",
              "set SLUICE_STREAM_PORT to its port");
    }
  }

  /** The stream protocol looks at the stream, where AMQP looks at the exchange. */
  @Test
  void whoMayNotReadFromTheStreamIsToldSo() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      Map<String, String> environment = new HashMap<>(sluice.environment());
      String uri = environment.get("RABBITMQ_URI");
      environment.put("RABBITMQ_URI", uri.replace("guest:guest", "carrier:hush"));
      String exchange = sluice.queue() + "-exchange";
      environment.put("SLUICE_EXCHANGE", exchange);
      String both = "^(" + exchange + "|" + sluice.queue() + ")$";
      streams.node().addUser("carrier", "hush");
      streams.node().setPermissions("carrier", both, both, "^" + exchange + "$");

      EndedCommand.of(environment, "run")
          .assertLastSentence(
              3,
              "The RabbitMQ user \"carrier\" may not write to the stream \""
                  + sluice.queue()
                  + "\" and read from it, which both are needed: see docs/PRIVILEGES.md");
      EndedCommand doctor = EndedCommand.of(environment, "doctor");
      assertThat(doctor.out() + doctor.err()).contains("read", sluice.queue());

      streams.node().setPermissions("carrier", both, both, both);
      try (SluiceProcess process = SluiceProcess.run(environment).awaitStreaming()) {
        assertThat(process.terminate()).isZero();
      }
    }
  }

  private static SluiceProcess partition(Map<String, String> environment, String partition)
      throws IOException {
    Map<String, String> own = new HashMap<>(environment);
    own.put("SLUICE_PARTITION", partition);
    return SluiceProcess.run(own);
  }

  private static long count(String stream) {
    return streams.node().queueMessages(stream);
  }

  /** Nothing of it is saved but where it began. */
  @Test
  void eachChangeIsThereOnceAfterTheProcessWasKilled() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      Map<String, String> environment = new HashMap<>(sluice.environment());
      environment.put("SLUICE_LEASE", "1s");
      environment.put("SLUICE_CHECKPOINT_INTERVAL", "1h");
      CompletableFuture<Void> load;
      try (SluiceProcess process = SluiceProcess.run(environment).awaitStreaming()) {
        load = inserting(sluice, 0, 2_000);
        await().until(() -> streams.node().queueMessages(sluice.queue()) > 500);
        process.kill();
      }
      load.join();
      sluice.start();

      assertEachOnce(sluice, 2_000);
    }
  }

  @Test
  void aStreamThatIsDeletedIsMadeAnewAndGoesOnWithoutLoss() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      sluice.start();
      FaultyRabbit.insert(sluice, 0, 100);
      read(sluice, 99);
      try (Connection connection = streams.node().connect();
          Channel channel = connection.createChannel()) {
        channel.queueDelete(sluice.queue());
      }
      FaultyRabbit.insert(sluice, 100, 200);

      assertThat(read(sluice, 199).stream().map(StreamTargetIT::id))
          .endsWith(IntStream.range(100, 200).boxed().toArray(Integer[]::new));
    }
  }

  @Test
  void otherOperationsBeginAnotherSeriesAndLoseNothing() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      sluice.environment().put("SLUICE_OPERATIONS", "insert");
      sluice.start();
      FaultyRabbit.insert(sluice, 0, 10);
      sluice.collection().deleteOne(new BsonDocument("_id", new BsonInt32(0)));
      FaultyRabbit.insert(sluice, 10, 20);
      read(sluice, 19);
      sluice.stop();
      sluice.environment().put("SLUICE_OPERATIONS", "insert,delete");
      sluice.collection().deleteOne(new BsonDocument("_id", new BsonInt32(1)));
      FaultyRabbit.insert(sluice, 20, 30);
      sluice.start();

      assertThat(
              read(sluice, 29).stream()
                  .map(each -> each.getProperties().getType() + " " + id(each))
                  .distinct())
          .hasSize(31)
          .contains("delete 1")
          .doesNotContain("delete 0");
    }
  }

  @Test
  void whatIsTooLargeForAFrameComesInItsPlace() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      sluice.start();
      for (int i = 0; i < 5; i++) {
        sluice
            .collection()
            .insertOne(
                new BsonDocument("_id", new BsonInt32(i))
                    .append("text", new BsonString("x".repeat(i % 2 == 0 ? 10 : 2 << 20))));
      }

      List<Delivery> read = read(sluice, 4);
      assertThat(read.stream().map(StreamTargetIT::id)).containsExactly(0, 1, 2, 3, 4);
      assertThat(read.get(3).getBody()).hasSizeGreaterThan(2 << 20);
    }
  }

  @Test
  void whoReadsByAmqpSeesTheSameMessageByWhicheverProtocolItCame() throws Exception {
    try (PipelineUnderTest byStream = pipeline();
        PipelineUnderTest byAmqp = pipeline()) {
      byAmqp.environment().put("SLUICE_TARGET", "amqp");
      // One database, so that both carry the same event.
      byAmqp.environment().put("MONGO_DATABASE_NAME", byStream.database());
      byStream.environment().put("SLUICE_EXCHANGE", byAmqp.exchange());
      byStream.start();
      byAmqp.start();
      FaultyRabbit.insert(byStream, 0, 1);

      Delivery streamed = read(byStream, 0).get(0);
      Delivery sent = read(byAmqp, 0).get(0);
      assertThat(
              new String(streamed.getBody(), UTF_8)
                  .replace(
                      "\"pipeline\": \"" + byStream.queue(), "\"pipeline\": \"" + byAmqp.queue()))
          .isEqualTo(new String(sent.getBody(), UTF_8));
      assertThat(comparable(streamed)).isEqualTo(comparable(sent));
      assertThat(streamed.getEnvelope().getExchange()).isEqualTo(sent.getEnvelope().getExchange());
      assertThat(streamed.getEnvelope().getRoutingKey())
          .isEqualTo(sent.getEnvelope().getRoutingKey());
    }
  }

  /** As text, with the type of each header, and without what differs between two pipelines. */
  private static String comparable(Delivery delivery) {
    AMQP.BasicProperties properties = delivery.getProperties();
    Map<String, String> headers = new TreeMap<>();
    properties
        .getHeaders()
        .forEach((name, value) -> headers.put(name, value.getClass() + " " + value));
    headers.remove("capturedAt");
    headers.remove("x-stream-offset");
    return properties.builder().headers(Map.of()).build() + " " + headers;
  }

  @Test
  void theDoctorSaysWhoLeadsTheStreamThatIsThere() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      assertThat(EndedCommand.of(sluice.environment(), "doctor").out())
          .containsPattern("ok +rabbitmq stream +spoken at .* is not there yet");
      sluice.start();
      assertThat(EndedCommand.of(sluice.environment(), "doctor").out())
          .containsPattern("ok +rabbitmq stream +spoken at .* is led by the node at ");
    }
  }

  @Test
  void aPortWhereNobodySpeaksTheProtocolIsToldWithTheRemedy() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(settings(FreePorts.one()))) {
      sluice.launch();
      FaultyRabbit.awaitFailure(sluice, "rabbitmq-plugins enable rabbitmq_stream");
    }
  }
}
