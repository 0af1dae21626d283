package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.OtlpReceiver;
import dev.sluice.testing.OtlpReceiver.Span;
import dev.sluice.testing.SluiceProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped jars: a trace from the capture of a change to where it is kept. */
class TracingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String OWN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @TempDir private Path folder;

  private static void awaitSpans(OtlpReceiver collector, int kind, int count) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(collector.spans(kind)).hasSize(count));
  }

  @Test
  void thePipelineBeginsATraceAndTheConsumerGoesOnWithIt() throws Exception {
    try (OtlpReceiver collector = new OtlpReceiver();
        PipelineUnderTest sluice =
            new PipelineUnderTest(Map.of("SLUICE_TRACEPARENT_FIELD", "trace"))) {
      Map<String, String> environment = new HashMap<>(sluice.environment());
      environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
      environment.put("OTEL_BSP_SCHEDULE_DELAY", "50");
      Map<String, String> patient = new HashMap<>(environment);
      // What a stop sends, and nothing else.
      patient.put("OTEL_BSP_SCHEDULE_DELAY", "3600000");
      try (SluiceProcess run = SluiceProcess.run(patient).awaitStreaming();
          SluiceProcess consume =
              SluiceProcess.start(
                  environment,
                  List.of(),
                  "consume",
                  "--to",
                  "file:" + folder.resolve("plays.jsonl"))) {
        sluice.collection().insertOne(new BsonDocument("_id", new BsonInt32(1)));
        awaitSpans(collector, OtlpReceiver.CONSUMER, 1);
        sluice
            .collection()
            .insertOne(
                new BsonDocument("_id", new BsonInt32(2)).append("trace", new BsonString(OWN)));
        awaitSpans(collector, OtlpReceiver.CONSUMER, 2);
        assertThat(collector.spans(OtlpReceiver.PRODUCER)).isEmpty();
        assertThat(run.terminate()).as(run.log()).isZero();
        assertThat(consume.terminate()).as(consume.log()).isZero();
      }

      List<Span> sent = collector.spans(OtlpReceiver.PRODUCER);
      List<Span> processed = collector.spans(OtlpReceiver.CONSUMER);
      assertThat(sent)
          .extracting(Span::name)
          .containsExactly("send " + sluice.exchange(), "send " + sluice.exchange());
      assertThat(processed).extracting(Span::name).containsOnly("process " + sluice.queue());
      assertThat(processed.get(0).trace()).isEqualTo(sent.get(0).trace());
      assertThat(processed.get(0).parent()).isEqualTo(sent.get(0).id());
      assertThat(processed.get(0).beginNanos()).isGreaterThanOrEqualTo(sent.get(0).beginNanos());
      assertThat(sent.get(0).endNanos()).isGreaterThan(sent.get(0).beginNanos());
      assertThat(sent.get(1).links()).containsExactly(OWN.substring(3, 52));
      assertThat(processed.get(1).trace()).isEqualTo(OWN.substring(3, 35));
      assertThat(processed.get(1).parent()).isEqualTo(OWN.substring(36, 52));
      assertThat(Files.readAllLines(folder.resolve("plays.jsonl")))
          .hasSize(2)
          .allMatch(line -> line.contains("\"traceparent\": \"00-"));
    }
  }

  @Test
  void withoutTheJarItIsSaidThatThereAreNoSpans() throws Exception {
    Path jar = folder.resolve("sluice.jar");
    Files.copy(Path.of(System.getProperty("sluice.jar", "target/sluice.jar")), jar);
    Path log = folder.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-jar",
                jar.toString(),
                "run")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().clear();
    builder.environment().put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1");
    builder.environment().put("SLUICE_MAX_MESSAGE_BYTES", "1MiB");
    Process process = builder.start();
    try {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(Files.readString(log))
                      .containsOnlyOnce("put sluice-tracing.jar beside sluice.jar"));
    } finally {
      process.destroyForcibly().onExit().join();
    }
  }
}
