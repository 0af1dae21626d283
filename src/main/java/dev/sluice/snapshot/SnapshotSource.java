package dev.sluice.snapshot;

import dev.sluice.change.Namespace;
import java.util.List;
import reactor.core.publisher.Mono;

/** Where the documents are that a snapshot reads. All methods are cold. */
public interface SnapshotSource {
  /** All that is watched and there, for as many readers as are wanted. */
  Mono<List<KeyRange>> ranges(int readers);

  /** What is asked for, for as many readers as are wanted. */
  Mono<List<KeyRange>> ranges(SnapshotRequest request, int readers);

  /** About how many documents are in them, matching or not; the server need not count them. */
  Mono<Long> estimate(List<Namespace> collections);

  /** Finds out what the server can do. */
  Mono<ChunkReader> open();
}
