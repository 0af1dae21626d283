package dev.sluice.prove;

import java.util.Locale;

/** What a judge can find beside a loss. Any of them is the end of a clean verdict. */
enum Offence {
  /** A first message of a write came behind a later write of its document. */
  REORDERED,

  /**
   * A repeat differs from the first, an id stands for two events or an event for two ids, nobody
   * made the write, or the message cannot be read.
   */
  CHANGED,

  /** Two of several partitions published changes of one document. */
  TWO_PARTITIONS,

  /** A message came to a queue in which it does not belong. */
  WRONG_QUEUE,

  /** A message is about a collection that is not watched. */
  OUT_OF_SCOPE,

  /** A message is about a write that was aborted, or a transaction came out in part. */
  ABORTED,

  /** {@code before} or {@code document} is not what the write found or left. */
  WRONG_IMAGE,

  /** The positions of a document, or of a transaction, do not ascend. */
  WRONG_POSITION,

  /**
   * The end of a transaction is not marked, marked twice, before one of its events, or with other
   * counts than it has; or nobody committed it.
   */
  WRONG_COMMIT,

  /** What must not leave stands in a message or in a log. */
  LEAKED;

  /** As the last line of a run names it. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
