package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {
  @TempDir private Path folder;

  private Path dotEnv(String... lines) throws IOException {
    return Files.write(folder.resolve(".env"), List.of(lines));
  }

  private Settings read(Map<String, String> environment) {
    return SettingsReader.read(environment, folder.resolve(".env"));
  }

  private List<String> problems(Map<String, String> environment) {
    return catchThrowableOfType(WrongSettings.class, () -> read(environment)).problems();
  }

  @Test
  void hasDefaultsThatFitTheLocalServers() {
    Settings settings = read(Map.of());

    assertThat(settings.mongo().uri().reveal())
        .isEqualTo(
            "mongodb://localhost:30001,localhost:30002,localhost:30003/?replicaSet=my-replica-set");
    assertThat(settings.mongo().database()).isEqualTo("scrabble");
    assertThat(settings.capture().scope()).hasToString("scrabble.scrabble");
    assertThat(settings.capture().pipeline()).isEqualTo("scrabble-cdc");
    assertThat(settings.rabbit().address()).isEqualTo("localhost:5673");
    assertThat(settings.rabbit().queue()).isEqualTo("test_queue");
    assertThat(settings.rabbit().topology().queueType()).isEqualTo(QueueType.QUORUM);
    assertThat(settings.rabbit().exchange()).isEqualTo("sluice");
    assertThat(settings.delivery().maxInFlightBytes()).isEqualTo(16 << 20);
    assertThat(settings.delivery().confirmTimeout()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void letsTheEnvironmentWinOverTheFileAndTheFileOverTheDefault() throws IOException {
    dotEnv("# a comment", "", "SLUICE_QUEUE=from_file", "RABBITMQ_HOST=rabbit.example # aside");

    Settings settings = read(Map.of("SLUICE_QUEUE", "from_environment"));

    assertThat(settings.rabbit().queue()).isEqualTo("from_environment");
    assertThat(settings.rabbit().address()).isEqualTo("rabbit.example:5673");
  }

  @Test
  void readsTheExampleFileAsTheDefaults() {
    assertThat(SettingsReader.read(Map.of(), Path.of(".env.example")))
        .usingRecursiveComparison()
        .ignoringFields("effective")
        .isEqualTo(read(Map.of()));
  }

  @Test
  void theExampleFileHasEveryKeyWithItsDefault() throws IOException {
    Map<String, String> entries = DotEnvFile.read(Path.of(".env.example"), true, new ArrayList<>());
    // They are the compose file's.
    entries.keySet().removeIf(key -> key.startsWith("LOCAL_"));

    assertThat(entries.keySet())
        .containsExactlyInAnyOrder(
            Arrays.stream(SettingKey.values()).map(Enum::name).toArray(String[]::new));
    for (SettingKey key : SettingKey.values()) {
      assertThat(entries).containsEntry(key.name(), key.defaultValue());
    }
  }

  @Test
  void namesEveryProblemAtOnce() {
    assertThat(
            problems(
                Map.of(
                    "SLUICE_BATCH_SIZE", "0",
                    "SLUICE_QUEUE_TYPE", "lazy",
                    "SLUICE_CONFIRM_TIMEOUT", "soon",
                    "SLUICE_MAX_IN_FLIGHT_BYTES", "1TB",
                    "RABBITMQ_PORT", "65536",
                    "SLUICE_UPDATE_LOOKUP", "yes",
                    "SLUICE_OPERATIONS", "insert,upsert")))
        .containsExactlyInAnyOrder(
            "SLUICE_BATCH_SIZE must be a whole number from 1 to 100000, not 0.",
            "SLUICE_QUEUE_TYPE must be one of quorum, classic, stream, not \"lazy\".",
            "SLUICE_CONFIRM_TIMEOUT must be a duration: write it as 500ms, 30s, 2m or 1h, not"
                + " \"soon\".",
            "SLUICE_MAX_IN_FLIGHT_BYTES must be a size such as 65536, 512KiB or 16MiB, not \"1TB\".",
            "RABBITMQ_PORT must be a whole number from 1 to 65535, not 65536.",
            "SLUICE_UPDATE_LOOKUP must be true or false, not \"yes\".",
            "SLUICE_OPERATIONS must list some of delete, insert, replace, update, not \"upsert\".");
  }

  @Test
  void compressesAsItIsToldInTheNewWayOrTheOld() {
    EnvelopeSettings old = read(Map.of("SLUICE_GZIP_ABOVE", "64KiB")).envelope();
    EnvelopeSettings zstd = read(Map.of("SLUICE_COMPRESSION", "zstd")).envelope();
    EnvelopeSettings never = read(Map.of()).envelope();

    assertThat(old.compression()).isEqualTo(Compression.GZIP);
    assertThat(old.compressAboveBytes()).isEqualTo(64 << 10);
    assertThat(zstd.compression()).isEqualTo(Compression.ZSTD);
    assertThat(zstd.compressAboveBytes()).isEqualTo(1 << 10);
    assertThat(never.compressAboveBytes()).isEqualTo(Long.MAX_VALUE);
    assertThat(problems(Map.of("SLUICE_COMPRESSION", "zstd", "SLUICE_GZIP_ABOVE", "0")))
        .containsExactly(
            "SLUICE_GZIP_ABOVE goes without SLUICE_COMPRESSION: set SLUICE_COMPRESS_ABOVE instead.");
  }

  @Test
  void sendsHeartbeatsOnlyWhenTold() {
    assertThat(read(Map.of()).heartbeat()).isEmpty();
    assertThat(read(Map.of("SLUICE_HEARTBEAT", "10s")).heartbeat())
        .contains(Duration.ofSeconds(10));
    assertThat(problems(Map.of("SLUICE_HEARTBEAT", "often")))
        .singleElement()
        .asString()
        .startsWith("SLUICE_HEARTBEAT must be a duration");
    assertThat(problems(Map.of("SLUICE_HEARTBEAT", "1ms")))
        .containsExactly("SLUICE_HEARTBEAT must be from 100ms to 3600s.");
  }

  @Test
  void refusesAMessageOfMoreThanASixthOfTheHeap() {
    Map<String, String> environment = Map.of("SLUICE_MAX_MESSAGE_BYTES", "32MiB");
    Path none = folder.resolve(".env");

    assertThat(SettingsReader.read(environment, none, 192 << 20).delivery().maxMessageBytes())
        .isEqualTo(32 << 20);
    assertThat(
            catchThrowableOfType(
                    WrongSettings.class,
                    () -> SettingsReader.read(environment, none, (192 << 20) - 1))
                .problems())
        .containsExactly(
            "SLUICE_MAX_MESSAGE_BYTES must not be more than a sixth of the heap, which has 191 MiB,"
                + " or events that large would end the process again and again: lower it to"
                + " 32767KiB, or start Java with -Xmx205m.");
  }

  @ParameterizedTest
  @CsvSource({
    "SLUICE_QUEU, SLUICE_QUEUE",
    "SLUICE_BATCHSIZE, SLUICE_BATCH_SIZE",
    "SLUICE_INFLIGHT, SLUICE_MAX_IN_FLIGHT",
    "SLUICE_CHECKPOINT_INTERVALL, SLUICE_CHECKPOINT_INTERVAL"
  })
  void refusesAnUnknownKeyWithTheNearestRightOne(String wrong, String right) {
    assertThat(problems(Map.of(wrong, "1")))
        .containsExactly(wrong + " is no setting: did you mean " + right + "?");
  }

  @Test
  void looksAtTheServersKeysInItsOwnFileToo() throws IOException {
    dotEnv("RABBITMQ_PROT=5672", "COMPOSE_PROJECT_NAME=sluice");

    assertThat(problems(Map.of("RABBITMQ_NODENAME", "rabbit@here")))
        .containsExactly("RABBITMQ_PROT in .env is no setting: did you mean RABBITMQ_PORT?");
  }

  @ParameterizedTest
  @CsvSource({
    "sluice_queue, SLUICE_QUEUE",
    "Sluice_Queue, SLUICE_QUEUE",
    "mongo_database_name, MONGO_DATABASE_NAME",
    "MONGO_DATABASE_URI, MONGO_DATABASE_HOST",
    "rabbitmq_host, RABBITMQ_HOST",
    "RABBITMQ_HOSTS, RABBITMQ_HOST",
    "RABBITMQ_URL, RABBITMQ_URI",
    "RABBITMQ_DEFAULT_VHOST, RABBITMQ_VIRTUAL_HOST",
    "RABBITMQ_DEFAULT_USER, RABBITMQ_DEFAULT_USERNAME",
    "RABBITMQ_DEFAULT_PASS, RABBITMQ_DEFAULT_PASSWORD",
    "rabbitmq_password, RABBITMQ_DEFAULT_PASSWORD"
  })
  void refusesAKeyThatWasMeantForOneOfOurs(String wrong, String right) throws IOException {
    String sentence = " is no setting: did you mean " + right + "?";

    assertThat(problems(Map.of(wrong, "1"))).containsExactly(wrong + sentence);
    dotEnv(wrong + "=1");
    assertThat(problems(Map.of())).containsExactly(wrong + " in .env" + sentence);
  }

  @Test
  void leavesKeysOfRabbitMqItselfAndOfOtherProgramsAlone() {
    assertThat(
            read(
                Map.of(
                    "RABBITMQ_HOME", "/x",
                    "RABBITMQ_NODENAME", "x",
                    "RABBITMQ_SERVICE_HOST", "x",
                    "RABBITMQ_DEFAULT_VHOST", "x",
                    "RABBITMQ_VIRTUAL_HOST", "y")))
        .isNotNull();
    assertThat(read(Map.of("RABBITMQ_URI", "amqp://host", "RABBITMQ_DEFAULT_PASS", "x")))
        .isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"MONGO_URI", "MONGODB_URI", "MONGO_URL", "MONGODB_URL", "mongodb_uri"})
  void refusesTheUsualNameOfTheMongoAddressInItsFileAndWarnsOfItInTheEnvironment(String usual)
      throws IOException {
    assertThat(read(Map.of(usual, "mongodb://me:hush@host/")).warnings())
        .containsExactly(
            usual
                + " in the environment is no setting of Sluice, and MONGO_DATABASE_HOST has its"
                + " default: set that if this address was meant.");
    dotEnv(usual + "=mongodb://me:hush@host/");
    assertThat(problems(Map.of()))
        .containsExactly(usual + " in .env is no setting: did you mean MONGO_DATABASE_HOST?");
  }

  @Test
  void leavesTheUsualNameOfTheMongoAddressToOthersWhereItIsToldAnother() throws IOException {
    Map<String, String> others = Map.of("MONGODB_URI", "mongodb://other/");
    dotEnv("MONGO_DATABASE_HOST=mongodb://host/?replicaSet=x", "MONGO_URI=mongodb://other/");

    assertThat(read(others).warnings()).isEmpty();
    assertThat(read(others).mongo().uri().reveal()).isEqualTo("mongodb://host/?replicaSet=x");
  }

  @Test
  void keepsBlanksAtTheEndsOfAValueOrRefusesThem() {
    Settings settings =
        read(
            Map.of(
                "RABBITMQ_DEFAULT_PASSWORD", " x ",
                "RABBITMQ_DEFAULT_USERNAME", "me ",
                "RABBITMQ_VIRTUAL_HOST", " v",
                "SLUICE_QUEUE", " q ",
                "SLUICE_EXCHANGE", "e ",
                "SLUICE_PIPELINE", "p ",
                "SLUICE_COLLECTION", "end "));

    assertThat(settings.rabbit().broker().password().reveal()).isEqualTo(" x ");
    assertThat(settings.rabbit().username()).isEqualTo("me ");
    assertThat(settings.rabbit().virtualHost()).isEqualTo(" v");
    assertThat(settings.rabbit().queue()).isEqualTo(" q ");
    assertThat(settings.rabbit().exchange()).isEqualTo("e ");
    assertThat(settings.capture().pipeline()).isEqualTo("p ");
    assertThat(settings.mongo().collection()).isEqualTo("end ");
    assertThat(
            problems(
                Map.of(
                    "SLUICE_LANES", "2 ",
                    "SLUICE_FORMAT", " envelope",
                    "SLUICE_UPDATE_LOOKUP", "true ",
                    "SLUICE_LEASE", " 6s",
                    "RABBITMQ_URI", "amqp://host\n")))
        .hasSize(5);
  }

  @Test
  void wantsAPositionInEachMessageWhereConsumersGoByIt() {
    Map<String, String> settings = new HashMap<>();
    settings.put("SLUICE_ORDER", "position");
    settings.put("SLUICE_HEADERS", "none");
    assertThat(read(settings).envelope().headers()).isEqualTo(Headers.NONE);

    settings.put("SLUICE_FORMAT", "debezium");
    assertThat(problems(settings))
        .singleElement()
        .asString()
        .contains("SLUICE_HEADERS leaves out the position")
        .contains("set SLUICE_HEADERS=minimal");

    settings.put("SLUICE_HEADERS", "minimal");
    assertThat(read(settings).delivery().order()).isEqualTo(DocumentOrder.POSITION);
  }

  @Test
  void aPartitionKeepsItsPositionUnderANameOfItsOwn() {
    assertThat(read(Map.of()).capture().partition()).isEqualTo(Partition.WHOLE);
    CaptureSettings capture = read(Map.of("SLUICE_PARTITION", "3/8")).capture();
    assertThat(capture.partition()).isEqualTo(new Partition(3, 8));
    assertThat(capture.pipeline()).isEqualTo("scrabble-cdc-3-of-8");
    assertThat(read(Map.of("SLUICE_PARTITION", "0/1")).capture().pipeline())
        .isEqualTo("scrabble-cdc");
  }

  @ParameterizedTest
  @ValueSource(strings = {"8/8", "-1/8", "3", "3/8/1", "x/8", "0/0", "0/257"})
  void saysHowAPartitionIsWritten(String wrong) {
    assertThat(problems(Map.of("SLUICE_PARTITION", wrong)))
        .singleElement()
        .asString()
        .contains("SLUICE_PARTITION must be the number of a partition, from 0")
        .contains("3/8");
  }

  @Test
  void aPartitionCannotCountTransactions() {
    assertThat(problems(Map.of("SLUICE_PARTITION", "0/2", "SLUICE_TRANSACTION_MARKERS", "true")))
        .singleElement()
        .asString()
        .contains("leave it out, or SLUICE_PARTITION");
  }

  @Test
  void wantsAFileThatWasNamed() {
    Path named = folder.resolve("nope.env");

    assertThat(
            catchThrowableOfType(
                    WrongSettings.class,
                    () -> SettingsReader.readNamed(Map.of("SLUICE_LANES", "x"), named))
                .problems())
        .hasSize(2)
        .contains("The settings file " + named + " does not exist: check the path.");
  }

  @Test
  void leavesTheKeysOfTheTestSuiteAlone() {
    assertThat(read(Map.of("SLUICE_TEST_MONGODB_URI", "mongodb://x"))).isNotNull();
  }

  @Test
  void saysWhichLineOfTheFileCannotBeReadAndWhy() throws IOException {
    dotEnv(
        "SLUICE_QUEUE=fine",
        "RABBITMQ_HOST: string = localhost",
        "RABBITMQ_DEFAULT_USERNAME=\"guest\"",
        "SLUICE_EXCHANGE = sluice",
        "RABBITMQ_DEFAULT_PASSWORD=pa#ss",
        "nonsense");

    assertThat(problems(Map.of()))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith(".env line 2 cannot be read")
                    .contains("not \"KEY: type = value\""),
            line -> assertThat(line).startsWith(".env line 3 has its value in quotes"),
            line -> assertThat(line).startsWith(".env line 4 cannot be read"),
            line ->
                assertThat(line).startsWith(".env line 5 has a # inside").doesNotContain("pa#ss"),
            line -> assertThat(line).startsWith(".env line 6 cannot be read"));
  }

  @Test
  void takesTheUriOverTheFive() {
    RabbitSettings rabbit =
        read(Map.of(
                "RABBITMQ_URI", "amqps://us%40er:p%2Fw@rabbit.example/my%2Fhost",
                "RABBITMQ_HOST", "elsewhere"))
            .rabbit();

    assertThat(rabbit.address()).isEqualTo("rabbit.example:5671");
    assertThat(rabbit.tls()).isTrue();
    assertThat(rabbit.username()).isEqualTo("us@er");
    assertThat(rabbit.broker().password().reveal()).isEqualTo("p/w");
    assertThat(rabbit.virtualHost()).isEqualTo("my/host");
  }

  @Test
  void letsTheExchangeBeEmptyAndNothingElse() {
    assertThat(read(Map.of("SLUICE_EXCHANGE", "")).rabbit().usesDefaultExchange()).isTrue();
    assertThat(problems(Map.of("SLUICE_QUEUE", "")))
        .containsExactly("SLUICE_QUEUE is empty: remove it for the default.");
    assertThat(problems(Map.of("SLUICE_QUEUE", " ")))
        .containsExactly("SLUICE_QUEUE holds nothing but blanks: remove it for the default.");
  }

  @Test
  void neverShowsASecret() {
    Settings settings =
        read(
            Map.of(
                "MONGO_DATABASE_HOST", "mongodb://me:hush@host/?replicaSet=x",
                "RABBITMQ_DEFAULT_PASSWORD", "hush"));

    assertThat(settings.toString()).doesNotContain("hush");
    assertThat(problems(Map.of("MONGO_DATABASE_HOST", "me:hush@host")).toString())
        .doesNotContain("hush");
    assertThat(problems(Map.of("RABBITMQ_URI", "amqp://me:hush@host:port")).toString())
        .doesNotContain("hush");
  }
}
