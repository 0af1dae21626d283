package dev.sluice.bench;

import com.mongodb.client.MongoCollection;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.bson.BsonDocument;

/** How late changes come while a snapshot runs, and how late when it is over; one process. */
final class SnapshotLive {
  /** So that a day of it would be fifty million: more than most collections have. */
  static final int RATE = 500;

  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** Of the snapshot, before anything is timed: the compiler has seen the code by then. */
  private static final int WARM_UP = 10;

  record Figures(LivePhase during, LivePhase without) {}

  private final Launcher launcher;
  private final BenchServers servers;
  private final BenchOptions options;
  private final Load load;
  private int runs;

  SnapshotLive(Launcher launcher, BenchServers servers, BenchOptions options, Load load) {
    this.launcher = launcher;
    this.servers = servers;
    this.options = options;
    this.load = load;
  }

  Figures run(Copier copier) throws IOException, TimeoutException, Drain.Spoiled {
    int count = RATE * options.liveSeconds();
    LiveEvents events = new LiveEvents(2 * count);
    AtomicLong reads = new AtomicLong();
    // Its own collection: what is written stays out of that of the copies.
    Site site = new Site(servers);
    site.insert(load, SnapshotBench.FIRST_NUMBER, load.events());
    ExecutorService threads = Executors.newFixedThreadPool(LiveWriter.THREADS);
    String name = "live-" + ++runs;
    try (Lane lane = new Lane(servers.rabbit(), load.queueType());
        Connection consuming = servers.rabbit().connect();
        Running running =
            launcher.start(
                copier,
                site,
                lane,
                SnapshotBench.forSluice(site, lane, load, copier, name),
                name)) {
      Channel channel = consuming.createChannel();
      channel.basicConsume(lane.name(), true, consumer(channel, events, reads));
      MongoCollection<BsonDocument> collection =
          servers
              .client()
              .getDatabase(site.database())
              .getCollection(Site.COLLECTION, BsonDocument.class);
      LiveWriter writer = new LiveWriter(collection, load.sizeBytes(), events, threads);
      await(running, reads, load.events() / WARM_UP);
      writer.write(0, count, RATE);
      long then = reads.get();
      LiveRun.awaitAll(events, 0, count, running);
      if (then >= load.events()) {
        throw new Drain.Spoiled("the snapshot was over before the writing: take more EVENTS");
      }
      await(running, reads, load.events());
      writer.write(count, count, RATE);
      LiveRun.awaitAll(events, count, 2 * count, running);
      return new Figures(
          LiveRun.phase(events, 0, count, RATE), LiveRun.phase(events, count, 2 * count, RATE));
    } finally {
      threads.shutdownNow();
      SnapshotBench.remove(servers, site);
    }
  }

  private static void await(Running running, AtomicLong reads, long wanted) {
    Awaitility.await()
        .atMost(LIMIT)
        .pollInSameThread()
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              running.requireAlive();
              return reads.get() >= wanted;
            });
  }

  /** Counts what was there before, and notes what is written now. */
  private static DefaultConsumer consumer(Channel channel, LiveEvents events, AtomicLong reads) {
    DefaultConsumer live = events.consumer(channel);
    return new DefaultConsumer(channel) {
      @Override
      public void handleDelivery(
          String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
          throws IOException {
        if (Marker.in(body) >= SnapshotBench.FIRST_NUMBER) {
          reads.incrementAndGet();
        } else {
          live.handleDelivery(tag, envelope, properties, body);
        }
      }
    };
  }
}
