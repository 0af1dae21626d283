package dev.sluice.monitor;

import dev.sluice.pipeline.PipelineSupervisor;
import dev.sluice.snapshot.SnapshotProgress;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.bson.BsonDocument;
import org.bson.BsonInvalidOperationException;

/** How far the snapshot is that runs, by what is confirmed of it. Thread-safe. */
final class SnapshotFigures {
  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * @param estimated how many documents there are; empty if that is not known, or the snapshot is
   *     of some of them only
   * @param perSecond since it was seen first
   */
  record Figures(long documents, OptionalLong estimated, int rangesLeft, double perSecond) {
    /** Empty if it cannot be told. */
    OptionalLong secondsLeft() {
      return estimated.isEmpty() || perSecond <= 0
          ? OptionalLong.empty()
          : OptionalLong.of(Math.round(Math.max(0, estimated.getAsLong() - documents) / perSecond));
    }
  }

  private final PipelineSupervisor pipeline;
  private final Function<String, OptionalLong> estimate;
  private final LongSupplier nanoTime;
  private String id = "";
  private long firstDocuments;
  private long firstNanos;

  /**
   * @param estimate about how many documents the snapshot of that name has to read
   */
  SnapshotFigures(
      PipelineSupervisor pipeline, Function<String, OptionalLong> estimate, LongSupplier nanoTime) {
    this.pipeline = pipeline;
    this.estimate = estimate;
    this.nanoTime = nanoTime;
  }

  /** Empty without a snapshot. */
  synchronized Optional<Figures> now() {
    BsonDocument kept =
        pipeline.position().map(position -> position.snapshot()).orElseGet(BsonDocument::new);
    if (kept.isEmpty()) {
      id = "";
      return Optional.empty();
    }
    try {
      return Optional.of(of(SnapshotProgress.of(kept)));
    } catch (IllegalArgumentException | BsonInvalidOperationException e) {
      // The pipeline ends by it, and says so better.
      return Optional.empty();
    }
  }

  private Figures of(SnapshotProgress progress) {
    long documents = progress.documents() + progress.leftOut();
    if (!progress.id().equals(id)) {
      id = progress.id();
      firstDocuments = documents;
      firstNanos = nanoTime.getAsLong();
    }
    double seconds = (nanoTime.getAsLong() - firstNanos) / NANOS_PER_SECOND;
    return new Figures(
        documents,
        progress.isFiltered() ? OptionalLong.empty() : estimate.apply(id),
        progress.left().size(),
        seconds < 1 ? 0 : (documents - firstDocuments) / seconds);
  }
}
