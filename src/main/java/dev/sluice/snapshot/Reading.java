package dev.sluice.snapshot;

import dev.sluice.change.BsonBytes;
import java.util.Optional;

/** A chunk that is being read, or was read and is let in slice by slice. */
final class Reading {
  private final ChunkRequest request;
  private final SnapshotLimits limits;

  /** Of which the range begins where that of this one ends; null if that is let in. */
  private Reading before;

  /** Null until it has come. */
  private Chunk chunk;

  /** What is left of it and of what comes behind it. */
  private KeyRange range;

  /** The first document that is not let in yet. */
  private int next;

  Reading(ChunkRequest request, SnapshotLimits limits, Reading before) {
    this.request = request;
    this.limits = limits;
    this.before = before;
    this.range = request.range();
  }

  /** Whether that chunk is the answer. One that was given up is answered as well. */
  boolean isAnsweredBy(Chunk answer) {
    return chunk == null && request == answer.request();
  }

  void arrived(Chunk answer) {
    chunk = answer;
  }

  boolean hasArrived() {
    return chunk != null;
  }

  boolean follows(Reading other) {
    return before == other;
  }

  void isFirst() {
    before = null;
  }

  /**
   * Whether nothing of it is newer than what the stream has passed.
   *
   * @param reached all events before this have passed
   */
  boolean isReady(long reached) {
    return chunk != null && before == null && ClusterTimes.isBefore(chunk.until(), reached);
  }

  Chunk chunk() {
    return chunk;
  }

  KeyRange range() {
    return range;
  }

  /** The earliest time that it may turn out to be of. */
  long earliest() {
    return chunk == null ? request.at() : chunk.from();
  }

  int next() {
    return next;
  }

  boolean isUntouched() {
    return next == 0;
  }

  /**
   * Where the next slice ends: at as many documents or, one aside, as many bytes as it may have, or
   * at the end of the chunk.
   */
  int endOfSlice() {
    int most = (int) Math.min(chunk.size(), (long) next + limits.slice());
    int end = Math.min(next + 1, most);
    long sum = 0;
    while (end < most) {
      sum += BsonBytes.int32(chunk.bytes(), chunk.offsets()[end], chunk.bytes().length);
      if (sum > limits.sliceBytes()) {
        break;
      }
      end++;
    }
    return end;
  }

  /** What is left to be read behind that many of its documents. */
  Optional<KeyRange> behind(int end) {
    return end == 0 ? range.exhausted() : range.behind(chunk.key(end - 1));
  }

  /** What is left to be read behind all of it. */
  Optional<KeyRange> behind() {
    return behind(chunk.size());
  }

  /** All before that document are let in. */
  void passed(int end, KeyRange rest) {
    next = end;
    range = rest;
  }
}
