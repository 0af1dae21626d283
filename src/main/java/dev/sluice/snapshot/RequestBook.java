package dev.sluice.snapshot;

import java.util.List;
import reactor.core.publisher.Mono;

/** Where requests of a pipeline are kept. All methods are cold. */
public interface RequestBook {
  /** Those that are not over, the oldest first. */
  Mono<List<SnapshotRequest>> open();

  /** Says what has become of one. */
  Mono<Void> answer(String id, SnapshotRequest.State state, String answer);
}
