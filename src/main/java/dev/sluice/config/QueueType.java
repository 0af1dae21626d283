package dev.sluice.config;

/** The kind of queue that is declared. */
public enum QueueType {
  /** Replicated and fsynced: survives a broker's loss where there are three. */
  QUORUM,
  /** One copy on one node. */
  CLASSIC
}
