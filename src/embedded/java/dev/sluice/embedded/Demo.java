package dev.sluice.embedded;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import dev.sluice.cli.DeliveryLedger;
import dev.sluice.cli.EventLine;
import dev.sluice.cli.Wiring;
import dev.sluice.config.Settings;
import dev.sluice.config.SettingsReader;
import dev.sluice.config.WrongSettings;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.rabbit.EmbeddedBroker;
import dev.sluice.inserter.InsertPlan;
import dev.sluice.inserter.Mix;
import dev.sluice.inserter.Write;
import dev.sluice.pipeline.PipelineState;
import dev.sluice.pipeline.PipelineSupervisor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/**
 * {@code make demo}: the whole way from a write to a message in {@code test_queue}, on embedded
 * servers, in one process. Exits with 1 if an event is missing, repeated or out of order.
 */
public final class Demo {
  /** Slow enough to watch; a demo of many events is about throughput and goes as fast as it can. */
  private static final double WATCHABLE_RATE = 25;

  private static final int WATCHABLE = 500;

  /** With it even a short demo draws all four operations. */
  private static final long SEED = 11;

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final int events;

  /** The view and the format to be shown; empty for those by default. */
  private final Map<String, String> shape;

  private final DeliveryLedger ledger = new DeliveryLedger();
  private final Map<Write.Kind, Long> written = new EnumMap<>(Write.Kind.class);
  private final EventLine line;

  private Demo(int events, Map<String, String> shape) {
    this.events = events;
    this.shape = shape;
    boolean terminal = System.console() != null;
    this.line = new EventLine(terminal && System.getenv("NO_COLOR") == null);
  }

  public static void main(String[] args) throws Exception {
    Map<String, String> environment = System.getenv();
    int events = Integer.parseInt(environment.getOrDefault("DEMO_EVENTS", "40"));
    Map<String, String> shape = new HashMap<>();
    for (String key : List.of("VIEW", "FORMAT")) {
      String value = environment.getOrDefault(key, "");
      if (!value.isEmpty()) {
        shape.put("SLUICE_" + key, value);
      }
    }
    try {
      System.exit(new Demo(events, shape).run() ? 0 : 1);
    } catch (WrongSettings e) {
      e.problems().forEach(System.err::println);
      System.exit(2);
    }
  }

  private Settings settings(EmbeddedReplicaSet mongo, EmbeddedBroker rabbit) {
    Map<String, String> given = new HashMap<>(shape);
    given.put("MONGO_DATABASE_HOST", mongo.uri());
    given.put("RABBITMQ_URI", rabbit.uri());
    // Some of the views need them, and the set is there for the demo alone.
    given.put("SLUICE_ENABLE_IMAGES", "true");
    return SettingsReader.read(given, Path.of("no-such-file"));
  }

  private boolean run() throws Exception {
    System.out.println("Starting an embedded MongoDB replica set and an embedded AMQP broker ...");
    try (EmbeddedReplicaSet mongo = EmbeddedReplicaSet.builder().name("my-replica-set").start();
        EmbeddedBroker rabbit = EmbeddedBroker.start()) {
      System.out.println("  MongoDB   " + mongo.uri());
      System.out.println("  RabbitMQ  " + rabbit.uri());
      Settings settings = settings(mongo, rabbit);
      try (Wiring wiring = new Wiring(settings)) {
        carry(wiring, settings, rabbit);
      }
    }
    return summary();
  }

  private void carry(Wiring wiring, Settings settings, EmbeddedBroker rabbit) throws Exception {
    CompletableFuture<Void> streaming = new CompletableFuture<>();
    PipelineSupervisor pipeline =
        wiring.pipeline(
            (state, reason) -> {
              if (state == PipelineState.STREAMING) {
                streaming.complete(null);
              }
            });
    CompletableFuture<Void> ended =
        pipeline.run().doOnError(streaming::completeExceptionally).toFuture();
    streaming.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(rabbit.uri());
    try (Connection consumer = factory.newConnection("demo consumer")) {
      consumer
          .createChannel()
          .basicConsume(
              settings.rabbit().queue(), true, (tag, delivery) -> show(delivery), tag -> {});
      write(wiring);
      ledger.awaitAll(PATIENCE);
    }
    pipeline.stop();
    ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private void write(Wiring wiring) {
    InsertPlan plan =
        new InsertPlan(
            "scrabble",
            events,
            events <= WATCHABLE ? WATCHABLE_RATE : 0,
            Optional.empty(),
            Optional.empty(),
            new Mix(50, 25, 10, 15),
            0,
            SEED);
    wiring
        .inserter()
        .write(plan)
        .doOnNext(
            write -> {
              ledger.acknowledged(write, System.nanoTime());
              written.merge(write.kind(), 1L, Long::sum);
            })
        .then(Mono.empty())
        .block();
  }

  private void show(Delivery delivery) {
    double millis = ledger.delivered(delivery, System.nanoTime());
    if (events <= WATCHABLE) {
      String shown =
          shape.isEmpty()
              ? line.of(delivery)
              : new String(delivery.getBody(), StandardCharsets.UTF_8);
      System.out.printf(Locale.ROOT, "%7.1f ms  %s%n", Math.max(0, millis), shown);
    }
  }

  private boolean summary() {
    System.out.printf(
        Locale.ROOT,
        "inserted=%d updated=%d replaced=%d deleted=%d delivered=%d lost=%d duplicated=%d"
            + " p50_ms=%.1f p99_ms=%.1f%n",
        written.getOrDefault(Write.Kind.INSERT, 0L),
        written.getOrDefault(Write.Kind.UPDATE, 0L),
        written.getOrDefault(Write.Kind.REPLACE, 0L),
        written.getOrDefault(Write.Kind.DELETE, 0L),
        ledger.delivered(),
        ledger.missing().size(),
        ledger.duplicated(),
        ledger.percentileMillis(50),
        ledger.percentileMillis(99));
    if (ledger.reordered() > 0) {
      System.out.println("out of order: " + ledger.reordered());
    }
    return ledger.missing().isEmpty()
        && ledger.duplicated() == 0
        && ledger.reordered() == 0
        && ledger.delivered() == events;
  }
}
