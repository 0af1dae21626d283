package dev.sluice.config;

/** By which of RabbitMQ's protocols events are published. */
public enum PublishBy {
  AMQP,
  STREAM
}
