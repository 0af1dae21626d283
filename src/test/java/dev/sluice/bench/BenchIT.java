package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.testing.BuiltProgram;
import dev.sluice.testing.RabbitNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code make bench-smoke} as a process: that it works and counts right. No figure is looked at.
 */
class BenchIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @TempDir private Path directory;

  private Process start(Map<String, String> options) throws IOException {
    return BuiltProgram.start("dev.sluice.bench.Bench", options, directory, log());
  }

  private Path log() {
    return directory.resolve("bench.log");
  }

  private int exitCode(Process process) throws InterruptedException, IOException {
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("It does not end:\n" + Files.readString(log()));
    }
    return process.exitValue();
  }

  @Test
  void aShortRunCountsWhatEveryContenderCarriesAndWritesItsResults() throws Exception {
    Process run =
        start(
            Map.of(
                "BENCH", "smoke",
                "EVENTS", "1000",
                "CONTENDERS", "source,sink,bare,sluice,pipe,sink-stream,bare-stream,sluice-stream",
                "BENCH_ANY_RABBITMQ", "1"));

    assertThat(exitCode(run)).as(Files.readString(log())).isZero();
    JsonNode results = new ObjectMapper().readTree(written(".json").toFile());
    JsonNode backlog = results.at("/backlogs/0");
    for (String contender : List.of("source", "sink", "bare", "sluice", "pipe")) {
      assertThat(backlog.at("/" + contender + "/0/steadyPerSecond").asDouble())
          .as(contender)
          .isPositive();
      assertThat(backlog.at("/" + contender + "/0/peakMegabytes").asDouble()).isPositive();
    }
    if (RabbitNode.installation().isPresent()) {
      for (String contender : List.of("sink-stream", "bare-stream", "sluice-stream")) {
        assertThat(backlog.at("/" + contender + "/0/steadyPerSecond").asDouble())
            .as(contender)
            .isPositive();
      }
      assertThat(backlog.at("/bare/0/brokerCpuPer100k").asDouble()).isPositive();
    }
    JsonNode latencies = results.at("/latencies/0/sluice/0");
    assertThat(latencies).hasSize(2);
    assertThat(latencies.at("/0/sinceDue/p50").asDouble()).isPositive();
    assertThat(Files.readString(written(".md"))).contains("| sluice |", "Sluice's stages");
    assertThat(written("-throughput.png")).isNotEmptyFile();
    assertThat(written("-latency.png")).isNotEmptyFile();
  }

  @Test
  void aCollectionIsCopiedByEveryContenderAndWhollyByEach() throws Exception {
    Process run =
        start(
            Map.of(
                "BENCH", "snapshot",
                "EVENTS", "3000",
                "ROUNDS", "1",
                "LIVE_ROUNDS", "0",
                "BENCH_ANY_RABBITMQ", "1"));

    assertThat(exitCode(run)).as(Files.readString(log())).isZero();
    assertThat(Files.readString(written("-snapshot.md")))
        .contains("| export |", "| loop |", "| sluice-1 |", "| sluice-4 |")
        .doesNotContain("| sluice-1 | – |");
  }

  private Path written(String end) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("target/bench"))) {
      return files.filter(file -> file.toString().endsWith(end)).findFirst().orElseThrow();
    }
  }

  @Test
  void withoutARealRabbitMqItSaysSoAndEndsWithTwo() throws Exception {
    Process run =
        start(Map.of("SLUICE_TEST_RABBITMQ", "embedded", "SLUICE_TEST_REQUIRE_REAL_RABBITMQ", ""));

    assertThat(exitCode(run)).as(Files.readString(log())).isEqualTo(2);
    assertThat(Files.readString(log())).contains("bench: there is no real RabbitMQ here");
  }

  @Test
  void anUnknownContenderIsRefused() throws Exception {
    Process run = start(Map.of("CONTENDERS", "kafka"));

    assertThat(exitCode(run)).as(Files.readString(log())).isEqualTo(2);
    assertThat(Files.readString(log())).contains("\"kafka\" is none").contains("debezium");
  }
}
