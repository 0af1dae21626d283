package dev.sluice.bench;

import com.mongodb.client.MongoCollection;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.bson.BsonDocument;

/** One contender's latency at several rates, in one life of its process. */
final class LiveRun {
  /** Long enough for the compiler to have seen the code that is measured. */
  private static final int WARM_UP_SECONDS = 3;

  private static final int WARM_UP_RATE = 1_000;

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** For what is left when the last write is acknowledged; who needs longer has fallen behind. */
  private static final Duration REST_LIMIT = Duration.ofSeconds(30);

  private static final int DIGITS = 3;

  private final Launcher launcher;
  private final BenchServers servers;
  private final int seconds;
  private final int warmUpSeconds;

  LiveRun(Launcher launcher, BenchServers servers, BenchOptions options) {
    this.launcher = launcher;
    this.servers = servers;
    this.seconds = options.liveSeconds();
    this.warmUpSeconds = Math.min(WARM_UP_SECONDS, seconds);
  }

  /** Which rates a contender is asked for: none that it is known to be far from. */
  static List<Integer> rates(Contender contender, List<Integer> all) {
    return switch (contender) {
      case PYTHON -> all.subList(0, 1);
      case DEBEZIUM -> all.subList(0, Math.min(2, all.size()));
      default -> all;
    };
  }

  List<LivePhase> run(Contender contender, Load load, List<Integer> rates)
      throws IOException, TimeoutException, Drain.Spoiled {
    int warmUpRate = Math.min(WARM_UP_RATE, rates.get(rates.size() - 1));
    int most = rates.stream().mapToInt(rate -> rate * seconds).sum();
    int starts = (int) (START_LIMIT.toMillis() / 100) + 1;
    LiveEvents events = new LiveEvents(starts + warmUpRate * warmUpSeconds + most);
    Site site = new Site(servers);
    servers.client().getDatabase(site.database()).createCollection(Site.COLLECTION);
    MongoCollection<BsonDocument> collection =
        servers
            .client()
            .getDatabase(site.database())
            .getCollection(Site.COLLECTION, BsonDocument.class);
    ExecutorService threads = Executors.newFixedThreadPool(LiveWriter.THREADS);
    try (Lane lane = new Lane(servers.rabbit(), load.queueType());
        Connection consuming = servers.rabbit().connect();
        Running running = launcher.start(contender, site, lane, load, servers.now(), 0)) {
      Channel channel = consuming.createChannel();
      channel.basicConsume(lane.name(), true, events.consumer(channel));
      LiveWriter writer = new LiveWriter(collection, load.sizeBytes(), events, threads);
      int number = awaitFirst(events, collection, load, running);
      writer.write(number, warmUpRate * warmUpSeconds, warmUpRate);
      number += warmUpRate * warmUpSeconds;
      awaitAll(events, number - warmUpRate * warmUpSeconds, number, running);
      List<LivePhase> phases = new ArrayList<>();
      for (int rate : rates) {
        writer.write(number, rate * seconds, rate);
        awaitAll(events, number, number + rate * seconds, running);
        phases.add(phase(events, number, number + rate * seconds, rate));
        number += rate * seconds;
      }
      if (events.doubled() > 0) {
        throw new Drain.Spoiled(events.doubled() + " events came twice");
      }
      return phases;
    } finally {
      threads.shutdownNow();
      servers.client().getDatabase(site.database()).drop();
    }
  }

  /** Writes now and then until something comes: not all contenders say when they listen. */
  private static int awaitFirst(
      LiveEvents events, MongoCollection<BsonDocument> collection, Load load, Running running) {
    BenchDocuments documents = new BenchDocuments(load.sizeBytes());
    int[] number = {0};
    Awaitility.await()
        .atMost(START_LIMIT)
        .pollInSameThread()
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              running.requireAlive();
              collection.insertOne(documents.next(number[0]++));
              return events.arrived() > 0;
            });
    return number[0];
  }

  static void awaitAll(LiveEvents events, int from, int to, Running running) throws Drain.Spoiled {
    try {
      Awaitility.await()
          .atMost(REST_LIMIT)
          .pollInSameThread()
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> {
                running.requireAlive();
                return arrivedOf(events, from, to) == to - from;
              });
    } catch (ConditionTimeoutException e) {
      throw new Drain.Spoiled(
          to - from - arrivedOf(events, from, to) + " of " + (to - from) + " events did not come");
    } catch (IllegalStateException e) {
      throw new Drain.Spoiled(e.getMessage());
    }
  }

  private static int arrivedOf(LiveEvents events, int from, int to) {
    if (events.arrived() == 0) {
      return 0;
    }
    int there = 0;
    for (int i = from; i < to; i++) {
      there += events.delivered[i] != 0 ? 1 : 0;
    }
    return there;
  }

  static LivePhase phase(LiveEvents events, int from, int to, int rate) {
    long last = 0;
    for (int i = from; i < to; i++) {
      last = Math.max(last, events.acknowledged[i]);
    }
    boolean captured = events.captured[from] != 0;
    return new LivePhase(
        rate,
        (to - from) / ((last - events.due[from]) / 1e9),
        percentiles(from, to, i -> events.delivered[i] - events.acknowledged[i]),
        percentiles(from, to, i -> events.delivered[i] - events.due[i]),
        new LivePhase.Stages(
            mean(from, to, i -> events.acknowledged[i] - events.due[i]),
            captured
                ? Optional.of(mean(from, to, i -> events.captured[i] - events.acknowledged[i]))
                : Optional.empty(),
            captured
                ? Optional.of(mean(from, to, i -> events.delivered[i] - events.captured[i]))
                : Optional.empty()));
  }

  /** What comes before its acknowledgement has taken no time. */
  private static LivePhase.Percentiles percentiles(
      int from, int to, ToLongFunction<Integer> nanos) {
    Histogram histogram = new Histogram(DIGITS);
    for (int i = from; i < to; i++) {
      histogram.recordValue(Math.max(0, nanos.applyAsLong(i)));
    }
    return LivePhase.Percentiles.ofNanos(histogram);
  }

  private static double mean(int from, int to, ToLongFunction<Integer> nanos) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += nanos.applyAsLong(i);
    }
    return sum / (to - from) / 1e6;
  }
}
