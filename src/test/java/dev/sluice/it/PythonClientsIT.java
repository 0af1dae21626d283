package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.sluice.testing.TestMongo;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Other people's clients on both ends: pymongo and pika, as Debian ships them. */
class PythonClientsIT {
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
}
