package dev.sluice.pipeline;

import dev.sluice.change.Change;
import dev.sluice.checkpoint.CheckpointStore;
import dev.sluice.config.DeliverySettings;
import dev.sluice.config.FailureSettings;
import dev.sluice.config.Partition;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import dev.sluice.shape.Shaping;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What a pipeline is put together from.
 *
 * @param partition whose changes are carried
 * @param shaping called on the encoder's thread only
 * @param encoder called on the encoder's thread only; an exception means that the event is poison
 * @param parked writes what cannot be published
 * @param transactionMarkers whether a message tells of the end of each transaction
 * @param meter counts what goes through; {@link PipelineMeter#NONE} if nobody watches it
 */
public record PipelineParts(
    ChangeSource source,
    Partition partition,
    Shaping shaping,
    Function<Change, Message> encoder,
    ParkedMessages parked,
    EventPublisher publisher,
    CheckpointStore checkpoints,
    DeliverySettings settings,
    FailureSettings failures,
    Snapshots snapshots,
    PipelineSchedulers schedulers,
    boolean transactionMarkers,
    PipelineMeter meter) {
  public PipelineParts {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(partition, "partition");
    Objects.requireNonNull(shaping, "shaping");
    Objects.requireNonNull(encoder, "encoder");
    Objects.requireNonNull(parked, "parked");
    Objects.requireNonNull(publisher, "publisher");
    Objects.requireNonNull(checkpoints, "checkpoints");
    Objects.requireNonNull(settings, "settings");
    Objects.requireNonNull(failures, "failures");
    Objects.requireNonNull(snapshots, "snapshots");
    Objects.requireNonNull(schedulers, "schedulers");
    Objects.requireNonNull(meter, "meter");
  }

  /**
   * The same, counted.
   *
   * @param watched puts around the checkpoints what hears of their saves
   */
  public PipelineParts counted(PipelineMeter by, UnaryOperator<CheckpointStore> watched) {
    return new PipelineParts(
        source,
        partition,
        shaping,
        encoder,
        parked,
        publisher,
        watched.apply(checkpoints),
        settings,
        failures,
        snapshots,
        schedulers,
        transactionMarkers,
        by);
  }
}
