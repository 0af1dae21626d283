package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * RabbitMQ users with exactly the permissions that the table in docs/PRIVILEGES.md gives them, on a
 * node of their own, since the table is for the default names of exchange and queue. Each
 * permission is needed: without it a command ends in one sentence and with 3.
 */
class LeastPrivilegesIT {
  private static final String PIPELINE_USER = "carrier";
  private static final String READING_USER = "looker";
  private static final String PARKING_USER = "parker";
  private static final String REPLAYING_USER = "replayer";
  private static final String PASSWORD = "hush";

  /**
   * {@code | configure | `^(a\|b)$` | `^c$` |}: a bar inside of a table is written with a slash.
   */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (configure|write|read)((?: \\| `.+?`)+) \\|$");

  private static final Pattern CELL = Pattern.compile("`(.+?)`");

  /** What one user may do, as RabbitMQ takes it: regular expressions for the names. */
  private record Permissions(String configure, String write, String read) {
    /** A call of {@code rabbitmqctl} takes a second: made only where it changes anything. */
    void giveTo(String user) {
      if (!equals(GIVEN.put(user, this))) {
        node.setPermissions(user, configure, write, read);
      }
    }

    /** The same without one name in one of them. */
    Permissions without(String permission, String name) {
      return new Permissions(
          permission.equals("configure") ? cut(configure, name) : configure,
          permission.equals("write") ? cut(write, name) : write,
          permission.equals("read") ? cut(read, name) : read);
    }

    /** An empty expression allows nothing; in the others the name becomes one that nobody has. */
    private static String cut(String expression, String name) {
      assertThat(expression).contains(name);
      return expression.replace(name, "none-of-that-name");
    }
  }

  private static final Map<String, Permissions> GIVEN = new HashMap<>();

  private static RabbitNode node;
  private static Permissions forRun;
  private static Permissions forReading;
  private static Permissions forParking;
  private static Permissions forReplaying;

  @BeforeAll
  static void startNode() throws IOException {
    Assumptions.assumeTrue(
        RabbitNode.installation().isPresent(), "needs an installed rabbitmq-server");
    Map<String, String[]> rows = new HashMap<>();
    Matcher row = ROW.matcher(Files.readString(Path.of("docs/PRIVILEGES.md")));
    while (row.find()) {
      rows.put(
          row.group(1),
          CELL.matcher(row.group(2))
              .results()
              .map(cell -> unescaped(cell.group(1)))
              .toArray(String[]::new));
    }
    assertThat(rows).as("the table of docs/PRIVILEGES.md").hasSize(3);
    forRun = column(rows, 0);
    forReading = column(rows, 1);
    forParking = column(rows, 2);
    forReplaying = column(rows, 3);
    node = RabbitNode.launch();
    for (String user : List.of(PIPELINE_USER, READING_USER, PARKING_USER, REPLAYING_USER)) {
      node.addUser(user, PASSWORD);
    }
  }

  private static Permissions column(Map<String, String[]> rows, int column) {
    return new Permissions(
        rows.get("configure")[column], rows.get("write")[column], rows.get("read")[column]);
  }

  private static String unescaped(String cell) {
    return cell.replace("\\|", "|");
  }

  @AfterAll
  static void stopNode() {
    if (node != null) {
      node.close();
    }
  }

  @BeforeEach
  void giveWhatTheTableSays() {
    forRun.giveTo(PIPELINE_USER);
    forReading.giveTo(READING_USER);
    forParking.giveTo(PARKING_USER);
    forReplaying.giveTo(REPLAYING_USER);
  }

  /** So that every declaration is a real one. */
  @AfterEach
  void removeTopology() throws Exception {
    try (var connection = node.connect();
        var channel = connection.createChannel()) {
      channel.queueDelete("test_queue");
      channel.queueDelete("test_queue.parked");
      channel.exchangeDelete("sluice");
    }
  }

  private static Map<String, String> as(String user) {
    return Map.of(
        "RABBITMQ_URI",
        "amqp://" + user + ":" + PASSWORD + "@" + node.host() + ":" + node.port(),
        "SLUICE_EXCHANGE",
        "sluice",
        "SLUICE_QUEUE",
        "test_queue",
        "SLUICE_PIPELINE",
        TestRabbit.freshName("least"));
  }

