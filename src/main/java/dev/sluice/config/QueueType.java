package dev.sluice.config;

import java.util.Locale;

/** The kind of queue that is declared. */
public enum QueueType {
  /** Replicated and fsynced: survives a broker's loss where there are three. */
  QUORUM,
  /** One copy on one node. */
  CLASSIC;

  /** As RabbitMQ and the setting write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
