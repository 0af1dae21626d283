package dev.sluice.config;

import java.util.Objects;

/**
 * Several streams that RabbitMQ's own clients read as one: an exchange with a name, and of each
 * partition a stream that is bound to it (https://www.rabbitmq.com/docs/streams#super-streams).
 *
 * @param name of the exchange, and so of the whole
 * @param number of the stream that is ours, from 0
 */
public record SuperStream(String name, int number) {
  public SuperStream {
    Objects.requireNonNull(name, "name");
  }

  /** The stream that is ours, named as {@code rabbitmq-streams add_super_stream} does. */
  public String stream() {
    return name + "-" + number;
  }

  /** By which it is bound. */
  public String bindingKey() {
    return Integer.toString(number);
  }
}