  @Test
  void theTableIsEnoughForThePipelineTheInserterAndTheReader() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(as(PIPELINE_USER)).start()) {
      Map<String, String> reading = new HashMap<>(sluice.environment());
      reading.put("RABBITMQ_URI", as(READING_USER).get("RABBITMQ_URI"));
      CompletableFuture<EndedCommand> tail =
          CompletableFuture.supplyAsync(() -> EndedCommand.of(reading, "tail", "--count=3"));
      await().until(() -> tail.isDone() || node.ctl("list_queues", "name").contains("amq.gen"));

      EndedCommand inserter =
          EndedCommand.of(reading, "insert", "--count=20", "--verify", "--quiet", "--wait=60s");

      assertThat(inserter.code()).as(inserter.err()).isZero();
      assertThat(tail.get().code()).as(tail.get().err()).isZero();
      assertThat(node.queueMessages("test_queue")).isEqualTo(20);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "configure, sluice, exchange 'sluice'",
    "configure, test_queue, queue 'test_queue'",
    "write, test_queue, queue 'test_queue'",
    "read, sluice, exchange 'sluice'",
    // Missed at the first event only: nothing else writes to the exchange.
    "write, sluice, exchange 'sluice'"
  })
  void thePipelineNeedsEach(String permission, String name, String named) throws Exception {
    forRun.without(permission, name).giveTo(PIPELINE_USER);
    try (PipelineUnderTest sluice = new PipelineUnderTest(as(PIPELINE_USER))) {
      CompletableFuture<EndedCommand> run =
          CompletableFuture.supplyAsync(() -> EndedCommand.of(sluice.environment(), "run"));
      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(
              () -> {
                sluice.collection().insertOne(new BsonDocument("n", new BsonInt32(1)));
                return run.isDone();
              });

      run.get()
          .assertOneSentence(
              3, "The RabbitMQ user \"carrier\" lacks a permission", "access to " + named);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "configure, sluice, exchange 'sluice'",
    "configure, amq, queue 'amq.gen",
    "write, amq, queue 'amq.gen",
    "read, sluice, exchange 'sluice'",
    "read, amq, queue 'amq.gen"
  })
  void theReaderNeedsEach(String permission, String name, String named) {
    forReading.without(permission, name).giveTo(READING_USER);

    EndedCommand.of(as(READING_USER), "tail", "--count=1")
        .assertLastSentence(
            3, "The RabbitMQ user \"looker\" lacks a permission", "access to " + named);
  }

  /** A limit that the second of two documents passes. */
  private static Map<String, String> parkingAs(String user) {
    Map<String, String> settings = new HashMap<>(as(user));
    settings.put("SLUICE_ON_POISON", "park");
    settings.put("SLUICE_MAX_MESSAGE_BYTES", "2KiB");
    return settings;
  }

  private static void insert(PipelineUnderTest sluice, int id, int filler) {
    sluice
        .collection()
        .insertOne(
            new BsonDocument("_id", new BsonInt32(id))
                .append("filler", new BsonString("x".repeat(filler))));
  }

  /** By somebody else, who has raised the limit. */
  private static EndedCommand replay(PipelineUnderTest sluice) {
    Map<String, String> settings = new HashMap<>(sluice.environment());
    settings.put("RABBITMQ_URI", as(REPLAYING_USER).get("RABBITMQ_URI"));
    settings.remove("SLUICE_MAX_MESSAGE_BYTES");
    return EndedCommand.of(settings, "parked", "--replay");
  }

  private static PipelineUnderTest withOneParked() throws Exception {
    forParking.giveTo(PARKING_USER);
    PipelineUnderTest sluice = new PipelineUnderTest(parkingAs(PARKING_USER)).start();
    insert(sluice, 1, 0);
    insert(sluice, 2, 10_000);
    insert(sluice, 3, 0);
    await().atMost(PipelineUnderTest.PATIENCE).until(() -> node.queueMessages("test_queue") == 2);
    await()
        .atMost(PipelineUnderTest.PATIENCE)
        .until(() -> node.queueMessages("test_queue.parked") == 1);
    return sluice;
  }

  @Test
  void theTableIsEnoughToParkToLookAtWhatIsParkedAndToReplayIt() throws Exception {
    try (PipelineUnderTest sluice = withOneParked()) {
      new Permissions("^$", "^$", "^test_queue\\.parked$").giveTo(READING_USER);
      Map<String, String> reading = new HashMap<>(sluice.environment());
      reading.put("RABBITMQ_URI", as(READING_USER).get("RABBITMQ_URI"));
      EndedCommand list = EndedCommand.of(reading, "parked");
      assertThat(list.err()).contains("1 parked in test_queue.parked");

      EndedCommand replay = replay(sluice);
      assertThat(replay.code()).as(replay.out() + replay.err()).isZero();
      assertThat(node.queueMessages("test_queue")).isEqualTo(3);
      assertThat(node.queueMessages("test_queue.parked")).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "configure, test_queue\\.parked, queue 'test_queue.parked'",
    // Missed at the first event only.
    "write, amq\\.default, exchange 'amq.default'"
  })
  void thePipelineThatParksNeedsEachAsWell(String permission, String name, String named)
      throws Exception {
    forParking.without(permission, name).giveTo(PARKING_USER);
    try (PipelineUnderTest sluice = new PipelineUnderTest(parkingAs(PARKING_USER))) {
      CompletableFuture<EndedCommand> run =
          CompletableFuture.supplyAsync(() -> EndedCommand.of(sluice.environment(), "run"));
      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(
              () -> {
                sluice
                    .collection()
                    .insertOne(new BsonDocument("filler", new BsonString("x".repeat(10_000))));
                return run.isDone();
              });

      run.get()
          .assertOneSentence(
              3, "The RabbitMQ user \"parker\" lacks a permission", "access to " + named);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "configure, sluice, exchange 'sluice'",
    "configure, test_queue\\.parked, queue 'test_queue.parked'",
    "write, sluice, exchange 'sluice'",
    "write, test_queue, queue 'test_queue'",
    "read, sluice, exchange 'sluice'",
    "read, test_queue\\.parked, queue 'test_queue.parked'"
  })
  void theReplayNeedsEach(String permission, String name, String named) throws Exception {
    try (PipelineUnderTest sluice = withOneParked()) {
      forReplaying.without(permission, name).giveTo(REPLAYING_USER);

      replay(sluice)
          .assertLastSentence(
              3, "The RabbitMQ user \"replayer\" lacks a permission", "access to " + named);
      // What the command had taken comes back when its connection is gone.
      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(() -> node.queueMessages("test_queue.parked") == 1);
    }
  }
}
