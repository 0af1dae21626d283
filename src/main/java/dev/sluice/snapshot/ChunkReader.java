package dev.sluice.snapshot;

import reactor.core.publisher.Mono;

/** Reads chunks from a server of which it is known what it can do. */
@FunctionalInterface
public interface ChunkReader {
  /**
   * Cold. Gives exactly one chunk, of no documents at the end of the range only, or fails with what
   * the pipeline knows how to treat.
   */
  Mono<Chunk> read(ChunkRequest request);
}
