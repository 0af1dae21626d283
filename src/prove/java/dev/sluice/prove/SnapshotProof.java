package dev.sluice.prove;

import com.mongodb.client.MongoClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.bson.BsonDocument;

/**
 * A run with a snapshot: a collection that is written to all the while, a pipeline whose processes
 * are killed every few seconds until the snapshot is complete, and a comparison of the copies that
 * its messages make with the collection.
 */
final class SnapshotProof {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** Without any message for so long, what is missing is not on its way. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  /** After the last kill; a machine that is busy may need more than the kills left it. */
  private static final Duration SNAPSHOT_LIMIT = Duration.ofMinutes(20);

  /** A comparison of the whole takes a moment. */
  private static final Duration JUDGING_INTERVAL = Duration.ofMillis(500);

  private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);

  private static final int SHOWN = 20;

  private final SnapshotOptions options;
  private final Site site;
  private final Progress progress;
  private final Path folder;
  private final Copy copy = new Copy();
  private int kills;

  SnapshotProof(SnapshotOptions options, Site site, Progress progress, Path folder) {
    this.options = options;
    this.site = site;
    this.progress = progress;
    this.folder = folder;
  }

  /**
   * @param stop ends the kills and the writing early; the snapshot is waited for all the same
   * @return whether all is well
   */
  boolean run(CountDownLatch stop) throws InterruptedException {
    Place place = site.layout().places().get(0);
    try (MongoClient client = site.connectToMongo();
        SnapshotLoad load =
            new SnapshotLoad(
                client
                    .getDatabase(place.database())
                    .getCollection(place.collection(), BsonDocument.class),
                options);
        Fleet fleet = new Fleet(Post.of(options.load(), environment()), folder)) {
      Files.createDirectories(folder);
      progress.say("Filling the collection with %,d documents ...".formatted(options.documents()));
      load.fill();
      load.start();
      progress.say("%d writes a second from now on.".formatted(options.load().rate()));
      fleet.start();
      Awaitility.await()
          .atMost(START_LIMIT)
          .until(() -> fleet.isStreaming() || !fleet.endings().isEmpty());
      long begin = System.nanoTime();
      try (CopyReader reader =
          new CopyReader(
              site.rabbit(), site.layout().queue(), copy, folder.resolve("messages.tsv.gz"))) {
        killUntilComplete(fleet, load, stop);
        load.close();
        Map<String, Integer> contents = load.contents();
        awaitRight(contents);
        fleet.stop();
        return report(contents, fleet.endings(), load, System.nanoTime() - begin);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(site.environment(folder));
    environment.put("SLUICE_SNAPSHOT", "initial");
    return environment;
  }

  private void killUntilComplete(Fleet fleet, SnapshotLoad load, CountDownLatch stop)
      throws InterruptedException {
    Random random = new Random(options.load().seed());
    long limit = System.nanoTime() + SNAPSHOT_LIMIT.toNanos();
    while (!copy.isCompleted() && System.nanoTime() - limit < 0 && fleet.endings().isEmpty()) {
      // A life begins with its first message, or a slow machine would see none but starts.
      awaitMessage(limit);
      // Half as long to half as long again, so that no step of the work is always spared.
      long life = options.killEvery().toMillis();
      if (awaitCompleted(life / 2 + random.nextLong(life), stop)) {
        return;
      }
      fleet.kill(fleet.active());
      kills++;
      progress.say(
          "kill %d: %,d writes, %,d messages"
              .formatted(kills, load.acknowledged(), copy.messages()));
    }
  }

  private void awaitMessage(long limit) {
    long before = copy.messages();
    while (copy.messages() == before && !copy.isCompleted() && System.nanoTime() - limit < 0) {
      LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
    }
  }

  /** Whether it is time to go on, and not to kill. */
  private boolean awaitCompleted(long millis, CountDownLatch stop) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() - end < 0) {
      if (copy.isCompleted() || stop.await(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
    }
    return false;
  }

  private void awaitRight(Map<String, Integer> contents) {
    long seen = -1;
    long since = System.nanoTime();
    while (!copy.crimes(contents).isEmpty() && System.nanoTime() - since < PATIENCE.toNanos()) {
      if (copy.messages() != seen) {
        seen = copy.messages();
        since = System.nanoTime();
      }
      LockSupport.parkNanos(JUDGING_INTERVAL.toNanos());
    }
  }

  private boolean report(
      Map<String, Integer> contents, List<String> endings, SnapshotLoad load, long nanos) {
    progress.end();
    List<String> crimes = new ArrayList<>(copy.crimes(contents));
    endings.forEach(ending -> crimes.add("PROCESS    " + ending));
    List<String> lines = new ArrayList<>();
    crimes.stream().limit(SHOWN).forEach(lines::add);
    if (crimes.size() > SHOWN) {
      lines.add("... and %,d more".formatted(crimes.size() - SHOWN));
    }
    lines.add("messages for the first time: " + new TreeMap<>(copy.counts()));
    lines.add(
        "%.1f s from the first message on; seed=%d".formatted(nanos / 1e9, options.load().seed()));
    lines.add(
        "documents=%d reads=%d writes=%d repeated=%d kills=%d wrong=%d"
            .formatted(
                contents.size(),
                copy.counts().getOrDefault(CopyMessage.READ, 0),
                load.acknowledged(),
                copy.repeated(),
                kills,
                crimes.size()));
    lines.forEach(System.out::println);
    try {
      Files.writeString(folder.resolve("report.txt"), String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return crimes.isEmpty();
  }
}
