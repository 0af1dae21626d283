package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.Durations;
import dev.sluice.config.SettingKey;
import dev.sluice.config.SettingsReader;
import dev.sluice.pipeline.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The units of deploy/systemd fit the program, and systemd understands them. */
class SystemdTest {
  private static final Path FOLDER = Path.of("deploy/systemd");
  private static final String PIPELINE = "sluice.service";
  private static final String CONSUMER = "sluice-consume@.service";

  @TempDir Path directory;

  /** The values of a key, in their order. */
  private static List<String> values(String unit, String key) throws IOException {
    return Files.readAllLines(FOLDER.resolve(unit)).stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .toList();
  }

  private static Set<Integer> codes(String... names) throws IOException {
    Set<Integer> codes = new TreeSet<>();
    for (String name : names) {
      codes.add(Sources.exitCode(name));
    }
    return codes;
  }

  /** Whether the same start could end otherwise the next time. */
  private static boolean mayPass(FailureKind kind) {
    return switch (kind) {
      case TRANSIENT, TAKEN_OVER, BUG -> true;
      case UNROUTABLE, POSITION_LOST, POISON_EVENT, MISCONFIGURED -> false;
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {PIPELINE, CONSUMER})
  void whatStartingAgainDoesNotMendIsNotStartedAgain(String unit) throws IOException {
    Set<Integer> wanted = codes("WRONG_SETTINGS");
    for (FailureKind kind : FailureKind.values()) {
      if (!mayPass(kind)) {
        wanted.addAll(codes(kind.name()));
      }
    }

    assertThat(values(unit, "Restart")).containsExactly("on-failure");
    assertThat(values(unit, "RestartPreventExitStatus"))
        .singleElement()
        .satisfies(
            listed ->
                assertThat(Arrays.stream(listed.split(" ")).map(Integer::valueOf))
                    .containsExactlyElementsOf(wanted));
    assertThat(values(unit, "StartLimitIntervalSec")).as("never given up").containsExactly("0");
  }

  @Test
  void thePipelineHasTimeToDrainAndToClose() throws IOException {
    assertThat(timeToStop(PIPELINE))
        .isGreaterThanOrEqualTo(
            Durations.parse(SettingKey.SLUICE_DRAIN_TIMEOUT.defaultValue())
                .plus(Sources.seconds("RunCommand", "CLOSING"))
                .plusSeconds(5));
  }

  @Test
  void theConsumerHasTimeForItsBatchAndToClose() throws IOException {
    assertThat(timeToStop(CONSUMER))
        .isGreaterThanOrEqualTo(
            Sources.seconds("ConsumerRun", "CLOSING")
                .plus(Sources.seconds("ConsumerRun", "ENDING"))
                .plusSeconds(5));
  }

  private static Duration timeToStop(String unit) throws IOException {
    return Duration.ofSeconds(Long.parseLong(values(unit, "TimeoutStopSec").get(0)));
  }

  @ParameterizedTest
  @ValueSource(strings = {PIPELINE, CONSUMER})
  void eachFileThatIsNamedIsLoaded(String unit) throws IOException {
    List<String> loaded =
        values(unit, "LoadCredential").stream()
            .map(value -> value.replaceFirst(":.*", ""))
            .toList();
    List<String> named = new ArrayList<>();
    for (String value : values(unit, "Environment")) {
      String[] setting = value.split("=%d/");
      assertThat(Arrays.stream(SettingKey.values()).map(SettingKey::name)).contains(setting[0]);
      named.add(setting[1]);
    }
    for (String word : values(unit, "ExecStart").get(0).split(" ")) {
      if (word.contains("%d/")) {
        named.add(word.replaceFirst(".*%d/", ""));
      }
    }

    assertThat(loaded).containsExactlyInAnyOrderElementsOf(named);
  }

  @Test
  void theSettingsAreReadWithoutAComplaint() throws IOException {
    Map<String, String> environment = new HashMap<>();
    for (String value : values(PIPELINE, "Environment")) {
      environment.put(
          value.replaceFirst("=.*", ""), value.replaceFirst(".*%d", directory.toString()));
    }
    Files.writeString(directory.resolve("mongodb-uri"), "mongodb://a,b/?replicaSet=rs0\n");
    Files.writeString(directory.resolve("rabbitmq-uri"), "amqp://sluice:secret@c/%2F\n");

    assertThat(SettingsReader.readNamed(environment, FOLDER.resolve("sluice.env")).warnings())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {PIPELINE, CONSUMER})
  void systemdUnderstandsEachLineAndFindsLittleToAttack(String unit) throws Exception {
    Path analyze = Path.of("/usr/bin/systemd-analyze");
    Assumptions.assumeTrue(Files.isExecutable(analyze), "systemd is not installed");
    // It looks whether the program is there, which it is in /opt/sluice where it is installed.
    Path copy = directory.resolve(unit.replace("@", "@plays"));
    Files.writeString(
        copy, Files.readString(FOLDER.resolve(unit)).replace("/opt/sluice/bin/sluice", "/bin/cat"));

    assertThat(output(analyze, "verify", "--man=no", copy.toString())).isEmpty();
    // Of ten, of which the most careful services of systemd itself reach two.
    assertThat(output(analyze, "security", "--offline=yes", "--threshold=20", copy.toString()))
        .contains("Overall exposure level");
  }

  private static String output(Path program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(program.toString(), "--no-pager"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @ParameterizedTest
  @ValueSource(strings = {PIPELINE, CONSUMER})
  void itMayDoNothingButItsWork(String unit) throws IOException {
    assertThat(values(unit, "DynamicUser")).containsExactly("yes");
    assertThat(values(unit, "CapabilityBoundingSet")).containsExactly("");
    assertThat(values(unit, "MemoryDenyWriteExecute")).as("the JVM compiles").isEmpty();
    assertThat(values(unit, "ExecStart")).singleElement().asString().startsWith("/opt/sluice/bin/");
  }
}
