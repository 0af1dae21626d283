package dev.sluice.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Updates;
import com.rabbitmq.stream.Consumer;
import com.rabbitmq.stream.Environment;
import com.rabbitmq.stream.OffsetSpecification;
import dev.sluice.cli.Console;
import dev.sluice.cli.SluiceCommand;
import dev.sluice.testing.RabbitInstallation;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.StreamRabbitNode;
import dev.sluice.testing.TcpProxy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who reads what a pipeline publishes to a stream: {@code tail} and {@code consume}. On one
 * RabbitMQ of this machine; {@code StreamInboxIT} has what each of them answers to a reader.
 */
class StreamReadersIT {
  private static StreamRabbitNode streams;

  @BeforeAll
  static void launch() {
    List<RabbitInstallation> installations = RabbitNode.installations();
    assumeThat(installations).as("an installed RabbitMQ").isNotEmpty();
    streams = StreamRabbitNode.launch(installations.get(0));
  }

  @AfterAll
  static void close() {
    if (streams != null) {
      streams.close();
    }
  }

  private static PipelineUnderTest pipeline() {
    streams.noteUse();
    return new PipelineUnderTest(
        new HashMap<>(
            Map.of(
                "RABBITMQ_URI",
                streams.node().uri(),
                "SLUICE_TARGET",
                "stream",
                "SLUICE_QUEUE_TYPE",
                "stream",
                "SLUICE_STREAM_PORT",
                Integer.toString(streams.port()))));
  }

