package dev.sluice.pipeline;

import dev.sluice.change.Position;
import dev.sluice.snapshot.SnapshotProgress;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bson.BsonDocument;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Tells people now and then how far a snapshot is, by what is confirmed of it. Says nothing while
 * there is none.
 */
public final class SnapshotReport {
  /** How soon it is seen at the latest that there is a snapshot, and asked how large it will be. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  private static final double NANOS_PER_SECOND = 1e9;

  private final Supplier<Optional<Position>> position;
  private final Snapshots snapshots;
  private final Duration period;
  private final Consumer<String> tell;
  private final Scheduler timer;

  /** The one that was told of last, and from when on it is told how fast it is. */
  private String told = "";

  /** The one that was seen last; empty for none. */
  private volatile String id = "";

  /** About how many documents it has; 0 if that is not known. */
  private volatile long documents;

  private long firstDocuments;
  private long firstNanos;

  /**
   * @param position the newest confirmed one
   */
  public SnapshotReport(
      Supplier<Optional<Position>> position,
      Snapshots snapshots,
      Duration period,
      Consumer<String> tell,
      Scheduler timer) {
    this.position = position;
    this.snapshots = snapshots;
    this.period = period;
    this.tell = tell;
    this.timer = timer;
  }

  /** Runs the work and reports alongside. Ends as the work does. Cold; for one work only. */
  public Mono<Void> during(Mono<Void> work) {
    Duration look = period.compareTo(LOOK) < 0 ? period : LOOK;
    long looks = period.dividedBy(look);
    return Alongside.during(work, look, timer, tick -> report((tick + 1) % looks == 0));
  }

  /** About how many documents the snapshot of that name has to read; empty if unknown yet. */
  public OptionalLong estimated(String snapshot) {
    long known = snapshot.equals(id) ? documents : 0;
    return known > 0 ? OptionalLong.of(known) : OptionalLong.empty();
  }

  private Mono<Void> report(boolean isDue) {
    BsonDocument kept = position.get().map(Position::snapshot).orElse(Position.NO_SNAPSHOT);
    if (kept.isEmpty()) {
      id = "";
      return Mono.empty();
    }
    SnapshotProgress progress = SnapshotProgress.of(kept);
    return (progress.id().equals(id) ? Mono.<Void>empty() : begin(progress))
        .then(isDue ? Mono.fromRunnable(() -> tell.accept(line(progress))) : Mono.empty());
  }

  /** How many there are is only good to know: without it the report is shorter. */
  private Mono<Void> begin(SnapshotProgress progress) {
    id = progress.id();
    documents = 0;
    return snapshots
        .estimate(progress)
        .doOnNext(estimate -> documents = estimate)
        .onErrorComplete()
        .then();
  }

  private static long through(SnapshotProgress progress) {
    return progress.documents() + progress.leftOut();
  }

  private String line(SnapshotProgress progress) {
    long through = through(progress);
    if (!progress.id().equals(told)) {
      told = progress.id();
      firstDocuments = through;
      firstNanos = timer.now(TimeUnit.NANOSECONDS);
    }
    double seconds = (timer.now(TimeUnit.NANOSECONDS) - firstNanos) / NANOS_PER_SECOND;
    long perSecond = seconds <= 0 ? 0 : Math.round((through - firstDocuments) / seconds);
    String line = "Snapshot of " + Snapshots.named(progress) + ": " + through + " documents";
    if (documents > 0 && !progress.isFiltered()) {
      line += String.format(Locale.ROOT, ", %d %%", Math.min(100, 100 * through / documents));
    }
    if (perSecond > 0) {
      line += ", " + perSecond + " a second";
      if (documents > through && !progress.isFiltered()) {
        line += ", about " + OplogGuard.text(Duration.ofSeconds((documents - through) / perSecond));
        line += " left";
      }
    }
    return line;
  }
}
