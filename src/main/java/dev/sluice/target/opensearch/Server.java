package dev.sluice.target.opensearch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sluice.config.Secret;
import dev.sluice.config.WrongSettings;
import dev.sluice.consume.TargetException;
import dev.sluice.tls.PemContext;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntPredicate;

/** A server of OpenSearch or Elasticsearch: requests and answers, one at a time. */
final class Server {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

  /** Longer than the minute for which the server itself waits for a shard. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(90);

  /** What both can do since these: requests of bulk that need an alias. */
  private static final int ELASTICSEARCH_MAJOR = 7;

  private static final int ELASTICSEARCH_MINOR = 10;

  /**
   * What it answered.
   *
   * @param body missing if it is no JSON
   */
  record Answer(int status, JsonNode body) {
    boolean isSuccess() {
      return status / 100 == 2;
    }

    String errorType() {
      return body.path("error").path("type").asText();
    }
  }

  private final HttpClient client;
  private final URI address;
  private final Optional<Secret> authorization;
  private final ServerFailures failures;

  /**
   * @throws TargetException if whom to trust cannot be read
   */
  Server(OpenSearchParameters parameters) {
    this.address = parameters.address();
    this.authorization = parameters.authorization();
    this.failures = new ServerFailures(address);
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (parameters.tls().any()) {
      try {
        builder.sslContext(PemContext.of(parameters.tls()));
      } catch (WrongSettings e) {
        throw TargetException.unusable(String.join(" ", e.getMessage().split("\\.$")), e);
      }
    }
    this.client = builder.build();
  }

  ServerFailures failures() {
    return failures;
  }

  /**
   * Sees that it is there, and new enough.
   *
   * @return what it is, for the log
   */
  String identify() {
    Answer answer = send("GET", "/", null, status -> status == 404);
    JsonNode version = answer.body().path("version");
    String[] numbers = version.path("number").asText().split("\\.");
    boolean openSearch = version.path("distribution").asText().equals("opensearch");
    if (!answer.isSuccess() || numbers.length < 2) {
      throw TargetException.unusable(
          "What answers at " + address + " is neither OpenSearch nor Elasticsearch");
    }
    String name = (openSearch ? "OpenSearch " : "Elasticsearch ") + String.join(".", numbers);
    if (!openSearch && !isNewEnough(numbers)) {
      throw TargetException.unusable(
          name + " at " + address + " is too old: Elasticsearch 7.10 or OpenSearch is needed");
    }
    return name;
  }

  private static boolean isNewEnough(String[] numbers) {
    try {
      int major = Integer.parseInt(numbers[0]);
      return major > ELASTICSEARCH_MAJOR
          || major == ELASTICSEARCH_MAJOR && Integer.parseInt(numbers[1]) >= ELASTICSEARCH_MINOR;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** As {@link #send} without a body, which has to succeed. */
  JsonNode get(String path) {
    return send("GET", path, null, status -> false).body();
  }

  /** As {@link #send}, which has to succeed. */
  JsonNode post(String path, JsonNode body) {
    return send("POST", path, body, status -> false).body();
  }

  /**
   * Asks and waits for the answer.
   *
   * @param body null for none
   * @param expected statuses that are no failure, beside those of a success
   * @throws TargetException if it cannot be asked, or does not do it
   */
  Answer send(String method, String path, JsonNode body, IntPredicate expected) {
    return send(
        method, path, body == null ? null : Trees.bytes(body), "application/json", expected);
  }

  /** As above, with a body as it is to be sent. */
  Answer send(String method, String path, byte[] body, String type, IntPredicate expected) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + path))
            .timeout(ANSWER_LIMIT)
            .header("Accept", "application/json");
    authorization.ifPresent(login -> request.header("Authorization", login.reveal()));
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request.header("Content-Type", type);
      request.method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    }
    Answer answer = exchange(request.build());
    if (!answer.isSuccess() && !expected.test(answer.status())) {
      throw failures.of(answer);
    }
    return answer;
  }

  private Answer exchange(HttpRequest request) {
    try {
      HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), tree(response.body()));
    } catch (IOException e) {
      throw failures.of(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw TargetException.unavailable("Interrupted while waiting for " + address, e);
    }
  }

  private static JsonNode tree(byte[] body) throws IOException {
    try {
      JsonNode tree = Trees.read(body);
      return tree == null ? MissingNode.getInstance() : tree;
    } catch (JsonProcessingException e) {
      // The page of a proxy: its status says enough.
      return MissingNode.getInstance();
    }
  }
}
