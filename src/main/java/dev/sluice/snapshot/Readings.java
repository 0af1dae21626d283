package dev.sluice.snapshot;

import dev.sluice.change.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The chunks that are being read, or were read and are not let in yet, or not the whole of them.
 * While a chunk is let in, the one behind it is read.
 */
final class Readings {
  private final SnapshotLimits limits;
  private final List<Reading> all = new ArrayList<>();

  Readings(SnapshotLimits limits) {
    this.limits = limits;
  }

  /**
   * One begins.
   *
   * @param before behind whose end it begins; null if that is not under way
   */
  void begin(ChunkRequest request, Reading before) {
    all.add(new Reading(request, limits, before));
  }

  /** What was given up meanwhile is passed over. */
  void arrived(Chunk chunk) {
    for (Reading each : all) {
      if (each.isAnsweredBy(chunk)) {
        each.arrived(chunk);
        return;
      }
    }
  }

  /** The first that may be let in; null if there is none. */
  Reading ready(long reached) {
    for (Reading each : all) {
      if (each.isReady(reached)) {
        return each;
      }
    }
    return null;
  }

  /** All of it is let in. */
  void letIn(Reading whole) {
    all.remove(whole);
    for (Reading each : all) {
      if (each.follows(whole)) {
        each.isFirst();
      }
    }
  }

  /** It is read again, and so is what was read behind it, which may begin elsewhere then. */
  void giveUp(Reading reading) {
    all.remove(reading);
    all.stream().filter(each -> each.follows(reading)).toList().forEach(this::giveUp);
  }

  void giveUp(Predicate<Namespace> gone) {
    all.removeIf(each -> gone.test(each.range().namespace()));
  }

  /** No chunk will turn out to be of an earlier time than this and that. */
  long earliest(long time) {
    long earliest = time;
    for (Reading each : all) {
      earliest = ClusterTimes.earlier(earliest, each.earliest());
    }
    return earliest;
  }

  /** Whether there are as many under way as may be: each reader has one, and one is let in. */
  boolean isFull() {
    return all.size() > limits.parallel()
        || all.stream().filter(each -> !each.hasArrived()).count() >= limits.parallel();
  }

  /**
   * Large documents are read by fewer readers; one chunk always has room.
   *
   * @param bytesOf what a chunk of a collection takes
   */
  boolean hasRoomFor(KeyRange range, ToLongFunction<Namespace> bytesOf) {
    long bytes = bytesOf.applyAsLong(range.namespace());
    for (Reading each : all) {
      bytes += bytesOf.applyAsLong(each.range().namespace());
    }
    return all.isEmpty() || bytes <= (limits.parallel() + 1) * limits.chunkBytes();
  }

  boolean isUnderWay(KeyRange range) {
    return all.stream().anyMatch(each -> each.range().equals(range));
  }

  /** The ones behind which nothing is being read yet. */
  List<Reading> last() {
    return all.stream()
        .filter(Reading::hasArrived)
        .filter(each -> all.stream().noneMatch(other -> other.follows(each)))
        .toList();
  }
}
