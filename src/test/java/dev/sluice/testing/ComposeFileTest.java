package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.SettingKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** What must be true of docker-compose.yaml for Sluice's default settings to fit it. */
class ComposeFileTest {
  private static final Path FILE = Path.of("docker-compose.yaml");
  private static final List<String> MEMBERS = List.of("mongo1", "mongo2", "mongo3");

  @TempDir Path directory;
  private final Map<?, ?> compose = parse();

  @Test
  void publishesTheDefaultPortsOnLoopbackAlone() {
    assertThat(list(service("mongo-network"), "ports"))
        .containsExactly(
            "127.0.0.1:${LOCAL_MONGO1_PORT:-30001}:${LOCAL_MONGO1_PORT:-30001}",
            "127.0.0.1:${LOCAL_MONGO2_PORT:-30002}:${LOCAL_MONGO2_PORT:-30002}",
            "127.0.0.1:${LOCAL_MONGO3_PORT:-30003}:${LOCAL_MONGO3_PORT:-30003}");
    assertThat(list(service("rabbitmq"), "ports"))
        .containsExactly(
            "127.0.0.1:${RABBITMQ_PORT:-5673}:5672",
            "127.0.0.1:${LOCAL_RABBITMQ_MANAGEMENT_PORT:-15673}:15672");
  }

  @Test
  void runsEachMemberOnThePortUnderWhichItIsReached() {
    String initiate = String.join("\n", list(map(service("mongo1"), "healthcheck"), "test"));

    for (int n = 0; n < MEMBERS.size(); n++) {
      Map<?, ?> member = service(MEMBERS.get(n));
      String port = "${LOCAL_MONGO" + (n + 1) + "_PORT:-" + (30001 + n) + "}";
      assertThat(list(member, "command"))
          .contains("mongod", "--port=" + port, "--replSet=" + MongodReplicaSet.NAME);
      assertThat(member.get("network_mode")).isEqualTo("service:mongo-network");
      assertThat(member.get("ports")).isNull();
      assertThat(initiate).contains("{ _id: " + n + ", host: 'localhost:" + port + "' }");
    }
    assertThat(initiate).contains("_id: '" + MongodReplicaSet.NAME + "'", "NotYetInitialized");
  }

