package dev.sluice.monitor;

import static dev.sluice.testing.Events.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.config.HostPort;
import dev.sluice.config.WrongSettings;
import dev.sluice.testing.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is answered over HTTP, to whom, and what is not. */
class MonitorServerTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final WatchedPipeline WATCHED = new WatchedPipeline();
  private static MonitorServer server;
  private static int port;

  @BeforeAll
  static void serve() {
    port = FreePorts.one();
    server = MonitorServer.bind(new HostPort("127.0.0.1", port), "SLUICE_HTTP");
    WATCHED.start();
    WATCHED.parts.source.append(insert(1));
    await().until(() -> WATCHED.counts.confirmed() == 1);
    server.serve(WATCHED.monitor);
  }

  @AfterAll
  static void close() {
    server.close();
    WATCHED.close();
  }

  private static HttpResponse<String> ask(String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The client does not let one say another host. */
  private static String askAs(String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request = "GET /livez HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      try (InputStream in = socket.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }

  @Test
  void answersProbes() throws Exception {
    assertThat(ask("GET", "/livez").body()).isEqualTo("ok\n");
    assertThat(ask("GET", "/readyz").statusCode()).isEqualTo(200);
    assertThat(ask("GET", "/readyz?verbose").body())
        .contains("[+] state: STREAMING: ", "[+] source: ", "[+] broker: ", "[+] lease: held")
        .endsWith("\nok\n");
  }

  @Test
  void answersMetricsInTheFormThatIsAskedFor() throws Exception {
    HttpResponse<String> text = ask("GET", "/metrics");
    assertThat(text.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
    assertThat(text.body())
        .contains("# TYPE sluice_lag_seconds gauge", "# HELP sluice_lag_seconds ")
        .contains("sluice_build_info{version=\"9.9.9\"} 1", "jvm_memory_used_bytes{");

    HttpResponse<String> open =
        ask("GET", "/metrics", "Accept", "application/openmetrics-text;version=1.0.0,*/*;q=0.1");
    assertThat(open.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/openmetrics-text");
    assertThat(open.body()).endsWith("# EOF\n");

    String protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily";
    assertThat(ask("GET", "/metrics", "Accept", protobuf + ",text/plain;q=0.5").body())
        .contains("# TYPE sluice_lag_seconds gauge");
  }

  @Test
  void hasEveryMetricOfTheListAndNoOther() throws Exception {
    List<String> told =
        ask("GET", "/metrics")
            .body()
            .lines()
            .filter(line -> line.startsWith("# TYPE sluice_"))
            .map(line -> line.split(" ")[2])
            .toList();

    assertThat(told)
        .isSubsetOf(Metric.of(Metric.Program.PIPELINE).stream().map(Metric::fullName).toList());
    // What is looked at by the minute, or comes with the first save, may not be there yet.
    assertThat(Metric.of(Metric.Program.PIPELINE))
        .filteredOn(metric -> !told.contains(metric.fullName()))
        .isSubsetOf(Metric.OPLOG_HEADROOM, Metric.OPLOG_WINDOW, Metric.POSITION_SAVED);
  }

  @Test
  void isForReadingOnly() throws Exception {
    for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS")) {
      HttpResponse<String> refused = ask(method, "/status");
      assertThat(refused.statusCode()).isEqualTo(405);
      assertThat(refused.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }
    HttpResponse<String> head = ask("HEAD", "/status");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValueAsLong("Content-Length").orElseThrow()).isPositive();
  }

  @Test
  void saysWhereThereIsSomething() throws Exception {
    for (String path :
        List.of("/nothing", "/statusx", "/../pom.xml", "/%2e%2e/x.html", "/page/page.js")) {
      HttpResponse<String> missing = ask("GET", path);
      assertThat(missing.statusCode()).as(path).isEqualTo(404);
      assertThat(missing.body()).contains("/status", "/metrics");
    }
  }

  @Test
  void letsAPageUseNothingButItsOwnFiles() throws Exception {
    HttpResponse<String> status = ask("GET", "/status");

    assertThat(status.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self'", "style-src 'self'")
        .contains("connect-src 'self'", "frame-ancestors 'none'");
    assertThat(status.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(status.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(status.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void answersOnLoopbackOnlyToWhoSaysSo() throws Exception {
    for (String host : List.of("localhost:" + port, "127.0.0.1", "[::1]:1", "LOCALHOST")) {
      assertThat(askAs(host)).as(host).startsWith("HTTP/1.1 200");
    }
    for (String host : List.of("evil.example", "127.0.0.1.evil.example", "localhost.evil:80")) {
      assertThat(askAs(host)).as(host).startsWith("HTTP/1.1 421");
    }
    assertThat(new HostCheck(false).isOurs("sluice.example:8080")).isTrue();
  }

  @Test
  void goesOnAnsweringWhileManyAskAndSayNothing() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        silent.add(socket);
        socket.getOutputStream().write("GET /met".getBytes(StandardCharsets.US_ASCII));
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptions()
          .until(() -> ask("GET", "/livez").statusCode() == 200);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void runsOnDaemonsAlone() throws Exception {
    ask("GET", "/livez");

    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(
            thread ->
                thread.getName().startsWith("sluice-http")
                    || thread.getName().startsWith("sluice-monitor")
                    || thread.getName().equals("HTTP-Dispatcher"))
        .hasSizeGreaterThanOrEqualTo(3)
        .allMatch(Thread::isDaemon);
  }

  @Test
  void saysWhatToDoAboutAnAddressThatCannotBeHad() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HostPort address = new HostPort("127.0.0.1", taken.getLocalPort());
      assertThatThrownBy(() -> MonitorServer.bind(address, "SLUICE_HTTP"))
          .isInstanceOf(WrongSettings.class)
          .hasMessageContaining("SLUICE_HTTP says " + address)
          .hasMessageContaining("in use")
          .hasMessageContaining("set another one");
    }
    assertThatThrownBy(() -> MonitorServer.bind(new HostPort("192.0.2.1", 8080), "SLUICE_HTTP"))
        .isInstanceOf(WrongSettings.class)
        .hasMessageContaining("this machine has no such address");
    assertThatThrownBy(() -> MonitorServer.bind(new HostPort("no.invalid", 8080), "--http"))
        .isInstanceOf(WrongSettings.class)
        .hasMessageContaining("--http says no.invalid:8080, and nobody knows that host");
  }
}
