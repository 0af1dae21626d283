package dev.sluice.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.config.HostPort;
import dev.sluice.monitor.Health;
import dev.sluice.monitor.MonitorServer;
import dev.sluice.monitor.Monitored;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * The shipped server and page before a {@code /status} that a test writes: states that servers do
 * not get into on demand. Each answer has carried 1000 changes more than the one before.
 */
final class ScriptedStatus implements Monitored, AutoCloseable {
  private static final int A_ROUND = 1000;
  private static final int TEN_MINUTES_OF_POINTS = 300;

  private static final String STREAMING =
      """
      {"version": "0.1.0", "kind": "pipeline", "pipeline": "scrabble-cdc",
       "instance": "process 12 on cdc-7f9c",
       "state": {"name": "STREAMING", "reason": "reading on from cluster time 1795250212.3"},
       "ready": true, "live": true, "notReadyBecause": [],
       "source": {"address": "mongo-1.internal:27017,mongo-2.internal:27017",
         "scope": "scrabble.scrabble", "received": 1234607, "receivedBytes": 508641604,
         "headroomSeconds": 84211, "windowSeconds": 86400},
       "encoder": {"encoded": 1234605},
       "broker": {"address": "mq-1.internal:5671", "outlet": "queue test_queue",
         "published": 1234598, "confirmed": 1234567, "confirmedBytes": 743209334,
         "blocked": false},
       "inFlight": {"messages": 31, "messagesLimit": 10000,
         "bytes": 18662, "bytesLimit": 67108864},
       "operations": {"insert": 864197, "update": 246913, "replace": 61728, "delete": 61729},
       "lagSeconds": 0.04, "latency": {"p50Millis": 4.2, "p99Millis": 11.7},
       "lease": {"held": true},
       "counts": {"parked": 0, "repeats": 12, "gaps": 0,
         "reconnectsSource": 1, "reconnectsBroker": 2},
       "snapshot": null, "failures": [],
       "settings": [
         {"name": "MONGO_DATABASE_NAME", "value": "scrabble", "origin": "default"},
         {"name": "RABBITMQ_URI", "value": "amqps://sluice:***@mq-1.internal:5671/%2F",
           "origin": "environment"},
         {"name": "SLUICE_MAX_IN_FLIGHT_MESSAGES", "value": "10000", "origin": "default"},
         {"name": "SLUICE_HTTP", "value": "127.0.0.1:8080", "origin": ".env file"}]}
      """;

  private final ObjectMapper json = new ObjectMapper();
  private final int port;
  private volatile ObjectNode status;
  private volatile CountDownLatch answering = new CountDownLatch(0);
  private volatile boolean failing;
  private MonitorServer server;
  private int round;

  ScriptedStatus(int port) {
    this.port = port;
    streaming();
    open();
  }

  /** Begins to answer, also again. */
  void open() {
    server = MonitorServer.bind(new HostPort("127.0.0.1", port), "the test");
    server.serve(this);
  }

  /** From now on nobody listens there. */
  void shut() {
    server.close();
  }

  /** From now on it takes questions and answers none. */
  void hang() {
    answering = new CountDownLatch(1);
  }

  /** Answers, those that wait too. */
  void answerAgain() {
    answering.countDown();
  }

  /** Whether it answers, from now on, that it cannot. */
  void fail(boolean fails) {
    failing = fails;
  }

  String uri() {
    return "http://127.0.0.1:" + port + "/";
  }

  /** All is well. */
  void streaming() {
    become(whole -> {});
  }

  void blocked() {
    become(
        whole -> {
          state(whole, "BLOCKED", "RabbitMQ has blocked the connection: low on memory", 41);
          whole.withObject("/broker").put("blocked", true);
          whole.withObject("/inFlight").put("messages", 10000);
          whole.put("ready", false).put("lagSeconds", 38.4);
          whole
              .withArray("notReadyBecause")
              .add("BLOCKED: RabbitMQ has blocked the connection: low on memory")
              .add("RabbitMQ takes nothing: free memory there");
        });
  }

  void backingOff() {
    become(
        whole -> {
          state(whole, "BACKING_OFF", "RabbitMQ cannot be reached; trying again in 3.2 s", 7);
          whole.put("lagSeconds", 9.1);
          whole.withObject("/source").put("headroomSeconds", 15000);
          whole.withObject("/broker").put("broken", true);
          whole.withObject("/counts").put("parked", 3).put("gaps", 1);
          for (int i = 0; i < 9; i++) {
            failure(
                whole,
                i % 2 == 0 ? "TRANSIENT" : "MISCONFIGURED",
                i % 2 == 0
                    ? "RabbitMQ at mq-1.internal:5671 cannot be reached (Connection refused)"
                    : "RabbitMQ refuses publishing to exchange sluice: give user sluice the"
                        + " permission to write to it",
                5 + 400L * i);
          }
        });
  }

  void snapshot() {
    become(
        whole ->
            whole
                .putObject("snapshot")
                .put("documents", 4213377)
                .put("estimated", 9800000)
                .put("rangesLeft", 57)
                .put("perSecond", 21344.2)
                .put("secondsLeft", 262));
  }

