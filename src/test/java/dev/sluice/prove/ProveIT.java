package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.mongo.ServerVersion;
import dev.sluice.testing.BuiltProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code make prove} as a process, with servers of its own: short, so with a few faults only. What
 * a long run would find is found by long runs.
 */
class ProveIT {
  /** A few faults, of which each may cost a start of RabbitMQ on a busy machine. */
  private static final String DURATION = "15s";

  /** A build runs beside it: it is to prove, not to load. */
  private static final String RATE = "200";

  private static final Duration LIMIT = Duration.ofMinutes(4);

  /** Its evidence stays there, apart from what the build's own tests note of their servers. */
  private static final Path FOLDER = Path.of("target", "prove-it").toAbsolutePath();

  @TempDir private Path directory;

  private Process start(Map<String, String> options) throws IOException {
    return BuiltProgram.start(
        "dev.sluice.prove.Prove", options, Files.createDirectories(FOLDER), log());
  }

  private Path log() {
    return directory.resolve("prove.log");
  }

  private String said() {
    try {
      return Files.readString(log());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private int exitCode(Process process) throws InterruptedException {
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("It does not end:\n" + said());
    }
    return process.exitValue();
  }

  private void proves(long seed, String shape) throws Exception {
    Process run =
        start(
            Map.of(
                "DURATION",
                DURATION,
                "RATE",
                RATE,
                "KEYS",
                "100",
                "FAULTS",
                "all",
                "SHAPE",
                shape,
                "SEED",
                Long.toString(seed)));

    int code = exitCode(run);
    System.out.println("make prove, seed " + seed + ":\n" + said());

    assertThat(code).as(said()).isZero();
    assertThat(said().lines().reduce((before, last) -> last).orElseThrow())
        .matches(
            "acked=[1-9]\\d* delivered=[1-9]\\d* lost=0 reordered=0 repeated=\\d+ changed=0"
                + "( [a-z-]+=0)+");
    assertThat(said()).contains("seed=" + seed).contains("recovery");
  }

  @Test
  void aSnapshotAmongKillsMakesAnExactCopy() throws Exception {
    Process run =
        start(
            Map.of(
                "SNAPSHOT", "1",
                "DOCUMENTS", "20000",
                "KILL_EVERY", "3",
                "RATE", RATE,
                "SEED", "1"));

    assertThat(exitCode(run)).as(said()).isZero();
    assertThat(said().lines().reduce((before, last) -> last).orElseThrow())
        .matches(
            "documents=[1-9]\\d* reads=[1-9]\\d* writes=\\d+ repeated=\\d+ kills=\\d+ wrong=0");
  }

  private static final int SIGINT = 2;

  @Test
  void aShortRunWithAFixedSeedLosesNothing() throws Exception {
    proves(1, "wide");
    assertThat(said())
        .containsPattern(
            "judged: 3 collections, [1-9]\\d* transactions committed \\([1-9]\\d* writes\\) and"
                + " [1-9]\\d* aborted \\([1-9]\\d* writes\\), [1-9]\\d* events too large,"
                + " [1-9]\\d* writes out of scope")
        .containsPattern("other messages: commit [1-9]");
  }

  @Test
  void aShortRunOfOneCollectionWithASeedOfItsOwnLosesNothing() throws Exception {
    proves(ThreadLocalRandom.current().nextInt(2, 1_000_000), "plain");
    assertThat(said()).contains("shape plain: 1 collection in 1 database to 1 queue, NEW_IMAGE");
  }

  @Test
  void partitionsWhoseMachinesAreKilledAndPausedCarryEachDocumentByOneOfThem() throws Exception {
    Process run =
        start(
            Map.of(
                "PARTITIONS", "3",
                "INSTANCES", "2",
                "DURATION", "15s",
                "RATE", RATE,
                "KEYS", "100",
                "FAULTS", "sluice-kill,sluice-pause",
                "SEED", "1"));

    assertThat(exitCode(run)).as(said()).isZero();
    assertThat(said())
        .contains("partitions that carried events: 3, over which leases were claimed ")
        .containsPattern("sluice-kill .* machine [12]")
        .containsPattern("sluice-pause .* machine [12]")
        .containsPattern("lost=0 reordered=0 repeated=\\d+ changed=0 two-partitions=0 ");
  }

  @Test
  void withoutImagesOnTheServerItSaysWhatItLeavesOutAndProvesTheRest() throws Exception {
    try (EmbeddedReplicaSet old =
        EmbeddedReplicaSet.builder().version(ServerVersion.V4_2).start()) {
      Process run =
          start(
              Map.of(
                  "SLUICE_TEST_MONGODB_URI",
                  old.uri(),
                  "DURATION",
                  "3s",
                  "RATE",
                  RATE,
                  "FAULTS",
                  "none"));

      assertThat(exitCode(run)).as(said()).isZero();
      assertThat(said())
          .contains("Left out: documents as they were before a change")
          .contains("3 collections in 2 databases to 3 queues, NEW_IMAGE, transactions");
    }
  }

  @Test
  void ctrlCEndsTheLoadAndGivesTheVerdictSoFar() throws Exception {
    Process run = start(Map.of("DURATION", "1h", "RATE", RATE, "FAULTS", "none"));
    await().atMost(LIMIT).until(() -> said().contains("the writing begins") || !run.isAlive());

    new ProcessBuilder("sh", "-c", "kill -" + stopSignal() + " " + run.pid()).start().waitFor();

    assertThat(exitCode(run)).as(said()).isZero();
    assertThat(said()).containsPattern("(?m)^acked=\\d+ delivered=\\d+ lost=0 reordered=0 ");
    assertThat(run.descendants()).isEmpty();
  }

  /**
   * A JVM that was started with SIGINT ignored, as a shell does it behind an "&amp;", goes on
   * ignoring it, and so do those it starts.
   */
  private static String stopSignal() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (Files.notExists(status)) {
      return "INT";
    }
    boolean ignored =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16))
            .anyMatch(signals -> (signals >> SIGINT - 1 & 1) == 1);
    return ignored ? "TERM" : "INT";
  }

  @Test
  void aFaultThatCannotBeCausedIsRefused() throws Exception {
    Process run =
        start(
            Map.of(
                "FAULTS", "broker-kill",
                "SLUICE_TEST_RABBITMQ", "embedded",
                "SLUICE_TEST_REQUIRE_REAL_RABBITMQ", ""));

    assertThat(exitCode(run)).as(said()).isEqualTo(2);
    assertThat(said()).contains("prove: broker-kill cannot be caused here: needs a RabbitMQ");
  }

  @Test
  void anUnknownFaultIsRefused() throws Exception {
    Process run = start(Map.of("FAULTS", "earthquake"));

    assertThat(exitCode(run)).as(said()).isEqualTo(2);
    assertThat(said()).contains("\"earthquake\" is no fault").contains("sluice-kill");
  }
}
