package dev.sluice.bench;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.cli.Targets;
import dev.sluice.config.Settings;
import dev.sluice.config.SettingsReader;
import dev.sluice.consume.ConsumeSettings;
import dev.sluice.consume.ConsumeSettings.Answer;
import dev.sluice.consume.Consumption;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetUri;
import dev.sluice.pipeline.Backoff;
import dev.sluice.rabbit.QueueInboxes;
import dev.sluice.rabbit.RabbitConnection;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * {@code make bench BENCH=consume}: how fast a full queue gets into each target, beside a consumer
 * that drops what it gets (manual acknowledgements, 500 at a time) and the store's own bulk load of
 * the same rows, which ends when they are as durable. Consumers run in this process; the first
 * round is cold and told apart.
 */
final class ConsumeBench {
  /** Of the bare consumer: larger ones change nothing there. */
  private static final int BATCH = 500;

  private static final String BARE = "bare consumer";

  private final int rounds;
  private final FullQueue queue;
  private final Settings settings;
  private final Map<String, List<Cost>> costs = new LinkedHashMap<>();

  private ConsumeBench(BenchOptions options) {
    this.rounds = options.rounds();
    this.queue = new FullQueue(options.events(), options.sizes().get(0));
    Map<String, String> environment = Map.of("RABBITMQ_URI", TestRabbit.shared().uri());
    this.settings = SettingsReader.read(environment, Path.of("no-such-file"));
  }

  /** One run of a contender. */
  private interface Run {
    Cost run(Path directory) throws Exception;
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
        "%,d events of about %,d bytes, the targets' own batches, load %s",
        queue.events(), queue.message(0).length, SetUp.load());
    Map<String, Run> contenders = new LinkedHashMap<>();
    contenders.put(BARE, directory -> bare());
    for (BulkLoad load : loads()) {
      contenders.put(bulk(load), directory -> load.load(directory, queue));
      contenders.put(load.word(), directory -> consume(load.uri(directory)));
    }
    for (int round = 0; round <= rounds; round++) {
      for (Map.Entry<String, Run> contender : contenders.entrySet()) {
        once(round, contender.getKey(), contender.getValue());
      }
    }
    summary();
    new CallsBench(queue.filler()).run();
  }

  private static List<BulkLoad> loads() {
    return Stream.of(BulkLoad.values()).filter(BulkLoad::isThere).toList();
  }

  private static String bulk(BulkLoad load) {
    return load.word() + ", bulk load";
  }

  private void once(int round, String name, Run run) throws Exception {
    Path directory = Files.createTempDirectory("sluice-bench-consume");
    try {
      Cost cost = run.run(directory);
      costs.computeIfAbsent(name, none -> new ArrayList<>()).add(cost);
      say(
          "  %-8s %-22s %,9.0f/s, %5.2f CPU s per 100k",
          round == 0 ? "cold" : "round " + round, name, perSecond(cost), cpu(cost));
    } finally {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path each : all.sorted((one, other) -> other.compareTo(one)).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private double perSecond(Cost cost) {
    return queue.events() / cost.seconds();
  }

  private double cpu(Cost cost) {
    return cost.cpuSeconds() * 100_000 / queue.events();
  }

  /** The first round apart, in which everything is compiled and each file is new. */
  private void summary() {
    say("");
    say("| | cold events/s | events/s | CPU s per 100k | of the slower of the two |");
    say("|---|---|---|---|---|");
    row(BARE, "");
    for (BulkLoad load : loads()) {
      row(bulk(load), "");
      row(load.word(), spread(round -> 100 * ofTheSlower(load, round)) + " %");
    }
  }

  private void row(String name, String ratio) {
    List<Cost> all = costs.get(name);
    say(
        "| %s | %,.0f | %s | %s | %s |",
        name,
        perSecond(all.get(0)),
        spread(round -> perSecond(all.get(round))),
        spread(round -> cpu(all.get(round))),
        ratio);
  }

  private String spread(IntToDoubleFunction ofRound) {
    return Spread.of(IntStream.rangeClosed(1, rounds).mapToDouble(ofRound).boxed().toList())
        .orElseThrow()
        .text();
  }

  /** Within one round: what the machine does besides changes from round to round. */
  private double ofTheSlower(BulkLoad load, int round) {
    double slower =
        Math.max(costs.get(BARE).get(round).seconds(), costs.get(bulk(load)).get(round).seconds());
    return slower / costs.get(load.word()).get(round).seconds();
  }

  private Cost bare() throws Exception {
    try (Connection connection = TestRabbit.shared().connect()) {
      String name = queue.fill(connection);
      Channel channel = connection.createChannel();
      channel.basicQos(4 * BATCH);
      AtomicLong seen = new AtomicLong();
      CountDownLatch done = new CountDownLatch(1);
      Cost.Watch watch = new Cost.Watch();
      channel.basicConsume(
          name,
          false,
          (tag, delivery) -> {
            long count = seen.incrementAndGet();
            if (count % BATCH == 0 || count == queue.events()) {
              channel.basicAck(delivery.getEnvelope().getDeliveryTag(), true);
            }
            if (count == queue.events()) {
              done.countDown();
            }
          },
          tag -> {});
      done.await();
      Cost cost = watch.stop();
      channel.queueDelete(name);
      return cost;
    }
  }

  private Cost consume(String uri) throws Exception {
    try (Connection connection = TestRabbit.shared().connect()) {
      String name = queue.fill(connection);
      Cost cost = consume(Targets.opener(TargetUri.parse(uri)), name);
      connection.createChannel().queueDelete(name);
      return cost;
    }
  }

  private Cost consume(Target.Opener target, String name)
      throws InterruptedException, IOException, TimeoutException {
    ConsumeSettings consume =
        new ConsumeSettings(
            "bench",
            name + ".parked",
            target.batch(),
            Duration.ofMillis(200),
            1,
            Answer.STOP,
            Answer.STOP);
    Scheduler blocking = Schedulers.newBoundedElastic(2, 16, "bench-blocking");
    Random random = new Random();
    try (RabbitConnection reading =
            new RabbitConnection(settings.rabbit(), "bench reading", blocking, random);
        RabbitConnection parking =
            new RabbitConnection(settings.rabbit(), "bench parking", blocking, random)) {
      QueueInboxes inboxes =
          new QueueInboxes(
              reading, parking, new QueueInboxes.Reading(name, "", "", false), consume.prefetch());
      Consumption consumption =
          new Consumption(consume, inboxes, target, new Backoff(random::nextDouble));
      Thread thread = new Thread(consumption::run, "bench-consume");
      Cost.Watch watch = new Cost.Watch();
      thread.start();
      while (consumption.messages() < queue.events()) {
        LockSupport.parkNanos(1_000_000);
        if (!thread.isAlive()) {
          throw new IllegalStateException("The consumer has ended");
        }
      }
      Cost cost = watch.stop();
      consumption.stop();
      thread.join();
      return cost;
    } finally {
      blocking.dispose();
    }
  }

  private static void say(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format + "%n", arguments);
  }
}
