package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.mongo.Fault;
import dev.sluice.embedded.rabbit.EmbeddedBroker;
import dev.sluice.testing.FreePorts;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TestRabbit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the doctor finds, each trouble made at one pair of servers of its own. */
class DoctorIT {
  private static final String USER = "patient";
  private static final String PASSWORD = "hush";

  private static RabbitNode node;
  private static EmbeddedReplicaSet mongo;

  private final String name = TestRabbit.freshName("doctor");
  private final Map<String, String> settings = new HashMap<>();

  @BeforeAll
  static void startServers() {
    Assumptions.assumeTrue(
        RabbitNode.installation().isPresent(), "needs an installed rabbitmq-server");
    // The management API is told of queues as often as this, every five seconds if not said.
    node = RabbitNode.launch("collect_statistics_interval = 500");
    node.addUser(USER, PASSWORD);
    mongo = EmbeddedReplicaSet.builder().name("doctor").start();
  }

  @AfterAll
  static void stopServers() {
    if (node != null) {
      node.close();
    }
    if (mongo != null) {
      mongo.close();
    }
  }

  DoctorIT() {
    settings.put("MONGO_DATABASE_NAME", name);
    for (String key : List.of("SLUICE_PIPELINE", "SLUICE_EXCHANGE", "SLUICE_QUEUE")) {
      settings.put(key, name);
    }
  }

  /** What it says, by check. */
  private record Said(int code, Map<String, BsonDocument> findings) {
    String verdict(String check) {
      return finding(check).getString("verdict").getValue();
    }

    /** The sentence and what stands below it. */
    String of(String check) {
      List<String> lines = new ArrayList<>(List.of(finding(check).getString("says").getValue()));
      finding(check).getArray("details").forEach(detail -> lines.add(detail.asString().getValue()));
      return String.join("\n", lines);
    }

    private BsonDocument finding(String check) {
      assertThat(findings).containsKey(check);
      return findings.get(check);
    }

    void assertSays(String check, String verdict, String... parts) {
      for (String part : parts) {
        assertThat(of(check)).contains(part);
      }
      assertThat(verdict(check)).as(of(check)).isEqualTo(verdict);
    }

    void assertAllWell() {
      findings.forEach(
          (check, finding) -> assertThat(verdict(check)).as(of(check)).isIn("ok", "skipped"));
      assertThat(code).isZero();
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("MONGO_DATABASE_HOST", mongo.uri());
    environment.put("RABBITMQ_URI", node.uri());
    environment.putAll(settings);
    return environment;
  }

  private Said doctor(String... arguments) {
    List<String> line = new ArrayList<>(List.of("doctor", "--json"));
    line.addAll(Arrays.asList(arguments));
    EndedCommand ended = EndedCommand.of(environment(), line.toArray(String[]::new));
    assertThat(ended.out().lines()).as(ended.err()).hasSize(1);
    Map<String, BsonDocument> findings = new HashMap<>();
    for (var finding : BsonDocument.parse(ended.out()).getArray("findings")) {
      BsonDocument each = finding.asDocument();
      findings.put(each.getString("check").getValue(), each);
    }
    return new Said(ended.code(), findings);
  }

  private interface Work {
    void on(Channel channel) throws Exception;
  }

  private static void withChannel(Work work) throws Exception {
    try (Connection connection = node.connect();
        Channel channel = connection.createChannel()) {
      work.on(channel);
    }
  }

  @Test
  void nothingIsWrongBeforeTheFirstStartAndNothingIsMadeByLooking() throws Exception {
    Said said = doctor();

    said.assertAllWell();
    said.assertSays("settings", "ok", "SLUICE_QUEUE=" + name + " (environment)");
    assertThat(said.of("settings")).contains("://guest:***@");
    said.assertSays("mongodb members", "ok", "is primary", "is secondary");
    said.assertSays("mongodb stream", "ok", "no position is saved yet");
    said.assertSays("rabbitmq login", "ok", "RabbitMQ " + node.installed().version());
    said.assertSays("rabbitmq permissions", "ok", "has all 5 ");
    said.assertSays("rabbitmq topology", "ok", "the start of a pipeline declares");
    said.assertSays("rabbitmq policies", "skipped", "does not answer", "--management");
    said.assertSays("rabbitmq limits", "ok", "no alarm, and messages of 16777216 bytes are taken");
    assertThat(node.ctl("list_queues", "name")).doesNotContain(name);
    assertThat(node.ctl("list_exchanges", "name")).doesNotContain(name);
    try (MongoClient client = MongoClients.create(mongo.uri())) {
      assertThat(client.listDatabaseNames()).doesNotContain(name);
    }
  }

