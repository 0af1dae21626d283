package dev.sluice.change;

/**
 * Something to be published: what the stream brought, what a snapshot put beside it, that a
 * transaction is over, or that the stream could not bring everything.
 */
public sealed interface Change permits ChangeEvent, Oversized, Gap, Commit, SnapshotNotice {
  /** The {@link #documentHash} of what concerns all documents of its collection. */
  long EVERY_DOCUMENT = 0;

  /** The {@link #collectionHash} of what concerns all collections that are watched. */
  long EVERY_COLLECTION = 0;

  /** Where a stream goes on behind it. */
  Position position();

  /** Where it stands in the order of all changes. */
  ChangePosition order();

  /** What identifies it: the same whenever it is published again. */
  EventId id();

  /** How many bytes of memory it takes until it is encoded. */
  int sizeBytes();

  /**
   * A number that is equal for all changes of one document, or {@link #EVERY_DOCUMENT}. Different
   * documents may share one, which costs a little waiting and nothing else.
   */
  long documentHash();

  /**
   * A number that is equal for all changes of one collection, or {@link #EVERY_COLLECTION}.
   * Different collections may share one, at the same price.
   */
  long collectionHash();
}
