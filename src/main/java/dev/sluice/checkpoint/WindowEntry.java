package dev.sluice.checkpoint;

import dev.sluice.change.Change;
import dev.sluice.change.Position;

/** What the window knows of an event on its way. Guarded by the window. */
final class WindowEntry {
  enum State {
    WAITING,
    PUBLISHED,
    REFUSED,
    CONFIRMED
  }

  final Position event;
  final long collectionHash;
  final long documentHash;

  /** Of the event, and once it is encoded of its message, if that is larger. */
  int bytes;

  boolean encoded;

  /** What the broker calls it, where it drops what it has; else 0. */
  long id;

  /** Where the stream goes on behind it. */
  Position behind;

  State state = State.WAITING;

  WindowEntry(Position behind, int bytes, long collectionHash, long documentHash) {
    this.event = behind;
    this.behind = behind;
    this.bytes = bytes;
    this.collectionHash = collectionHash;
    this.documentHash = documentHash;
  }

  /** Whether it concerns its whole collection, or all that is watched. */
  boolean isOfCollection() {
    return documentHash == Change.EVERY_DOCUMENT;
  }

  boolean isWaitedFor() {
    return state == State.PUBLISHED || state == State.REFUSED;
  }
}
