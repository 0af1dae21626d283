package dev.sluice.pipeline;

import dev.sluice.change.ChangeEvent;
import dev.sluice.checkpoint.CheckpointStore;
import dev.sluice.config.DeliverySettings;
import dev.sluice.envelope.Message;
import java.util.Objects;
import java.util.function.Function;

/**
 * What a pipeline is put together from.
 *
 * @param encoder called on the encoder's thread only; an exception means that the event is poison
 */
public record PipelineParts(
    ChangeSource source,
    Function<ChangeEvent, Message> encoder,
    EventPublisher publisher,
    CheckpointStore checkpoints,
    DeliverySettings settings,
    PipelineSchedulers schedulers) {
  public PipelineParts {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(encoder, "encoder");
    Objects.requireNonNull(publisher, "publisher");
    Objects.requireNonNull(checkpoints, "checkpoints");
    Objects.requireNonNull(settings, "settings");
    Objects.requireNonNull(schedulers, "schedulers");
  }
}
