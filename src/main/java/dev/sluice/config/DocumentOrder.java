package dev.sluice.config;

/** What the order of a document's changes in the queue rests on. */
public enum DocumentOrder {
  /**
   * A change is published when the earlier ones of its document are confirmed, so none is seen
   * before them for the first time, whatever RabbitMQ refuses.
   */
  STRICT,

  /**
   * Changes of one document wait for nothing. They lie in order as long as RabbitMQ refuses and
   * returns none; where it does, a later one may be seen first, and consumers have to compare
   * positions.
   */
  POSITION
}
