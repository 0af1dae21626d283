package dev.sluice.pipeline;

import java.util.Objects;
import reactor.core.scheduler.Scheduler;

/**
 * The threads a pipeline runs on; docs/ARCHITECTURE.md has the table.
 *
 * @param encoder one thread: turns events into messages, and asks for more of them
 * @param publisher one thread: the only one that writes messages to the channel; may block
 * @param timer time outs, back-off and the saving of positions; must never block
 */
public record PipelineSchedulers(Scheduler encoder, Scheduler publisher, Scheduler timer) {
  public PipelineSchedulers {
    Objects.requireNonNull(encoder, "encoder");
    Objects.requireNonNull(publisher, "publisher");
    Objects.requireNonNull(timer, "timer");
  }
}
