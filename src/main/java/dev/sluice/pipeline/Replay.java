package dev.sluice.pipeline;

import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.CheckpointStore;
import dev.sluice.checkpoint.Claim;
import dev.sluice.config.FailureSettings;
import dev.sluice.config.FailureSettings.OnPositionLost;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;
import reactor.core.publisher.Mono;

/**
 * Publishes a stretch of the log again: a pipeline like any other, whose source ends and which
 * neither knows nor keeps a position or a lease.
 */
public final class Replay {
  private static final Duration TELL = Duration.ofSeconds(1);

  private final PipelineParts parts;
  private final PipelineSupervisor pipeline;

  /**
   * @param parts as for the pipeline; its checkpoints are not used
   * @param from the first moment of the stretch
   * @param until the first moment behind it
   */
  public Replay(PipelineParts parts, StartPoint from, StartPoint until, PipelineListener listener) {
    this.parts = parts;
    Stretch stretch = new Stretch(parts.source(), until);
    this.pipeline =
        new PipelineSupervisor(
            new PipelineParts(
                stretch,
                parts.partition(),
                parts.shaping(),
                parts.encoder(),
                parts.parked(),
                parts.publisher(),
                new KeptNowhere(),
                parts.settings(),
                neverOverAGap(parts.failures()),
                Snapshots.none(stretch),
                parts.schedulers(),
                parts.transactionMarkers(),
                PipelineMeter.NONE),
            new Beginning(Optional.of(from), false),
            stretch::isExhausted,
            listener);
  }

  /** A gap is for who follows the pipeline. */
  private static FailureSettings neverOverAGap(FailureSettings failures) {
    return new FailureSettings(OnPositionLost.STOP, failures.onUnroutable(), failures.onPoison());
  }

  /**
   * Runs until RabbitMQ has confirmed the last change of the stretch, and gives how many there
   * were. Cold; to be subscribed to once. Fails as {@link PipelineSupervisor#run} does.
   *
   * @param progress hears every second how many are confirmed
   */
  public Mono<Long> run(LongConsumer progress) {
    return Alongside.during(
            pipeline.run(),
            TELL,
            parts.schedulers().timer(),
            tick -> Mono.fromRunnable(() -> progress.accept(pipeline.settledEvents())))
        .then(Mono.fromSupplier(pipeline::settledEvents));
  }

  /** For what runs once and is run by nobody else. */
  private static final class KeptNowhere implements CheckpointStore {
    private static final String NAME = "replay";

    @Override
    public Mono<Claim> claim(Optional<Checkpoint> known) {
      return Mono.just(
          new Claim.Ours(
              new Checkpoint(
                  NAME,
                  known.map(Checkpoint::epoch).orElse(0L) + 1,
                  known.flatMap(Checkpoint::position))));
    }

    @Override
    public Mono<Void> renew(Checkpoint claimed) {
      return Mono.empty();
    }

    @Override
    public Mono<Void> save(Checkpoint checkpoint) {
      return Mono.empty();
    }

    @Override
    public Mono<Void> release(Checkpoint checkpoint) {
      return Mono.empty();
    }
  }
}
