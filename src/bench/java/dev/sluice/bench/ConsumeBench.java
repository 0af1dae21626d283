package dev.sluice.bench;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.sun.management.OperatingSystemMXBean;
import dev.sluice.cli.Targets;
import dev.sluice.config.Settings;
import dev.sluice.config.SettingsReader;
import dev.sluice.consume.ConsumeSettings;
import dev.sluice.consume.ConsumeSettings.Answer;
import dev.sluice.consume.Consumption;
import dev.sluice.consume.TargetUri;
import dev.sluice.pipeline.Backoff;
import dev.sluice.rabbit.QueueInboxes;
import dev.sluice.rabbit.RabbitConnection;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * {@code make bench BENCH=consume}: how fast a full queue gets into each target, beside a consumer
 * that drops what it gets (manual acknowledgements, 500 at a time) and the store's own bulk load of
 * the same documents. Consumers run in this process, warmed up by a round.
 */
final class ConsumeBench {
  private static final int BATCH = 500;
  private static final double NANOS = 1e9;

  private final int events;
  private final int rounds;
  private final String filler;
  private final Settings settings;
  private final Map<String, List<Double>> perSecond = new LinkedHashMap<>();
  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private ConsumeBench(BenchOptions options) {
    this.events = options.events();
    this.rounds = options.rounds();
    this.filler = "x".repeat(Math.max(1, options.sizes().get(0) - 80));
    Map<String, String> environment = Map.of("RABBITMQ_URI", TestRabbit.shared().uri());
    this.settings = SettingsReader.read(environment, Path.of("no-such-file"));
  }

  /** One run of a contender; gives how many seconds it took. */
  private interface Run {
    double seconds(Path directory) throws Exception;
  }

  static int run(BenchOptions options) throws Exception {
    if (!TestRabbit.shared().isReal()) {
      throw new BenchOptions.WrongOption(
          "there is no real RabbitMQ here: install rabbitmq-server.");
    }
    new ConsumeBench(options).run();
    return 0;
  }

  private void run() throws Exception {
    say(
        "%,d events of about %,d bytes, batches of %d, load %s",
        events, message(0).length, BATCH, SetUp.load());
    Map<String, Run> contenders = new LinkedHashMap<>();
    contenders.put("bare consumer", directory -> bare());
    for (BulkLoad load : loads()) {
      contenders.put(
          load.word() + ", bulk load", directory -> load.load(directory, events, this::document));
      contenders.put(load.word(), directory -> consume(load.uri(directory)));
    }
    for (int round = 0; round <= rounds; round++) {
      for (Map.Entry<String, Run> contender : contenders.entrySet()) {
        once(round, contender.getKey(), contender.getValue());
      }
    }
    summary();
    new CallsBench(filler).run();
  }

  private static List<BulkLoad> loads() {
    return Stream.of(BulkLoad.values()).filter(BulkLoad::isThere).toList();
  }