  @Test
  void tailShowsWhatComesAndReadsFromAPlace() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      sluice.start();
      FaultyRabbit.insert(sluice, 0, 5);
      EndedCommand first =
          EndedCommand.of(sluice.environment(), "tail", "--from=first", "--count=5");
      assertThat(first.out().lines()).hasSize(5);
      CompletableFuture<EndedCommand> live =
          CompletableFuture.supplyAsync(
              () -> EndedCommand.of(sluice.environment(), "tail", "--count=1"));
      for (int i = 5; !live.isDone(); i++) {
        FaultyRabbit.insert(sluice, i, i + 1);
      }
      assertThat(live.join().code()).as(live.join().err()).isZero();
      assertThat(live.join().err()).contains("Reading the stream " + sluice.queue());
    }
  }

  @Test
  void tailGoesOnBehindTheLastEventWhenItsConnectionIsLost() throws Exception {
    try (PipelineUnderTest sluice = pipeline().start();
        TcpProxy proxy = TcpProxy.to(RabbitNode.HOST, streams.node().port())) {
      Map<String, String> environment = new HashMap<>(sluice.environment());
      environment.put(
          "RABBITMQ_URI", "amqp://guest:guest@" + proxy.host() + ":" + proxy.port() + "/%2F");
      FaultyRabbit.insert(sluice, 0, 20);
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      Console console =
          new Console(environment, new PrintWriter(out, true), new PrintWriter(err, true), false);
      CompletableFuture<Integer> tail =
          CompletableFuture.supplyAsync(
              () ->
                  SluiceCommand.execute(
                      console,
                      "tail",
                      "--from=first",
                      "--count=40",
                      "--json",
                      "--env-file=/dev/null"));
      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(() -> tail.isDone() || out.toString().lines().count() == 20);
      proxy.sever();
      FaultyRabbit.insert(sluice, 20, 40);

      assertThat(tail.join()).as(err.toString()).isZero();
      assertThat(err.toString()).contains("going on behind the last event");
      assertThat(
              out.toString()
                  .lines()
                  .map(line -> BsonDocument.parse(line).getString("_id").getValue()))
          .containsExactlyElementsOf(IntStream.range(0, 40).mapToObj(Integer::toString).toList());
    }
  }

  @Test
  void theInserterFindsEachOfItsWritesInTheStream() throws Exception {
    try (PipelineUnderTest sluice = pipeline()) {
      sluice.start();
      for (int run = 0; run < 2; run++) {
        // What the run before has left is none of this one's.
        EndedCommand inserted =
            EndedCommand.of(
                sluice.environment(),
                "insert",
                "--count=30",
                "--mix=insert:60,update:25,replace:5,delete:10",
                "--seed=1",
                "--verify",
                "--quiet");
        assertThat(inserted.code()).as(inserted.err()).isZero();
        assertThat(inserted.out()).contains("delivered 30, missing 0, repeated 0, out of order 0");
      }
      EndedCommand ofSeveral =
          EndedCommand.of(withPartition(sluice, "0/3"), "insert", "--count=1", "--verify");
      ofSeveral.assertOneSentence(2, "--verify reads one stream", "leave --verify out");
    }
  }

  private static void write(PipelineUnderTest sluice, int writes, Random random) {
    MongoCollection<BsonDocument> collection = sluice.collection();
    for (int n = 0; n < writes; n++) {
      int id = random.nextInt(200);
      switch (random.nextInt(4)) {
        case 0 -> collection.deleteOne(Filters.eq("_id", id));
        case 1 -> collection.updateOne(Filters.eq("_id", id), Updates.set("score", n));
        default ->
            collection.replaceOne(
                Filters.eq("_id", id), document(id, n), new ReplaceOptions().upsert(true));
      }
    }
  }

  private static BsonDocument document(int id, int score) {
    return new BsonDocument("_id", new BsonInt32(id)).append("score", new BsonInt32(score));
  }

  private static Map<String, String> there(PipelineUnderTest sluice) {
    Map<String, String> scores = new HashMap<>();
    for (BsonDocument each : sluice.collection().find()) {
      scores.put(
          Integer.toString(each.getInt32("_id").getValue()),
          Integer.toString(each.getInt32("score").getValue()));
    }
    return scores;
  }

  private static Map<String, String> copied(Path database) throws Exception {
    Map<String, String> scores = new HashMap<>();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select id, score from scrabble")) {
      while (rows.next()) {
        scores.put(rows.getString(1), rows.getString(2));
      }
    }
    return scores;
  }

  @Test
  void aConsumerThatIsKilledAndABrokerThatIsRestartedEndEqual(@TempDir Path folder)
      throws Exception {
    Path database = folder.resolve("copy.db");
    String[] consume = {
      "consume",
      "--to",
      "jdbc:sqlite:" + database + "?columns=score:int",
      "--batch",
      "20",
      "--linger",
      "20ms"
    };
    try (PipelineUnderTest sluice = pipeline()) {
      sluice.start();
      CompletableFuture<Void> writes =
          CompletableFuture.runAsync(() -> write(sluice, 2_000, new Random(1)));
      try (SluiceProcess killed =
          SluiceProcess.start(sluice.environment(), List.of(), consume)
              .awaitLog("Reading the stream")) {
        await()
            .atMost(PipelineUnderTest.PATIENCE)
            .ignoreExceptions()
            .until(() -> copied(database).size() > 20);
        killed.kill();
      }
      try (SluiceProcess again =
          SluiceProcess.start(sluice.environment(), List.of(), consume).awaitLog("behind offset")) {
        streams.node().restart();
        writes.join();
        await()
            .atMost(PipelineUnderTest.PATIENCE)
            .ignoreExceptions()
            .untilAsserted(() -> assertThat(copied(database)).isEqualTo(there(sluice)));
        assertThat(
                EndedCommand.of(sluice.environment(), "doctor", "--consumer=" + sluice.queue())
                    .out())
            .containsPattern(
                "(?m)^ok +rabbitmq consumer +\""
                    + sluice.queue()
                    + "\": offset \\d+ is done.*; a process reads under this name");
        assertThat(again.terminate()).as(again.log()).isZero();
      }
    }
  }

  /**
   * @param reader which of them it came to
   */
  private record Read(String reader, String stream, long offset, byte[] body) {}

  /** As one of several processes of one name, of which RabbitMQ has one read each stream. */
  private static Consumer reader(Environment streams, String set, String reader, List<Read> read) {
    return streams
        .consumerBuilder()
        .superStream(set)
        .name("test")
        .singleActiveConsumer()
        .offset(OffsetSpecification.first())
        .autoTrackingStrategy()
        .messageCountBeforeStorage(10)
        .builder()
        .messageHandler(
            (context, message) ->
                read.add(
                    new Read(
                        reader, context.stream(), context.offset(), message.getBodyAsBinary())))
        .build();
  }

  /** Those of one reader that came again to its successor are left out. */
  private static List<Read> distinct(List<Read> read) {
    Set<String> seen = new HashSet<>();
    return read.stream().filter(each -> seen.add(each.stream() + " " + each.offset())).toList();
  }

  private static Map<String, String> withPartition(PipelineUnderTest sluice, String partition) {
    Map<String, String> own = new HashMap<>(sluice.environment());
    own.remove("SLUICE_EXCHANGE");
    own.put("SLUICE_PARTITION", partition);
    return own;
  }

  private static SluiceProcess partition(PipelineUnderTest sluice, String partition)
      throws IOException {
    return SluiceProcess.run(withPartition(sluice, partition));
  }

  @Test
  void theClientsOfRabbitMqReadThePartitionsAsOneSuperStream() throws Exception {
    assumeThat(streams.node().installed().major()).as("single active consumers").isGreaterThan(3);
    List<Read> read = Collections.synchronizedList(new ArrayList<>());
    try (PipelineUnderTest sluice = pipeline();
        SluiceProcess zero = partition(sluice, "0/3");
        SluiceProcess one = partition(sluice, "1/3");
        SluiceProcess two = partition(sluice, "2/3")) {
      List.of(zero, one, two).forEach(SluiceProcess::awaitStreaming);
      try (ChangesUnderWay changes = new ChangesUnderWay(sluice);
          Environment rabbit =
              Environment.builder().host(RabbitNode.HOST).port(streams.port()).build();
          Consumer stays = reader(rabbit, sluice.queue(), "stays", read);
          Consumer goes = reader(rabbit, sluice.queue(), "goes", read)) {
        await()
            .atMost(PipelineUnderTest.PATIENCE)
            .until(() -> List.copyOf(read).stream().map(Read::reader).distinct().count() == 2);
        goes.close();
        changes.awaitRounds(5);
        changes.close();
        int events = ChangesUnderWay.DOCUMENTS * (changes.rounds() + 1);
        await()
            .atMost(PipelineUnderTest.PATIENCE)
            .until(() -> distinct(List.copyOf(read)).size() >= events);

        Map<String, String> streamOf = new HashMap<>();
        Map<String, Integer> next = new HashMap<>();
        for (Read each : distinct(List.copyOf(read))) {
          BsonDocument event = BsonDocument.parse(new String(each.body(), UTF_8));
          String id = event.get("_id").toString();
          assertThat(streamOf.computeIfAbsent(id, none -> each.stream())).isEqualTo(each.stream());
          BsonDocument update = event.getDocument("update", new BsonDocument());
          int n =
              update
                  .getDocument("updatedFields", new BsonDocument())
                  .getInt32("n", new BsonInt32(0))
                  .getValue();
          assertThat(n).as(id).isEqualTo(next.getOrDefault(id, 0));
          next.put(id, n + 1);
        }
        assertThat(next).hasSize(ChangesUnderWay.DOCUMENTS);
        assertThat(next.values()).containsOnly(changes.rounds() + 1);
        assertThat(streamOf.values())
            .contains(sluice.queue() + "-0", sluice.queue() + "-1", sluice.queue() + "-2");
      }
    }
  }
}
