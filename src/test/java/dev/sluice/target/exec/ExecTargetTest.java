package dev.sluice.target.exec;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.consume.Batch;
import dev.sluice.consume.CallSettings;
import dev.sluice.consume.Event;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ExecTargetTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path directory;

  private static Batch events(int count, int bytes) {
    String json = "{\"filler\": \"" + "x".repeat(bytes) + "\"}";
    return new Batch(
        IntStream.range(0, count).mapToObj(n -> insert(PLAYS, key(n), position(n), json)).toList());
  }

  private static void apply(String command, CallSettings calls, Batch batch) {
    try (Target target = ExecTarget.opener(command, calls).open()) {
      target.apply(batch);
    }
  }

  private static void apply(String command) {
    apply(command, CallSettings.DEFAULT, events(3, 10));
  }

  private static TargetException failureOf(String command) {
    return catchThrowableOfType(TargetException.class, () -> apply(command));
  }

  private static CallSettings within(Duration timeout) {
    return new CallSettings(1, timeout);
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  @Test
  void handsTheBatchToOneRunOfTheCommandAsLinesOfJson() throws Exception {
    apply(
        "echo \"$SLUICE_EVENTS\" >> " + file("counts") + "; cat >> " + file("lines"),
        CallSettings.DEFAULT,
        events(1_000, 200));

    assertThat(file("counts")).hasContent("1000");
    List<String> lines = Files.readAllLines(file("lines"));
    assertThat(lines).hasSize(1_000);
    JsonNode last = new ObjectMapper().readTree(lines.get(999));
    assertThat(last.get("_id").asText()).isEqualTo(key(999).id());
    assertThat(last.get("document").get("filler").asText()).hasSize(200);
  }

  @ParameterizedTest
  @CsvSource({
    "1, UNAVAILABLE",
    "64, UNUSABLE",
    "65, REFUSED",
    "75, UNAVAILABLE",
    "77, UNUSABLE",
    "78, UNUSABLE",
    "126, UNUSABLE",
    "127, UNUSABLE"
  })
  void isAnsweredByTheExitCode(int code, Kind kind) {
    TargetException failure =
        failureOf("cat > /dev/null; echo first >&2; echo why it is so >&2; exit " + code);

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure)
        .hasMessageContaining("code " + code)
        .hasMessageEndingWith("having said: why it is so");
    assertThat(failure.event()).isEmpty();
  }

  @Test
  void aCommandThatIsNotThereStopsTheConsumer() {
    TargetException failure = failureOf("no-such-command-of-sluice --fast");

    assertThat(failure.kind()).isEqualTo(Kind.UNUSABLE);
    assertThat(failure)
        .hasMessageContaining("no-such-command-of-sluice")
        .hasMessageContaining("127");
  }

  @Test
  void aCommandThatMayNotBeRunStopsTheConsumer() throws Exception {
    Path script = Files.writeString(file("script.sh"), "exit 0\n");

    assertThat(failureOf(script.toString()).kind()).isEqualTo(Kind.UNUSABLE);
  }

  @Test
  void noCommandAtAllIsSaidAtOnce() {
    assertThatThrownBy(() -> ExecTarget.opener(" ", CallSettings.DEFAULT))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining("exec: wants a command");
  }

  @Test
  void aCommandThatDiesOfASignalInTheMiddleIsTriedAgain() {
    TargetException failure = failureOf("read -r first; kill -KILL $$");

    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("137");
  }

  @Test
  void aCommandThatEndsWellWithoutReadingIsBelieved() {
    apply("exit 0", CallSettings.DEFAULT, events(100, 20_000));
  }

  @Test
  void aCommandThatDoesNotReadHangsNobodyAndIsKilledWithItsChildren() throws Exception {
    String command =
        "sh -c 'echo $$ > " + file("child") + "; sleep 600'; echo over > " + file("end");

    assertThatThrownBy(() -> apply(command, within(Duration.ofSeconds(1)), events(100, 20_000)))
        .isInstanceOfSatisfying(
            TargetException.class,
            failure -> assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE))
        .hasMessageContaining("had not ended after 1000 ms (--timeout)");

    long child = Long.parseLong(Files.readString(file("child")).strip());
    await()
        .atMost(PATIENCE)
        .until(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    assertThat(file("end")).doesNotExist();
  }

  @Test
  void aCommandThatDoesNotListenToItsEndIsKilledAllTheSame() {
    assertThatThrownBy(
            () ->
                apply(
                    "trap '' TERM; while :; do :; done",
                    within(Duration.ofMillis(300)),
                    events(1, 1)))
        .hasMessageContaining("was killed");
  }

  @Test
  void whatACommandLeavesRunningHoldsNobodyUp() throws Exception {
    apply("cat > /dev/null; sleep 600 & echo $! > " + file("left"));

    long left = Long.parseLong(Files.readString(file("left")).strip());
    ProcessHandle.of(left).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void howeverMuchACommandSaysItGoesOn() {
    TargetException failure =
        failureOf("cat > /dev/null; seq 1 200000 >&2; seq 1 200000; printf the-end >&2; exit 75");

    assertThat(failure).hasMessageEndingWith("having said: the-end");
  }

  @Test
  void aCommandDoesNotHearCtrlC() {
    apply("cat > /dev/null; kill -INT $$; sh -c 'kill -INT $$'");
  }

  @Test
  void severalWorkersRunSeveralCommandsEachWithDocumentsOfItsOwn() throws Exception {
    // Each waits until all three are there.
    String command =
        "cat > "
            + file("share")
            + "-$$; while [ $(ls "
            + directory
            + " | wc -l) -lt 3 ]; do sleep 0.05; done";
    apply(command, new CallSettings(3, PATIENCE), events(60, 10));

    try (var files = Files.list(directory)) {
      List<Path> shares = files.toList();
      assertThat(shares).hasSize(3);
      int lines = 0;
      for (Path share : shares) {
        lines += Files.readAllLines(share).size();
      }
      assertThat(lines).isEqualTo(60);
    }
  }

  @Test
  void anInterruptEndsTheCommand() throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread consumer =
        new Thread(
            () -> {
              try {
                apply("echo $$ > " + file("running") + "; sleep 600");
              } catch (TargetException e) {
                failure.set(e);
              }
            });
    consumer.start();
    await()
        .atMost(PATIENCE)
        .until(() -> Files.exists(file("running")) && Files.size(file("running")) > 0);
    long running = Long.parseLong(Files.readString(file("running")).strip());
    consumer.interrupt();
    consumer.join();

    assertThat(failure.get()).isInstanceOf(TargetException.class);
    await()
        .atMost(PATIENCE)
        .until(() -> ProcessHandle.of(running).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void anEmptyBatchRunsNothing() {
    apply("exit 64", CallSettings.DEFAULT, new Batch(List.<Event>of()));
  }
}