  private void once(int round, String name, Run run) throws Exception {
    Path directory = Files.createTempDirectory("sluice-bench-consume");
    try {
      long cpu = system.getProcessCpuTime();
      double seconds = run.seconds(directory);
      double cpuSeconds = (system.getProcessCpuTime() - cpu) / NANOS;
      say(
          "  %-8s %-22s %,9.0f/s, %5.2f CPU s per 100k (filling the queue included)",
          round == 0 ? "warm-up" : "round " + round,
          name,
          events / seconds,
          cpuSeconds * 100_000 / events);
      if (round > 0) {
        perSecond.computeIfAbsent(name, none -> new ArrayList<>()).add(events / seconds);
      }
    } finally {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path each : all.sorted((one, other) -> other.compareTo(one)).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private void summary() {
    say("");
    double bare = median("bare consumer");
    say("| target | events/s | its own bulk load | bare consumer | of the slower of the two |");
    say("|---|---|---|---|---|");
    for (BulkLoad load : loads()) {
      double own = median(load.word() + ", bulk load");
      double target = median(load.word());
      say(
          "| %s | %,.0f | %,.0f | %,.0f | %.0f %% |",
          load.word(), target, own, bare, 100 * target / Math.min(own, bare));
    }
  }

  private double median(String name) {
    List<Double> sorted = perSecond.get(name).stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private String document(int n) {
    return String.format(
        Locale.ROOT,
        "{\"_id\": \"%024x\", \"word\": \"QUIZ\", \"score\": %d, \"filler\": \"%s\"}",
        n,
        n,
        filler);
  }

  private byte[] message(int n) {
    return String.format(
            Locale.ROOT,
            "{\"_id\": \"%024x\", \"operation\": \"insert\", \"database\": \"scrabble\","
                + " \"collection\": \"plays\", \"document\": %s, \"metadata\": {\"eventId\":"
                + " \"%032x\", \"pipeline\": \"bench\", \"idType\": \"objectId\", \"clusterTime\":"
                + " \"2026-11-20T01:02:03Z\", \"clusterTimeIncrement\": %d, \"position\":"
                + " \"6aff9c0b%08x00000000\", \"documentSource\": \"event\", \"schema\": 1}}",
            n,
            document(n),
            n,
            n,
            n)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A full queue, of the type that the pipeline declares by default. */
  private String fill(Connection connection) throws Exception {
    String queue = TestRabbit.freshName("bench-consume");
    try (Channel channel = connection.createChannel()) {
      channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", "quorum"));
      channel.confirmSelect();
      Map<String, Object> headers = new HashMap<>();
      headers.put("operation", "insert");
      for (int n = 0; n < events; n++) {
        AMQP.BasicProperties properties =
            new AMQP.BasicProperties.Builder()
                .deliveryMode(2)
                .contentType("application/json")
                .messageId(String.format(Locale.ROOT, "%032x", n))
                .type("insert")
                .headers(headers)
                .build();
        channel.basicPublish("", queue, properties, message(n));
        if (n % 2_000 == 1_999) {
          channel.waitForConfirmsOrDie(60_000);
        }
      }
      channel.waitForConfirmsOrDie(60_000);
    }
    return queue;
  }

  private double bare() throws Exception {
    try (Connection connection = TestRabbit.shared().connect()) {
      String queue = fill(connection);
      Channel channel = connection.createChannel();
      channel.basicQos(4 * BATCH);
      AtomicLong seen = new AtomicLong();
      CountDownLatch done = new CountDownLatch(1);
      long begin = System.nanoTime();
      channel.basicConsume(
          queue,
          false,
          (tag, delivery) -> {
            long count = seen.incrementAndGet();
            if (count % BATCH == 0 || count == events) {
              channel.basicAck(delivery.getEnvelope().getDeliveryTag(), true);
            }
            if (count == events) {
              done.countDown();
            }
          },
          tag -> {});
      done.await();
      double seconds = (System.nanoTime() - begin) / NANOS;
      channel.queueDelete(queue);
      return seconds;
    }
  }

  private double consume(String uri) throws Exception {
    try (Connection connection = TestRabbit.shared().connect()) {
      String queue = fill(connection);
      double seconds = consume(uri, queue);
      connection.createChannel().queueDelete(queue);
      return seconds;
    }
  }

  private double consume(String uri, String queue)
      throws InterruptedException, IOException, TimeoutException {
    ConsumeSettings consume =
        new ConsumeSettings(
            "bench", queue + ".parked", BATCH, Duration.ofMillis(200), 1, Answer.STOP, Answer.STOP);
    Scheduler blocking = Schedulers.newBoundedElastic(2, 16, "bench-blocking");
    Random random = new Random();
    try (RabbitConnection reading =
            new RabbitConnection(settings.rabbit(), "bench reading", blocking, random);
        RabbitConnection parking =
            new RabbitConnection(settings.rabbit(), "bench parking", blocking, random)) {
      QueueInboxes inboxes =
          new QueueInboxes(
              reading, parking, new QueueInboxes.Reading(queue, "", "", false), consume.prefetch());
      Consumption consumption =
          new Consumption(
              consume,
              inboxes,
              Targets.opener(TargetUri.parse(uri)),
              new Backoff(random::nextDouble));
      Thread thread = new Thread(consumption::run, "bench-consume");
      long begin = System.nanoTime();
      thread.start();
      while (consumption.messages() < events) {
        LockSupport.parkNanos(1_000_000);
        if (!thread.isAlive()) {
          throw new IllegalStateException("The consumer has ended");
        }
      }
      double seconds = (System.nanoTime() - begin) / NANOS;
      consumption.stop();
      thread.join();
      return seconds;
    } finally {
      blocking.dispose();
    }
  }

  private static void say(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format + "%n", arguments);
  }
}