  @Test
  void isUpOnlyWhenTheSetHasAPrimaryAndRabbitMqServes() {
    assertThat(String.join(" ", list(map(service("mongo1"), "healthcheck"), "test")))
        .contains("PRIMARY", "quit(hasPrimary() ? 0 : 1)", "touch /dev/shm/had-primary");
    assertThat(map(map(service("mongo1"), "depends_on"), "mongo2"))
        .hasToString("{condition=service_healthy}");
    assertThat(map(map(service("mongo1"), "depends_on"), "mongo3"))
        .hasToString("{condition=service_healthy}");
    assertThat(list(map(service("rabbitmq"), "healthcheck"), "test"))
        .containsExactly("CMD", "bash", "-c", "< /dev/tcp/127.0.0.1/5672");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mongo1", "mongo2", "mongo3", "rabbitmq"})
  void checksOftenWhileStartingAndRarelyAfterwards(String name) {
    Map<?, ?> check = map(service(name), "healthcheck");

    assertThat(check.get("start_interval")).isEqualTo("2s");
    assertThat(check.get("start_period")).isEqualTo("180s");
    assertThat(check.get("interval")).isEqualTo("30s");
    assertThat(list(check, "test")).as("cheap").startsWith("CMD", "bash", "-c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mongo1", "mongo2", "mongo3", "rabbitmq"})
  void checksAndKeepsEachServer(String name) {
    Map<?, ?> service = service(name);
    String volume = list(service, "volumes").get(0).replaceFirst(":.*", "");

    assertThat(map(service, "healthcheck").keySet().stream().map(Object::toString))
        .contains("test", "interval", "timeout", "retries", "start_period");
    assertThat(service.get("init")).isEqualTo(true);
    assertThat(service.get("restart")).isEqualTo("unless-stopped");
    assertThat(map(compose, "volumes").containsKey(volume)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"sluice, pipeline, mongo1", "sluice-consume, consumers, sluice"})
  void runsSluiceItselfOnlyIfTheProfileIsSaid(String name, String target, String needs) {
    Map<?, ?> service = service(name);

    assertThat(list(service, "profiles")).containsExactly("app");
    assertThat(map(service, "build"))
        .hasToString(
            "{context=., dockerfile=src/docker/Dockerfile, target="
                + target
                + ", args=[JDK_IMAGE]}");
    assertThat(service.get("read_only")).isEqualTo(true);
    assertThat(service.get("restart")).isEqualTo("unless-stopped");
    assertThat(service.get("ports")).isNull();
    assertThat(map(service, "depends_on").get(needs)).hasToString("{condition=service_healthy}");
    assertThat(map(service, "healthcheck").get("start_interval")).isEqualTo("2s");
  }

  /** The consumer's, as its image says, is well while it runs: it has no address. */
  @Test
  void hasTheConsumerWaitUntilThePipelineWorks() {
    assertThat(map(service("sluice"), "environment").get("SLUICE_HTTP"))
        .isEqualTo("127.0.0.1:8080");
    assertThat(list(map(service("sluice"), "healthcheck"), "test"))
        .containsExactly("CMD", "/sluice/health", "/readyz");
    assertThat(map(service("sluice-consume"), "healthcheck").get("test")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sluice", "sluice-consume"})
  void hasSluiceUseTheNamesThatTheMembersGiveAndTheBrokersOwnPort(String name) {
    Map<?, ?> service = service(name);
    Map<?, ?> environment = map(service, "environment");

    assertThat(service.get("network_mode")).isEqualTo("service:mongo-network");
    assertThat(
            environment
                .get("MONGO_DATABASE_HOST")
                .toString()
                .replaceAll("\\$\\{\\w+:-(\\d+)}", "$1"))
        .isEqualTo(SettingKey.MONGO_DATABASE_HOST.defaultValue());
    assertThat(environment.get("RABBITMQ_HOST")).isEqualTo("rabbitmq");
    assertThat(environment.get("RABBITMQ_PORT")).isEqualTo(5672);
    // What .env says elsewise of the servers would lead nowhere from there.
    for (String key :
        List.of(
            "MONGO_DATABASE_HOST_FILE",
            "RABBITMQ_DEFAULT_PASSWORD_FILE",
            "RABBITMQ_URI",
            "RABBITMQ_URI_FILE")) {
      assertThat(environment.get(key)).as(key).isEqualTo("");
    }
  }

  @Test
  void keepsWhatTheConsumerWrites() {
    assertThat(list(service("sluice-consume"), "volumes")).containsExactly("consumed:/data");
    assertThat(map(compose, "volumes").containsKey("consumed")).isTrue();
  }

  @Test
  void pinsTheImagesThatTheTestsUse() {
    List<String> images =
        map(compose, "services").values().stream()
            .map(service -> (Map<?, ?>) service)
            .filter(service -> !service.containsKey("build"))
            .map(service -> service.get("image").toString())
            .distinct()
            .toList();

    assertThat(images).containsExactlyInAnyOrder(TestMongo.IMAGE, TestRabbit.IMAGE);
    assertThat(images).allMatch(image -> image.matches("[a-z]+:\\d+\\.\\d+\\.\\d+(-[a-z]+)?"));
  }

  @Test
  void makesTheUserThatSluiceLogsInAs() {
    assertThat(map(service("rabbitmq"), "environment"))
        .hasToString(
            "{RABBITMQ_DEFAULT_USER=${RABBITMQ_DEFAULT_USERNAME:-guest},"
                + " RABBITMQ_DEFAULT_PASS=${RABBITMQ_DEFAULT_PASSWORD:-guest}}");
    assertThat(service("rabbitmq").get("hostname")).isEqualTo("rabbitmq");
  }

  @Test
  void isAcceptedByTheComposeToolOfThisMachine() throws Exception {
    List<String> tool = composeTool();
    Assumptions.assumeFalse(tool.isEmpty(), "neither docker compose nor docker-compose here");

    assertThat(run(tool, "--file", fileFor(tool), "config", "--quiet")).isEmpty();
  }

  @Test
  void takesOtherPortsInsideAndOutside() throws Exception {
    List<String> tool = composeTool();
    Assumptions.assumeFalse(tool.isEmpty(), "neither docker compose nor docker-compose here");
    Path ports = directory.resolve("ports.env");
    Files.writeString(ports, "LOCAL_MONGO2_PORT=4002\nRABBITMQ_PORT=4004\n");

    String config = run(tool, "--file", fileFor(tool), "--env-file", ports.toString(), "config");

    assertThat(config)
        .contains("--port=4002", "'localhost:4002'", "/127.0.0.1/4002", "4004")
        .doesNotContain("30002", ":5673");
  }

  /**
   * Compose 1, which some still have, does not know start_interval, nor a file of settings that
   * need not be there; src/local/servers leaves them out.
   */
  private String fileFor(List<String> tool) throws Exception {
    if (!run(tool, "version").contains("docker-compose version 1.")) {
      return FILE.toString();
    }
    Path older = directory.resolve("older.yaml");
    Files.writeString(
        older,
        Files.readString(FILE)
            .replaceAll(" +start_interval: .*\n", "")
            .replaceAll(" +env_file:\n +- path: .env\n +required: false\n", ""));
    return older.toString();
  }

  private static List<String> composeTool() throws Exception {
    for (List<String> tool : List.of(List.of("docker", "compose"), List.of("docker-compose"))) {
      if (run(tool, "version").toLowerCase(Locale.ROOT).contains("compose version")) {
        return tool;
      }
    }
    return List.of();
  }

  /** What the command printed, or nothing if there is no such program. */
  private static String run(List<String> program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String printed = new String(process.getInputStream().readAllBytes());
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return printed;
    } catch (IOException noSuchProgram) {
      return "";
    }
  }

  private static Map<?, ?> parse() {
    try {
      return new Yaml().load(Files.readString(FILE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<?, ?> service(String name) {
    return map(map(compose, "services"), name);
  }

  private static Map<?, ?> map(Map<?, ?> parent, String key) {
    assertThat(parent.containsKey(key)).as(key).isTrue();
    return (Map<?, ?>) parent.get(key);
  }

  private static List<String> list(Map<?, ?> parent, String key) {
    return ((Collection<?>) parent.get(key)).stream().map(Object::toString).toList();
  }
}
