package dev.sluice.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.cli.Wiring;
import dev.sluice.config.Settings;
import dev.sluice.config.SettingsReader;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.rabbit.EmbeddedBroker;
import dev.sluice.inserter.InsertPlan;
import dev.sluice.inserter.Mix;
import dev.sluice.pipeline.PipelineState;
import dev.sluice.pipeline.PipelineSupervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import reactor.core.publisher.Mono;

/**
 * {@code make demo-consumers}: the whole way from a write to what is kept of it. Embedded servers
 * and the pipeline in this process, a consumer for each target that needs no server in a process of
 * its own; each is killed in the middle and started again. At the end each target is compared with
 * the collection. Exits with 1 if one differs.
 */
public final class DemoConsumers {
  private static final long SEED = 12;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** For one consumer to come to the end of its queue, on a busy machine. */
  private static final Duration LONGEST = Duration.ofSeconds(120);

  private static final JsonWriterSettings RELAXED =
      JsonWriterSettings.builder().outputMode(JsonMode.RELAXED).build();

  private final int events;
  private final Path directory;
  private final List<KeptTarget> targets;
  private final Map<KeptTarget, ConsumerProcess> consumers = new HashMap<>();
  private final AtomicLong written = new AtomicLong();

  private DemoConsumers(int events, Path directory) {
    this.events = events;
    this.directory = directory;
    this.targets = KeptTarget.in(directory);
  }

  public static void main(String[] args) throws Exception {
    int events = Integer.parseInt(System.getenv().getOrDefault("DEMO_EVENTS", "2000"));
    Path directory = Files.createTempDirectory("sluice-consumers");
    boolean equal;
    try {
      equal = new DemoConsumers(events, directory).run();
    } finally {
      remove(directory);
    }
    System.exit(equal ? 0 : 1);
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.sorted((one, other) -> other.compareTo(one)).toList()) {
        Files.delete(each);
      }
    }
  }

  private boolean run() throws Exception {
    System.out.println("Starting an embedded MongoDB replica set and an embedded AMQP broker ...");
    try (EmbeddedReplicaSet mongo = EmbeddedReplicaSet.builder().name("my-replica-set").start();
        EmbeddedBroker rabbit = EmbeddedBroker.start()) {
      Map<String, String> environment =
          Map.of("MONGO_DATABASE_HOST", mongo.uri(), "RABBITMQ_URI", rabbit.uri());
      Settings settings = SettingsReader.read(environment, Path.of("no-such-file"));
      ConnectionFactory factory = new ConnectionFactory();
      factory.setUri(rabbit.uri());
      try (Wiring wiring = new Wiring(settings);
          Connection looking = factory.newConnection("demo")) {
        CompletableFuture<Void> streaming = new CompletableFuture<>();
        PipelineSupervisor pipeline = pipeline(wiring, streaming);
        CompletableFuture<Void> ended =
            pipeline.run().doOnError(streaming::completeExceptionally).toFuture();
        streaming.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        keep(wiring, environment, looking);
        pipeline.stop();
        ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return compare(mongo.uri(), settings);
      } finally {
        consumers.values().forEach(ConsumerProcess::kill);
      }
    }
  }

  private static PipelineSupervisor pipeline(Wiring wiring, CompletableFuture<Void> streaming) {
    return wiring.pipeline(
        (state, reason) -> {
          if (state == PipelineState.STREAMING) {
            streaming.complete(null);
          }
        });
  }

  private void keep(Wiring wiring, Map<String, String> environment, Connection looking)
      throws Exception {
    System.out.println("Starting a consumer for each of " + targets.size() + " targets ...");
    for (KeptTarget target : targets) {
      consumers.put(target, new ConsumerProcess(target, environment, directory).start());
    }
    for (ConsumerProcess consumer : consumers.values()) {
      consumer.awaitReading(LONGEST);
    }
    System.out.println("Writing " + events + " changes, and killing each consumer twice ...");
    Thread killer = new Thread(this::killInTheMiddle, "killer");
    killer.start();
    write(wiring);
    killer.join();
    for (ConsumerProcess consumer : consumers.values()) {
      finish(consumer, looking);
    }
  }

  private void write(Wiring wiring) {
    InsertPlan plan =
        new InsertPlan(
            "scrabble",
            events,
            events / 10.0,
            Optional.empty(),
            Optional.empty(),
            new Mix(50, 25, 10, 15),
            0,
            SEED);
    wiring
        .inserter()
        .write(plan)
        .doOnNext(write -> written.incrementAndGet())
        .then(Mono.empty())
        .block();
  }

  /** At a third and at two thirds of the writes. */
  private void killInTheMiddle() {
    for (int third = 1; third < 3; third++) {
      while (written.get() < (long) events * third / 3) {
        Thread.onSpinWait();
        if (Thread.interrupted()) {
          return;
        }
        LockSupport.parkNanos(1_000_000);
      }
      consumers.values().forEach(ConsumerProcess::killAndStart);
    }
  }

  /**
   * Stops it when its queue is empty; what comes back to the queue by that is for another start.
   */
  private static void finish(ConsumerProcess consumer, Connection looking) throws Exception {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (true) {
      try (Channel channel = looking.createChannel()) {
        while (channel.messageCount(consumer.queue()) > 0 && System.nanoTime() < end) {
          LockSupport.parkNanos(50_000_000);
        }
        consumer.stop();
        if (channel.messageCount(consumer.queue()) == 0 || System.nanoTime() > end) {
          return;
        }
      }
      consumer.start();
      consumer.awaitReading(LONGEST);
    }
  }

  private boolean compare(String uri, Settings settings) throws Exception {
    Map<String, JsonNode> expected = new HashMap<>();
    try (MongoClient mongo = MongoClients.create(uri)) {
      for (BsonDocument each :
          mongo
              .getDatabase(settings.mongo().database())
              .getCollection("scrabble", BsonDocument.class)
              .find()) {
        BsonValue id = each.get("_id");
        expected.put(
            id.asObjectId().getValue().toHexString(), KeptTarget.withoutId(each.toJson(RELAXED)));
      }
    }
    List<Boolean> results = new ArrayList<>();
    for (KeptTarget target : targets) {
      results.add(compare(target, expected));
    }
    return !results.contains(false);
  }

  private boolean compare(KeptTarget target, Map<String, JsonNode> expected) throws Exception {
    KeptTarget.Kept kept = target.reader().read();
    boolean documents =
        kept.isComparable()
            ? kept.documents().equals(expected)
            : kept.documents().keySet().equals(expected.keySet());
    boolean equal = documents && (kept.events() < 0 || kept.events() == written.get());
    System.out.printf(
        Locale.ROOT,
        "%-8s documents=%d events=%s %s%n",
        target.name(),
        kept.documents().size(),
        kept.events() < 0 ? "-" : Long.toString(kept.events()),
        equal
            ? "equal"
            : "DIFFERENT from " + expected.size() + " documents and " + written.get() + " events");
    return equal;
  }
}
