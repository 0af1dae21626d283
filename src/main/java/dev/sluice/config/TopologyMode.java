package dev.sluice.config;

/**
 * What is done at RabbitMQ about exchange, queue and parking queue before anything is published.
 */
public enum TopologyMode {
  /** They and the binding are declared: made where they are missing, and compared. */
  DECLARE,
  /** They must be there. Nothing is made; AMQP can neither show a binding nor an argument. */
  VERIFY,
  /** Nothing is asked and nothing is made. */
  NONE
}
