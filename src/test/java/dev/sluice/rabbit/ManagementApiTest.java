package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.config.Settings;
import dev.sluice.config.SettingsReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementApiTest {
  /** The fields that matter of what RabbitMQ 4.0.5 answers. */
  private static final String QUEUE =
      """
      {"arguments":{"x-queue-type":"quorum"},"effective_policy_definition":{"max-length":10,
      "overflow":"drop-head"},"members":["rabbit@a","rabbit@b"],"online":["rabbit@a"],
      "operator_policy":null,"policy":"ours","type":"quorum"}""";

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private int status = 200;
  private String body = QUEUE;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(
              exchange.getRequestURI().getRawPath()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] answer = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private ManagementApi api() {
    Settings settings =
        SettingsReader.read(
            Map.of("RABBITMQ_URI", "amqp://carrier:hush@localhost/a%2Fb"), Path.of("/dev/null"));
    return new ManagementApi(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
        settings.rabbit().broker());
  }

  @Test
  void aQueueIsToldWithWhatPoliciesSayOverItsArguments() {
    ManagementApi.Queue queue = api().queue("my plays").block();

    assertThat(queue)
        .isEqualTo(
            new ManagementApi.Queue(
                true,
                "quorum",
                "ours",
                Map.of("x-queue-type", "quorum", "x-max-length", 10L, "x-overflow", "drop-head"),
                2,
                1));
    assertThat(asked).containsExactly("/api/queues/a%2Fb/my%20plays Basic Y2FycmllcjpodXNo");
  }

  @Test
  void aQueueThatIsNotThereIsNoFailure() {
    status = 404;

    assertThat(api().queue("plays").block().there()).isFalse();
  }

  @Test
  void aUserWithoutTheTagIsToldSoWithoutHisPassword() {
    status = 401;

    assertThatThrownBy(() -> api().queue("plays").block())
        .hasMessageContaining("refuses the user \"carrier\", who needs the tag management")
        .hasMessageNotContaining("hush");
  }

  @Test
  void whatIsNoManagementApiIsToldSo() {
    body = "<html>";

    assertThatThrownBy(() -> api().queue("plays").block())
        .hasMessageContaining("something else than JSON");
  }

  /** As it answers in the first seconds of a queue. */
  @Test
  void aQueueOfWhichNoPoliciesAreToldIsNotTakenForOneWithoutAny() {
    body = "{\"arguments\":{},\"type\":\"quorum\"}";

    assertThatThrownBy(() -> api().queue("plays").block())
        .hasMessageContaining("has not heard of the policies of the queue \"plays\" yet");
  }

  @Test
  void nobodyThereIsToldSo() {
    ManagementApi api = api();
    server.stop(0);

    assertThatThrownBy(() -> api.queue("plays").block()).hasMessageContaining("does not answer");
  }

  @Test
  void theTimeIsTold() {
    assertThat(api().time().block())
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
  }
}