  /** It has just begun and knows next to nothing. */
  void empty() {
    become(
        whole -> {
          state(whole, "STARTING", "connecting", 1);
          whole.put("startedAt", ago(2));
          whole.withObject("/source").put("received", 0).putNull("headroomSeconds");
          whole.withObject("/source").putNull("windowSeconds").put("receivedBytes", 0);
          whole.withObject("/encoder").put("encoded", 0);
          whole.withObject("/broker").put("published", 0).put("confirmed", 0);
          whole.withObject("/inFlight").put("messages", 0).put("bytes", 0);
          whole.putNull("lagSeconds").putNull("latency").putObject("operations");
          whole.putNull("lastConfirmedAt").putNull("positionSavedAt");
          whole.withObject("/lease").put("held", false);
          whole.putObject("history").put("everySeconds", 2);
        });
  }

  void consumer() {
    become(
        whole -> {
          whole.put("kind", "consumer").putNull("broker");
          whole.withObject("/state").put("reason", "taking from test_queue");
          whole
              .putObject("source")
              .put("address", "mq-1.internal:5671")
              .put("queue", "test_queue")
              .put("received", 1234607);
          whole
              .putObject("target")
              .put("uri", "jdbc:postgresql://db.internal/shop?user=sluice&password=***")
              .put("documents", 1200000)
              .put("events", 1234567);
        });
  }

  /** Somebody has put HTML wherever a text of others is shown. */
  void texts(String html) {
    become(
        whole -> {
          state(whole, "BACKING_OFF", html, 1);
          whole.put("pipeline", html).put("instance", html).put("version", html);
          whole.withObject("/source").put("scope", html).put("address", html);
          whole.withObject("/broker").put("outlet", html);
          // Another text than the reason, which is not said twice.
          whole.put("ready", false).withArray("notReadyBecause").add(html.toUpperCase(Locale.ROOT));
          whole.withObject("/operations").put(html, 1);
          failure(whole, html, html, 1);
          whole.withArray("settings").addObject().put("name", html).put("value", html);
        });
  }

  private void become(Consumer<ObjectNode> change) {
    try {
      ObjectNode whole = (ObjectNode) json.readTree(STREAMING);
      whole.put("startedAt", ago(273912));
      whole.put("lastConfirmedAt", ago(0)).put("positionSavedAt", ago(1));
      whole.withObject("/state").put("since", ago(11523));
      tenMinutes(whole.putObject("history"));
      change.accept(whole);
      status = whole;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An outage in the middle: a gap, a peak behind it. */
  private static void tenMinutes(ObjectNode history) {
    history.put("everySeconds", 2);
    ArrayNode rate = history.putArray("perSecond");
    ArrayNode lag = history.putArray("lagSeconds");
    ArrayNode latency = history.putArray("latencyMillis");
    ArrayNode inFlight = history.putArray("inFlight");
    for (int i = 0; i < TEN_MINUTES_OF_POINTS; i++) {
      boolean out = i > 180 && i < 198;
      boolean catchesUp = i >= 198 && i < 206;
      double wave = 1800 + 500 * Math.sin(i / 40.0) + 180 * Math.sin(i * 1.7) * Math.cos(i * 0.37);
      rate.add(out ? 0 : catchesUp ? wave + 2500 : wave);
      lag.add(out ? (i - 180) * 2 : catchesUp ? 36 - (i - 197) * 4 : 0.05);
      if (out) {
        latency.addNull();
      } else {
        latency.add((catchesUp ? 24 : 5) + Math.sin(i * 2.3));
      }
      inFlight.add(out ? 10000 : 40 + (int) (20 * Math.sin(i * 1.3)));
    }
  }

  private static void state(ObjectNode whole, String name, String reason, long since) {
    whole.putObject("state").put("name", name).put("since", ago(since)).put("reason", reason);
  }

  private static void failure(ObjectNode whole, String kind, String message, long secondsAgo) {
    whole
        .withArray("failures")
        .addObject()
        .put("at", ago(secondsAgo))
        .put("kind", kind)
        .put("message", message);
  }

  private static String ago(long seconds) {
    return Instant.now().minusSeconds(seconds).toString();
  }

  @Override
  public ObjectNode status(boolean brief) {
    try {
      answering.await();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
    if (failing) {
      throw new IllegalStateException("as the test wants it");
    }
    return moved();
  }

  @Override
  public void sample() {}

  @Override
  public Health health() {
    return new Health(List.of(), List.of());
  }

  @Override
  public List<MetricSnapshot> metrics() {
    return List.of();
  }

  private synchronized ObjectNode moved() {
    ObjectNode whole = status.deepCopy();
    if (whole.path("state").path("name").textValue().equals("STREAMING")) {
      round++;
      add(whole.path("source"), "received");
      add(whole.path("encoder"), "encoded");
      add(whole.path("broker"), "published");
      add(whole.path("broker"), "confirmed");
      add(whole.path("target"), "documents");
      add(whole.path("target"), "events");
    }
    return whole;
  }

  private void add(Object part, String name) {
    if (part instanceof ObjectNode object && object.path(name).longValue() > 0) {
      object.put(name, object.path(name).longValue() + (long) A_ROUND * round);
    }
  }

  @Override
  public void close() {
    answerAgain();
    server.close();
  }
}
