package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.testing.FreePorts;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.TcpProxy;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the shipped jar tells over HTTP while its servers come and go. */
class MonitoringIT {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /** What the page promises. */
  private static final Duration SHOWN_WITHIN = Duration.ofSeconds(2);

  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /** A value that must come out nowhere but in messages. */
  private static final String PRIVATE = "quixotry-of-somebody";

  @TempDir Path directory;

  private static HttpResponse<String> ask(int port, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return CLIENT.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static int code(int port, String path) throws IOException, InterruptedException {
    return ask(port, path).statusCode();
  }

  private static JsonNode status(int port) throws IOException, InterruptedException {
    return new ObjectMapper().readTree(ask(port, "/status").body());
  }

  private static boolean tells(int port, String line) throws IOException, InterruptedException {
    return ask(port, "/metrics").body().lines().anyMatch(line::equals);
  }

  private static Map<String, String> on(int port, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("SLUICE_HTTP", "127.0.0.1:" + port);
    return all;
  }

  private static void insert(PipelineUnderTest sluice, int from, int count) {
    sluice
        .collection()
        .insertMany(
            IntStream.range(from, from + count)
                .mapToObj(
                    i ->
                        new BsonDocument("_id", new BsonInt32(i))
                            .append("word", new BsonString(PRIVATE)))
                .toList());
  }

  @Test
  void tellsOfABrokersOutageAndOfAStandby() throws Exception {
    URI rabbit = URI.create(TestRabbit.shared().uri());
    int port = FreePorts.one();
    int standbyPort = FreePorts.one();
    try (TcpProxy proxy = TcpProxy.to(rabbit.getHost(), rabbit.getPort());
        PipelineUnderTest sluice =
            new PipelineUnderTest(
                Map.of(
                    "RABBITMQ_URI",
                    TestRabbit.shared()
                        .uri()
                        .replace(
                            rabbit.getHost() + ":" + rabbit.getPort(),
                            proxy.host() + ":" + proxy.port())));
        SluiceProcess active = SluiceProcess.run(on(port, sluice.environment())).awaitStreaming();
        SluiceProcess standby =
            SluiceProcess.run(on(standbyPort, sluice.environment())).awaitLog("STANDBY")) {
      insert(sluice, 0, 100);

      await()
          .atMost(PATIENCE)
          .until(() -> tells(port, "sluice_events_total{operation=\"insert\"} 100.0"));
      assertThat(code(port, "/readyz")).isEqualTo(200);
      assertThat(tells(port, "sluice_lease_held 1.0")).isTrue();
      assertThat(code(standbyPort, "/readyz")).as("able to take over").isEqualTo(200);
      assertThat(tells(standbyPort, "sluice_lease_held 0.0")).isTrue();
      assertThat(status(standbyPort).get("state").get("reason").asText()).contains("waiting");

      proxy.refuse();
      proxy.sever();

      await().atMost(SHOWN_WITHIN).until(() -> code(port, "/readyz") == 503);
      assertThat(code(port, "/livez")).as("no reason to be killed").isEqualTo(200);
      assertThat(code(standbyPort, "/readyz")).isEqualTo(200);
      insert(sluice, 100, 50);
      JsonNode down = status(port);
      assertThat(down.get("ready").asBoolean()).isFalse();
      assertThat(down.get("notReadyBecause").toString()).contains("RabbitMQ");
      assertThat(down.get("failures").get(0).get("message").asText()).contains("RabbitMQ");
      assertThat(ask(port, "/readyz?verbose").body()).contains("[-] state: BACKING_OFF");
      assertThat(tells(port, "sluice_state{state=\"backing_off\"} 1.0")).isTrue();
      await().atMost(PATIENCE).until(() -> status(port).get("lagSeconds").asDouble() > 0.5);

      proxy.accept();

      await().atMost(PATIENCE).until(() -> code(port, "/readyz") == 200);
      await()
          .atMost(PATIENCE)
          .until(() -> tells(port, "sluice_events_total{operation=\"insert\"} 150.0"));
      await().atMost(PATIENCE).until(() -> status(port).get("lagSeconds").asDouble() == 0);
      assertThat(tells(port, "sluice_reconnects_total{side=\"broker\"} 1.0")).isTrue();
      assertThat(ask(port, "/metrics").body() + ask(port, "/status").body())
          .doesNotContain(PRIVATE, "guest:guest");
      assertThat(status(port).get("history").get("perSecond")).isNotEmpty();
      assertThat(active.terminate()).isZero();
      await().atMost(PATIENCE).until(() -> tells(standbyPort, "sluice_lease_held 1.0"));
      assertThat(standby.terminate()).isZero();
    }
  }

  @Test
  void endsTheStartWhereThePortIsTakenAndTellsOfAConsumer() throws Exception {
    int port = FreePorts.one();
    int consumerPort = FreePorts.one();
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of());
        SluiceProcess active = SluiceProcess.run(on(port, sluice.environment())).awaitStreaming();
        SluiceProcess consumer =
            SluiceProcess.start(
                sluice.environment(),
                List.of(),
                "consume",
                "--to",
                "file:" + directory.resolve("plays.jsonl"),
                "--http",
                "127.0.0.1:" + consumerPort);
        SluiceProcess second = SluiceProcess.run(on(port, sluice.environment()));
        SluiceProcess lenient =
            SluiceProcess.start(
                sluice.environment(), List.of(), "run", "--http-if-free", "127.0.0.1:" + port)) {
      assertThat(second.exitCode()).isEqualTo(2);
      assertThat(second.log())
          .contains("SLUICE_HTTP says 127.0.0.1:" + port + ", and the port is in use")
          .contains("set another one")
          .doesNotContain("Exception", "STARTING");
      lenient.awaitLog("STANDBY");
      assertThat(lenient.log()).contains("No page and no metrics: --http-if-free says ");
      insert(sluice, 0, 20);

      consumer.awaitLog("Metrics, health and a page are at");
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(
              () -> tells(consumerPort, "sluice_consume_events_total{operation=\"insert\"} 20.0"));
      assertThat(code(consumerPort, "/readyz")).isEqualTo(200);
      JsonNode status = status(consumerPort);
      assertThat(status.get("kind").asText()).isEqualTo("consumer");
      assertThat(status.get("target").get("events").asInt()).isEqualTo(20);
      assertThat(status.get("source").get("received").asInt()).isEqualTo(20);
      assertThat(ask(consumerPort, "/metrics").body() + status).doesNotContain(PRIVATE);
      assertThat(List.of(consumer.terminate(), lenient.terminate(), active.terminate()))
          .containsOnly(0);
    }
  }
}
