package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.sluice.testing.TestMongo;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Other people's clients on both ends: pymongo and pika, as Debian ships them. */
class PythonClientsIT {
  private static final int KILLS = 2;
  private static final long SEED = 5;
  private static final String PYTHON = "/usr/bin/python3";

  private static boolean hasClients() throws IOException, InterruptedException {
    return Files.isExecutable(Path.of(PYTHON))
        && new ProcessBuilder(PYTHON, "-c", "import pymongo, pika")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
  }

  @Test
  void aThousandDocumentsOfMixedTypesComeOutInOrderOnceAndValid() throws Exception {
    Assumptions.assumeTrue(hasClients(), "needs python3-pymongo and python3-pika");
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start()) {
      Path out = Files.createTempFile("python-clients", ".jsonl");
      Process python =
          new ProcessBuilder(
                  PYTHON,
                  "src/test/python/thousand_documents.py",
                  TestMongo.shared().uri(),
                  sluice.database(),
                  TestRabbit.shared().uri(),
                  sluice.queue())
              .redirectOutput(out.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      assertThat(python.waitFor(80, TimeUnit.SECONDS)).isTrue();
      List<String> events = Files.readAllLines(out);
      Files.delete(out);

      assertThat(python.exitValue()).isZero();
      assertThat(events).hasSize(1000);
      JsonSchema schema =
          JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
              .getSchema(Files.readString(Path.of("docs/change-event.schema.json")));
      assertThat(events)
          .allSatisfy(event -> assertThat(schema.validate(event, InputFormat.JSON)).isEmpty());
    }
  }

  /** Recipe 2 of docs/CONSUMING.md, killed again and again. */
  @Test
  void aPythonConsumerThatUpsertsByClusterTimeEndsAsTheCollection() throws Exception {
    Assumptions.assumeTrue(hasClients(), "needs python3-pymongo and python3-pika");
    Path copy = Files.createTempFile("python-copy", ".sqlite");
    try (RepeatedChanges changes = new RepeatedChanges(SEED)) {
      String queue = changes.queue();
      for (int i = 0; i < KILLS; i++) {
        Process killed = upsert("run", copy, TestRabbit.shared().uri(), queue);
        changes.make();
        killed.destroyForcibly().waitFor();
      }
      Process consumer = upsert("run", copy, TestRabbit.shared().uri(), queue);
      try {
        await()
            .atMost(FaultyRabbit.PATIENCE)
            .pollInterval(Duration.ofSeconds(1))
            .untilAsserted(() -> assertThat(dump(copy)).isEqualTo(changes.state()));
      } finally {
        consumer.destroyForcibly().waitFor();
      }
    } finally {
      Files.delete(copy);
    }
  }

  private static Process upsert(String command, Path copy, String... more) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of(PYTHON, "src/test/python/upsert_by_position.py", command, copy.toString()));
    arguments.addAll(List.of(more));
    return new ProcessBuilder(arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static Map<String, Integer> dump(Path copy) throws Exception {
    Process dump = upsert("dump", copy);
    Map<String, Integer> state = new TreeMap<>();
    new ObjectMapper()
        .readTree(dump.getInputStream())
        .properties()
        .forEach(each -> state.put(each.getKey(), each.getValue().get("n").asInt()));
    assertThat(dump.waitFor()).isZero();
    return state;
  }
}
