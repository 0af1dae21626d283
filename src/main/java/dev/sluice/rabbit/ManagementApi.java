package dev.sluice.rabbit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.config.Broker;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.tls.PemContext;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Asks the HTTP API of RabbitMQ's management plugin for what AMQP does not tell
 * (https://www.rabbitmq.com/docs/http-api-reference). Only ever asks.
 */
public final class ManagementApi {
  /** It may well not be there: nobody is to wait long for that. */
  private static final Duration CONNECT = Duration.ofSeconds(2);

  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** What policies of users and of operators come to. */
  private static final String POLICIES = "effective_policy_definition";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI base;
  private final Broker broker;

  /**
   * @param base such as {@code http://localhost:15672}
   */
  public ManagementApi(URI base, Broker broker) {
    this.base = base;
    this.broker = broker;
  }

  /**
   * A queue with what is in force for it.
   *
   * @param there false if it is not there; then all else is empty
   * @param type as {@code quorum}
   * @param policy its name; empty if none applies
   * @param inForce its arguments, and over them what policies say, by the names of arguments
   * @param members how many nodes have it, and {@code online} how many of them run; 0 if unknown
   */
  public record Queue(
      boolean there,
      String type,
      String policy,
      Map<String, Object> inForce,
      int members,
      int online) {
    public Queue {
      Objects.requireNonNull(type, "type");
      Objects.requireNonNull(policy, "policy");
      inForce = Map.copyOf(inForce);
    }

    static Queue of(JsonNode json) {
      Map<String, Object> inForce = new HashMap<>();
      json.path("arguments").properties().forEach(each -> put(each.getKey(), each, inForce));
      json.path(POLICIES).properties().forEach(each -> put("x-" + each.getKey(), each, inForce));
      return new Queue(
          true,
          json.path("type").asText(""),
          text(json.path("policy")),
          inForce,
          json.path("members").size(),
          json.path("online").size());
    }

    private static String text(JsonNode node) {
      return node.isTextual() ? node.textValue() : "";
    }

    private static void put(
        String name, Map.Entry<String, JsonNode> value, Map<String, Object> inForce) {
      JsonNode node = value.getValue();
      inForce.put(name, node.isIntegralNumber() ? node.longValue() : (Object) node.asText());
    }
  }

  public URI base() {
    return base;
  }

  /** Cold. Fails with a {@link PipelineException} that says why it could not be asked. */
  public Mono<Queue> queue(String name) {
    return get("/api/queues/" + encoded(broker.virtualHost()) + "/" + encoded(name))
        .map(
            response ->
                response.statusCode() == 404
                    ? new Queue(false, "", "", Map.of(), 0, 0)
                    : queue(name, read(response)));
  }

  /** Queues tell of policies every five seconds; before that the API has the rest alone. */
  private Queue queue(String name, JsonNode json) {
    if (!json.has(POLICIES)) {
      throw unusable("has not heard of the policies of the queue \"" + name + "\" yet");
    }
    return Queue.of(json);
  }

  /** The time of the node that answers, in whole seconds; empty if it does not tell. As above. */
  public Mono<Instant> time() {
    return get("/api/whoami").mapNotNull(response -> date(response).orElse(null));
  }

  private static Optional<Instant> date(HttpResponse<String> response) {
    try {
      return response
          .headers()
          .firstValue("date")
          .map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private Mono<HttpResponse<String>> get(String path) {
    return Mono.fromFuture(
            () -> client().sendAsync(request(path), HttpResponse.BodyHandlers.ofString()))
        .onErrorMap(failure -> unusable("does not answer"))
        .flatMap(
            response ->
                switch (response.statusCode()) {
                  case 200, 404 -> Mono.just(response);
                  case 401, 403 ->
                      Mono.error(
                          unusable(
                              "refuses the user \""
                                  + broker.username()
                                  + "\", who needs the tag management"));
                  default -> Mono.error(unusable("answers with " + response.statusCode()));
                });
  }

  private HttpClient client() {
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT);
    if ("https".equals(base.getScheme())) {
      builder.sslContext(PemContext.of(broker.tlsFiles()));
    }
    return builder.build();
  }

  private HttpRequest request(String path) {
    String login = broker.username() + ":" + broker.password().reveal();
    return HttpRequest.newBuilder(base.resolve(path))
        .timeout(ANSWER)
        .header(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
        .build();
  }

  private JsonNode read(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw unusable("answers with something else than JSON");
    }
  }

  private PipelineException unusable(String why) {
    return new PipelineException(
        FailureKind.TRANSIENT, "The management API at " + base + " " + why);
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
