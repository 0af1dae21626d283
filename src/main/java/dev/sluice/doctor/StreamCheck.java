package dev.sluice.doctor;

import dev.sluice.change.Position;
import dev.sluice.checkpoint.StoredPosition;
import java.time.Duration;
import java.util.function.Function;
import org.bson.BsonTimestamp;
import reactor.core.publisher.Mono;

/**
 * Whether the change stream opens where the pipeline would go on.
 *
 * @param stored empty if nothing is
 * @param opens completes when a stream at the position has opened
 */
record StreamCheck(
    String scope, Mono<StoredPosition> stored, Mono<BsonTimestamp> now, Opening opens)
    implements Check {
  /** Opens a stream. */
  interface Opening extends Function<Position, Mono<Void>> {}

  @Override
  public String name() {
    return "mongodb stream";
  }

  /** From a position of long ago the server reads its log until it finds something. */
  @Override
  public Duration limit() {
    return Duration.ofSeconds(30);
  }

  @Override
  public Mono<Finding> look() {
    return stored
        .mapNotNull(found -> found.position().orElse(null))
        .map(
            position ->
                opens
                    .apply(position.stream())
                    .thenReturn(ok("of " + scope + " opens at the saved position")))
        .defaultIfEmpty(
            now.flatMap(
                time ->
                    opens
                        .apply(new Position.At(time))
                        .thenReturn(
                            ok(
                                "of "
                                    + scope
                                    + " opens; no position is saved yet, so a start begins"
                                    + " at the present"))))
        .flatMap(finding -> finding);
  }
}
