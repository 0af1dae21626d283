package dev.sluice.config;

import java.util.Locale;

/** The kind of queue that is declared. */
public enum QueueType {
  /** Replicated and fsynced: survives a broker's loss where there are three. */
  QUORUM,
  /** One copy on one node. */
  CLASSIC,
  /** A replicated log that is read from any place, and of which nobody takes anything. */
  STREAM;

  /** As RabbitMQ and the setting write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
