package dev.sluice.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A private node of OpenSearch out of what {@code .ci/opensearch} has fetched. */
public final class OpenSearchServer implements AutoCloseable {
  /** Names another folder that {@code .ci/opensearch} has made. */
  private static final String VARIABLE = "SLUICE_TEST_OPENSEARCH_HOME";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path installation;
  private final StoreServer server = new StoreServer("opensearch", this::serves);
  private final int transport = FreePorts.one();
  private final HttpClient client = HttpClient.newHttpClient();

  private OpenSearchServer(Path installation) {
    this.installation = installation;
  }

  private static Path place() {
    String named = System.getenv().getOrDefault(VARIABLE, "");
    return named.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cache/sluice/opensearch")
        : Path.of(named);
  }

  /** Whether it has been fetched. */
  public static boolean isInstalled() {
    return Files.exists(place().resolve(".complete"));
  }

  /** A new one that serves, for the asking test. */
  public static OpenSearchServer launch() {
    OpenSearchServer openSearch = new OpenSearchServer(place());
    try {
      Files.createDirectories(openSearch.home().resolve("config"));
      openSearch.start();
      ServersUnderTest.note("stores", true, "a private OpenSearch in " + openSearch.installation);
      return openSearch;
    } catch (IOException e) {
      openSearch.server.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      openSearch.server.close();
      throw e;
    }
  }

  private Path home() {
    return server.directory().resolve("home");
  }

  /** Starts it, also again, on the same port and data. */
  public void start() {
    server.start(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            // It lives for seconds only.
            "-XX:TieredStopAtLevel=1",
            "-cp",
            installation.resolve("classes") + ":" + installation.resolve("lib") + "/*",
            "SearchNode",
            home().toString(),
            Integer.toString(server.port()),
            Integer.toString(transport)));
  }

  private boolean serves() {
    try {
      return ask("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s", "").statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** At once, as when the machine loses its power, but for what the kernel still writes. */
  public void kill() {
    server.stop("KILL");
  }

  /** {@code http://host:port}. */
  public String address() {
    return "http://" + StoreServer.HOST + ":" + server.port();
  }

  /** {@code //host:port}, as a target's URI has it. */
  public String hostAndPort() {
    return StoreServer.HOST + ":" + server.port();
  }

  public int port() {
    return server.port();
  }

  /**
   * What it answers, whatever its status.
   *
   * @param body JSON, or empty for none
   */
  public JsonNode request(String method, String path, String body) {
    try {
      return MAPPER.readTree(ask(method, path, body).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<byte[]> ask(String method, String path, String body) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address() + path))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
