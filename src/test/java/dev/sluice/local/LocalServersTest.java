package dev.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.local.BareMachine.Ended;
import dev.sluice.testing.FreePorts;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/** What src/local/servers refuses, and what it asks of Docker, with a stand-in for that. */
class LocalServersTest {
  private static final List<String> KEYS =
      List.of(
          "LOCAL_MONGO1_PORT",
          "LOCAL_MONGO2_PORT",
          "LOCAL_MONGO3_PORT",
          "RABBITMQ_PORT",
          "LOCAL_RABBITMQ_MANAGEMENT_PORT");

  @TempDir Path directory;
  private BareMachine machine;
  private final List<Integer> ports = FreePorts.take(5);

  @BeforeEach
  void hasNothing() throws Exception {
    machine = new BareMachine(directory);
    writeEnvFile();
  }

  private void writeEnvFile(String... more) throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < KEYS.size(); i++) {
      lines.add(KEYS.get(i) + "=" + ports.get(i));
    }
    lines.add("MONGO_DATABASE_HOST=" + uri());
    lines.addAll(List.of(more));
    machine.write(".env", lines.toArray(String[]::new));
  }

  private String uri() {
    return String.format(
        "mongodb://localhost:%d,localhost:%d,localhost:%d/?replicaSet=my-replica-set",
        ports.get(0), ports.get(1), ports.get(2));
  }

  /** Answers as an engine of this API version, and notes what it is told. */
  private void hasDocker(String api) throws Exception {
    machine.program(
        "docker",
        "echo \"$*\" >>\"" + machine.file("told") + "\"",
        "case \"$*\" in",
        "  version*) echo " + api + " ;;",
        "  *'--file -'*up*) cat >\"" + machine.file("given.yaml") + "\" ;;",
        "esac");
  }

  private Ended start() throws Exception {
    return machine.servers(Map.of(), "start");
  }

  @ParameterizedTest
  @CsvSource({"0, embedded", "1, embedded", "2, embedded", "3, embedded", "2, auto", "4, auto"})
  void saysWhichPortIsTakenAndWhichKeyChangesIt(int taken, String backend) throws Exception {
    if (backend.equals("auto")) {
      hasDocker("1.44");
    }
    int port = ports.get(taken);
    try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThat(other.isBound()).isTrue();

      assertThat(machine.servers(Map.of("BACKEND", backend), "start"))
          .isEqualTo(
              new Ended(
                  1,
                  "local servers: port "
                      + port
                      + " on 127.0.0.1 is taken by another program: stop that one, or set "
                      + KEYS.get(taken)
                      + " in .env to a free port.\n"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "LOCAL_MONGO2_PORT=0, 'LOCAL_MONGO2_PORT must be a whole number from 1 to 65535, not 0.'",
    "RABBITMQ_PORT=65536, 'RABBITMQ_PORT must be a whole number from 1 to 65535, not 65536.'",
    "RABBITMQ_PORT=amqp, 'RABBITMQ_PORT must be a whole number from 1 to 65535, not amqp.'",
    "LOCAL_MONGO_PORT=1, 'LOCAL_MONGO_PORT in .env is no setting: of LOCAL_ there are"
        + " LOCAL_MONGO1_PORT, LOCAL_MONGO2_PORT, LOCAL_MONGO3_PORT and"
        + " LOCAL_RABBITMQ_MANAGEMENT_PORT.'",
  })
  void refusesAWrongPortInOneSentence(String line, String sentence) throws Exception {
    writeEnvFile(line);

    assertThat(start()).isEqualTo(new Ended(1, "local servers: " + sentence + "\n"));
  }

  @Test
  void refusesOnePortForTwo() throws Exception {
    writeEnvFile("LOCAL_MONGO3_PORT=" + ports.get(0));

    assertThat(start().output())
        .contains("LOCAL_MONGO3_PORT must be another port than " + ports.get(0));
  }

  @Test
  void letsTheEnvironmentWinOverTheFile() throws Exception {
    hasDocker("1.44");

    assertThat(machine.servers(Map.of("RABBITMQ_PORT", "" + ports.get(4)), "start").output())
        .contains("LOCAL_RABBITMQ_MANAGEMENT_PORT must be another port than " + ports.get(4));
  }

  @Test
  void startsByDockerAndSaysOnWhichPorts() throws Exception {
    hasDocker("1.44");

    Ended started = start();

    assertThat(started.code()).isZero();
    assertThat(started.output())
        .contains(ports.get(0) + ", " + ports.get(1) + ", " + ports.get(2))
        .contains("localhost:" + ports.get(3) + ", management http://localhost:" + ports.get(4))
        .doesNotContain("leads Sluice");
    assertThat(Files.readAllLines(machine.file("told"))).contains("compose up -d --wait");
  }

  @Test
  void givesAnOlderEngineAFileThatItTakes() throws Exception {
    hasDocker("1.41");

    assertThat(start().code()).isZero();

    String given = Files.readString(machine.file("given.yaml"));
    Map<?, ?> services = (Map<?, ?>) ((Map<?, ?>) new Yaml().load(given)).get("services");
    assertThat(given).doesNotContain("start_interval:", "env_file:", "required:");
    assertThat((Map<?, ?>) ((Map<?, ?>) services.get("rabbitmq")).get("healthcheck"))
        .hasToString(
            "{test=[CMD, bash, -c, < /dev/tcp/127.0.0.1/5672], timeout=20s, retries=3,"
                + " start_period=180s, interval=5s}");
    assertThat(Files.readAllLines(machine.file("told")))
        .contains("compose --file - --project-directory . up -d --wait");
  }

  @ParameterizedTest
  @CsvSource({
    "MONGO_DATABASE_HOST=mongodb://localhost:30009/?replicaSet=my-replica-set,"
        + " MONGO_DATABASE_HOST leads Sluice to other servers than these: for these it must be ",
    "'MONGO_DATABASE_HOST=mongodb+srv://me:secret@db.example.org/',"
        + " MONGO_DATABASE_HOST leads Sluice to other servers than these: for these it must be ",
    "MONGO_DATABASE_HOST=,"
        + " MONGO_DATABASE_HOST leads Sluice to other servers than these: for these it must be ",
    "RABBITMQ_HOST=rabbit.example.org, RABBITMQ_URI or RABBITMQ_HOST leads Sluice to another",
    "RABBITMQ_URI=amqp://me:secret@localhost/, RABBITMQ_URI or RABBITMQ_HOST leads Sluice to",
  })
  void saysWhenTheSettingsLeadElsewhere(String line, String sentence) throws Exception {
    hasDocker("1.44");
    writeEnvFile(line);

    Ended started = start();

    assertThat(started.code()).isZero();
    assertThat(started.output()).contains("Started by Docker", sentence).doesNotContain("secret");
  }

  @Test
  void doesNotTakeASetInDockersVolumesForOneOnOtherPorts() throws Exception {
    hasDocker("1.44");
    start();
    int other = FreePorts.one();
    writeEnvFile("LOCAL_MONGO1_PORT=" + other);

    assertThat(start().output())
        .contains("was made on ports " + ports.get(0) + " " + ports.get(1))
        .contains("make local-clean");
    assertThat(machine.servers(Map.of("YES", "1"), "clean").code()).isZero();
    assertThat(start().output()).contains("Started by Docker");
  }
}
