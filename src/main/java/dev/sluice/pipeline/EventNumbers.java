package dev.sluice.pipeline;

import dev.sluice.change.Numbering;
import dev.sluice.change.Position;
import dev.sluice.checkpoint.Checkpoint;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * What the events of each attempt are called, where the broker drops by their numbers what it has:
 * as they were called before, if they are the same again, else by a series of its own. Whichever it
 * is stands in the checkpoint before the first of them is published, or a process that dies would
 * leave events behind whose numbers nobody knows.
 */
final class EventNumbers {
  private final PipelineParts parts;
  private final Leadership leadership;

  EventNumbers(PipelineParts parts, Leadership leadership) {
    this.parts = parts;
    this.leadership = leadership;
  }

  /**
   * Those of the next attempt; empty if the broker does not ask. Cold.
   *
   * @param start where it begins
   * @param alone whether nothing is told of before what comes from there
   */
  Mono<Optional<Numbering>> of(Position start, boolean alone) {
    return Mono.defer(
        () -> {
          Checkpoint own = leadership.checkpoint();
          // What a snapshot reads comes between the changes in another order each time.
          boolean asBefore = alone && start.snapshot().isEmpty();
          Optional<Numbering> numbering =
              parts.publisher().numbering(own.numbering().filter(saved -> asBefore));
          boolean unsaved = !numbering.equals(own.numbering());
          return asBefore && unsaved && numbering.map(Numbering::lasting).orElse(false)
              ? save(own.at(start, numbering)).thenReturn(numbering)
              : Mono.just(numbering);
        });
  }

  private Mono<Void> save(Checkpoint checkpoint) {
    return Patience.withAnswer(
            parts.checkpoints().save(checkpoint),
            "has not saved the position",
            parts.schedulers().timer())
        .then(Mono.fromRunnable(() -> leadership.reached(checkpoint)));
  }
}