  @Test
  void aRunningPipelineIsSeen() throws Exception {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("RABBITMQ_URI", node.uri());
    try (PipelineUnderTest sluice = new PipelineUnderTest(mongo.uri(), environment)) {
      sluice.start();
      sluice.collection().insertOne(new BsonDocument("n", new BsonInt32(1)));
      Awaitility.await()
          .until(
              () ->
                  EndedCommand.of(sluice.environment(), "position", "show")
                      .out()
                      .contains("behind token"));
      Said said = doctor();

      said.assertSays("mongodb lease", "ok", "is run by process ");
      said.assertSays("mongodb stream", "ok", "opens at the saved position");
      said.assertSays("mongodb oplog", "ok", "ahead of its oldest");
      said.assertSays("rabbitmq topology", "ok", "as these settings want it");
      said.assertSays("rabbitmq queues", "warning", "has 1 and nobody reads it");
      assertThat(said.code()).isEqualTo(5);
    }
  }

  @Test
  void serversThatAreNotThereAreSaidOnce() {
    settings.put("MONGO_DATABASE_HOST", "mongodb://nowhere.invalid:1/?replicaSet=rs");
    settings.put("RABBITMQ_URI", "amqp://guest:guest@127.0.0.1:" + FreePorts.one());

    Said said = doctor("--canary");

    said.assertSays("mongodb dns", "failure", "\"nowhere.invalid\"", "MONGO_DATABASE_HOST");
    said.assertSays("mongodb", "skipped", "login", "members", "oplog");
    said.assertSays("rabbitmq login", "failure", "cannot be reached: see that it runs");
    said.assertSays("rabbitmq", "skipped", "permissions", "topology");
    said.assertSays("canary", "skipped", "needs ", "mongodb", "rabbitmq");
    assertThat(said.findings()).hasSize(7);
    assertThat(said.code()).isEqualTo(1);
  }

  @Test
  void aStreamWhosePluginIsNotEnabledIsSaidWithTheCommand() {
    settings.put("SLUICE_TARGET", "stream");
    settings.put("SLUICE_QUEUE_TYPE", "stream");
    settings.put("SLUICE_STREAM_PORT", Integer.toString(FreePorts.one()));

    Said said = doctor();

    said.assertSays("rabbitmq stream", "failure", "rabbitmq-plugins enable rabbitmq_stream");
    said.assertSays("rabbitmq login", "ok");
  }

  @Test
  void aRefusedLoginIsSaid() {
    settings.put("RABBITMQ_URI", node.uri().replace(":guest@", ":wrong@"));

    Said said = doctor();

    said.assertSays("rabbitmq login", "failure", "refuses the login of \"guest\"");
    assertThat(said.findings().toString()).doesNotContain("wrong");
    said.assertSays("mongodb login", "ok", "as nobody");
  }

  @Test
  void eachMissingPermissionIsNamed() throws Exception {
    settings.put("RABBITMQ_URI", node.uri().replace("guest:guest@", USER + ":" + PASSWORD + "@"));
    settings.put("SLUICE_EXCHANGE", name + ".x");
    node.setPermissions(USER, "", "", "");

    Said nothing = doctor();

    nothing.assertSays(
        "rabbitmq permissions",
        "failure",
        "lacks 4 of 5",
        "configure on the exchange \"" + name + ".x\"",
        "configure on the queue \"" + name + "\"",
        "write on the queue \"" + name + "\"",
        "write on the exchange \"" + name + ".x\"");
    nothing.assertSays("rabbitmq limits", "ok", "is not known", "amq.default");

    node.setPermissions(USER, ".*", ".*", "");
    Said said = doctor();
    said.assertSays(
        "rabbitmq permissions", "failure", "lacks 1 of 5", "read on the exchange \"" + name + ".x");
    assertThat(node.ctl("list_queues", "name")).doesNotContain(name);
  }

  @Test
  void whatDiffersIsNamed() throws Exception {
    withChannel(
        channel -> {
          channel.exchangeDeclare(name, "fanout", true);
          channel.queueDeclare(name, true, false, false, Map.of("x-queue-type", "classic"));
        });

    Said said = doctor();

    said.assertSays(
        "rabbitmq topology",
        "failure",
        "its type is fanout",
        "SLUICE_EXCHANGE_TYPE=fanout",
        "its x-queue-type is classic",
        "SLUICE_QUEUE_TYPE=classic");
  }

  @Test
  void whatIsMissingIsAFailureWhereNothingIsDeclared() {
    settings.put("SLUICE_TOPOLOGY", "verify");

    doctor().assertSays("rabbitmq topology", "failure", "no exchange", "SLUICE_TOPOLOGY=declare");
  }

