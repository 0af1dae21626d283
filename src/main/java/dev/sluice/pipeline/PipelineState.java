package dev.sluice.pipeline;

/** What a pipeline is doing. */
public enum PipelineState {
  /** Connecting, claiming its position, opening its stream. */
  STARTING,
  /** Another instance runs the pipeline; waiting to take over. */
  STANDBY,
  /** Events flow, or would if there were any. */
  STREAMING,
  /** RabbitMQ takes nothing because of an alarm. */
  BLOCKED,
  /** RabbitMQ refuses messages because a queue is full; they go as it takes them. */
  THROTTLED,
  /** Waiting before it tries again. */
  BACKING_OFF,
  /** Taking nothing in any more; waiting for the confirms that are due. */
  DRAINING,
  /** Ended by a failure. */
  FAILED,
  /** Ended because it was told to. */
  STOPPED
}
