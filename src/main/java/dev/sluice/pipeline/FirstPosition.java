package dev.sluice.pipeline;

import dev.sluice.change.Position;
import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.Claim;
import dev.sluice.config.WrongSettings;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Where the first attempt begins: at the saved position, at the present where there is none, or
 * where somebody wants it to. What is not saved yet is saved before anything is read from there.
 */
final class FirstPosition {
  private static final Logger log = LoggerFactory.getLogger(FirstPosition.class);

  private final PipelineParts parts;
  private final Leadership leadership;
  private final Beginning beginning;

  /** Whether what was wished for is done: it is for the first attempt only. */
  private volatile boolean begun;

  /** Where the log began when it was asked, if that was wished for and no stream was open since. */
  private volatile Optional<Position> oldest = Optional.empty();

  FirstPosition(PipelineParts parts, Leadership leadership, Beginning beginning) {
    this.parts = parts;
    this.leadership = leadership;
    this.beginning = beginning;
  }

  /**
   * Where to go on. Cold. Fails with {@link WrongSettings} if another point is wished for than the
   * one that is saved.
   *
   * @param ours as it was claimed
   */
  Mono<Position> of(Checkpoint ours) {
    if (begun || !beginning.isWished()) {
      return ours.position().map(Mono::just).orElseGet(() -> begin(new StartPoint.Now()));
    }
    // What is saved may be what was chosen a moment ago.
    if (ours.position().isPresent() && !beginning.reset() && !ours.position().equals(oldest)) {
      return Mono.error(
          WrongSettings.of(
              "The pipeline \""
                  + ours.pipeline()
                  + "\" has a saved position, "
                  + ours.position().get()
                  + ": leave --from out to go on there, or add --reset to give it up."));
    }
    return begin(beginning.at().orElseThrow())
        .doOnNext(position -> log.info("Beginning as wished at {}", position));
  }

  /** A stream is open: from now on a position that is lost has lost changes. */
  void opened() {
    oldest = Optional.empty();
  }

  /**
   * Whether what is lost is only where the log began when it was asked: it has gone on before a
   * stream was open, nothing was read, and the next attempt asks where it begins now.
   *
   * @param lost the newest confirmed position
   */
  boolean isChosenAgain(Optional<Position> lost) {
    if (oldest.isEmpty() || !oldest.equals(lost)) {
      return false;
    }
    begun = false;
    return true;
  }

  /**
   * What is wished for must not be done to a pipeline that another instance runs.
   *
   * @throws WrongSettings if it is wished for
   */
  void requireNobodyElse(Claim.Others others) {
    if (!begun && beginning.isWished()) {
      throw WrongSettings.of(
          "The pipeline is run by "
              + others.owner()
              + ", and --from is for one that is stopped: stop it, or leave --from out to stand by.");
    }
  }

  /** Saved at once: if we fail before the first event, the next start must not begin later. */
  private Mono<Position> begin(StartPoint point) {
    return Patience.withAnswer(
        point
            .find(parts.source())
            .flatMap(parts.snapshots()::atFirstStart)
            .flatMap(
                position ->
                    parts
                        .checkpoints()
                        .save(leadership.checkpoint().at(position))
                        .then(Mono.fromRunnable(() -> reached(point, position)))
                        .thenReturn(position)),
        "has not told its time",
        parts.schedulers().timer());
  }

  private void reached(StartPoint point, Position position) {
    begun = true;
    oldest = Optional.of(position).filter(chosen -> point instanceof StartPoint.Earliest);
    leadership.reached(position);
  }
}
