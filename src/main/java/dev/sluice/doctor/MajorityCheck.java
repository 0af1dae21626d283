package dev.sluice.doctor;

import reactor.core.publisher.Mono;

/**
 * Whether a write becomes known to most members: change streams show nothing else, and positions
 * are saved so.
 *
 * @param write completes when one has
 */
record MajorityCheck(Mono<Void> write) implements Check {
  @Override
  public String name() {
    return "mongodb majority";
  }

  @Override
  public Mono<Finding> look() {
    return write.thenReturn(ok("a write is known to most members within seconds"));
  }
}