  @Test
  void parkedMessagesAreSaid() throws Exception {
    settings.put("SLUICE_ON_POISON", "park");
    withChannel(
        channel -> {
          channel.queueDeclare(name + ".parked", true, false, false, Map.of());
          channel.basicPublish("", name + ".parked", null, new byte[1]);
          Awaitility.await().until(() -> channel.messageCount(name + ".parked") == 1);
        });

    doctor().assertSays("rabbitmq queues", "warning", "1 that could not be published");
  }

  @Test
  void anAlarmAndATooSmallLimitAreSaid() {
    try (RabbitNode.Fault alarm = node.memoryAlarm()) {
      doctor().assertSays("rabbitmq limits", "warning", "takes no messages for now", "memory");
    }
    try (RabbitNode.Fault limit = node.maxMessageBytes(1_000_000)) {
      doctor().assertSays("rabbitmq limits", "failure", "max_message_size", "1000000");
    }
  }

  @Test
  void missingImagesAreSaidWithTheCommands() {
    settings.put("SLUICE_VIEW", "NEW_AND_OLD_IMAGES");

    Said said = doctor();

    said.assertSays(
        "mongodb images", "failure", "SLUICE_ENABLE_IMAGES=true", "changeStreamPreAndPostImages");
  }

  @Test
  void theCanaryComesBackAndNothingIsLeftOfIt() {
    Said said = doctor("--canary");

    said.assertAllWell();
    said.assertSays("canary", "ok", " ms after it was written");
    try (MongoClient client = MongoClients.create(mongo.uri())) {
      assertThat(client.getDatabase("sluice").listCollectionNames())
          .noneMatch(collection -> collection.startsWith("canary"));
    }
    assertThat(node.ctl("list_queues", "name")).doesNotContain("amq.gen");
  }

  /** The node's plugin, which no test needs else, on a free port. */
  private static String managementApi() {
    int port = FreePorts.one();
    node.ctl(
        "eval",
        "application:load(rabbitmq_management),"
            + (" application:set_env(rabbitmq_management, tcp_config, [{port, %d},"
                    + " {ip, \"127.0.0.1\"}]),")
                .formatted(port)
            + " {ok, File} = application:get_env(rabbit, enabled_plugins_file),"
            + " ok = file:write_file(File, \"[rabbitmq_management].\"),"
            + " rabbit_plugins:ensure(File).");
    return "http://127.0.0.1:" + port;
  }

  @Test
  void aPolicyThatDropsEventsIsSeenByTheManagementApi() throws Exception {
    withChannel(
        channel ->
            channel.queueDeclare(name, true, false, false, Map.of("x-queue-type", "quorum")));
    node.setPolicy("short", name, "{\"max-length\": 10}");
    String api = managementApi();

    Said said =
        Awaitility.await()
            .atMost(PipelineUnderTest.PATIENCE)
            .until(
                () -> doctor("--management", api),
                looked -> !looked.of("rabbitmq policies").contains("has not heard"));

    said.assertSays("rabbitmq policies", "warning", "(policy short)", "by x-max-length");
    said.assertSays("rabbitmq clock", "ok", "this machine's");
    node.addUser(name, PASSWORD);
    node.setPermissions(name, ".*", ".*", ".*");
    settings.put("RABBITMQ_URI", node.uri().replace("guest:guest@", name + ":" + PASSWORD + "@"));
    doctor("--management", api)
        .assertSays("rabbitmq policies", "skipped", "who needs the tag management");
  }

  @Test
  void aMemberThatIsAwayIsSaid() {
    int away = (mongo.faults().primary() + 1) % 3;
    try (Fault killed = mongo.faults().kill(away)) {
      doctor()
          .assertSays("mongodb members", "warning", "1 of 3", "cannot be reached", "is primary");
    }
  }

  @Test
  void aRefusedWriteAndALostPositionAreSaid() {
    EndedCommand set = EndedCommand.of(environment(), "position", "set", "--from", "now");
    assertThat(set.code()).as(set.err()).isZero();
    try (Fault unauthorized = mongo.faults().failCommandOf("sluice", 1, 13, "update");
        MongoClient client = MongoClients.create(mongo.uri())) {
      client.getDatabase(name).createCollection("scrabble");
      mongo.faults().rollOplog();

      Said said = doctor();

      said.assertSays("mongodb majority", "failure", "lacks a privilege");
      said.assertSays("mongodb stream", "failure", "no longer has the position");
      assertThat(said.code()).isEqualTo(1);
    }
  }

  @Test
  void anEmbeddedBrokerIsNotTakenForRabbitMq() {
    try (EmbeddedBroker broker = EmbeddedBroker.start()) {
      settings.put("RABBITMQ_URI", broker.uri());

      Said said = doctor();

      said.assertSays("rabbitmq login", "warning", "is not RabbitMQ");
      said.assertSays("rabbitmq permissions", "skipped");
      assertThat(said.code()).isEqualTo(5);
    }
  }
}
