package dev.sluice.checkpoint;

import dev.sluice.change.Change;
import java.util.HashSet;
import java.util.Set;

/**
 * The documents and collections of which an event is published or refused, and not confirmed: a
 * later one of the same waits for it. Guarded by the window.
 */
final class Awaited {
  private final boolean strict;

  /** By their hashes. Empty if several events of one document may be on their way. */
  private final LongSet documents;

  /** Of what concerns one as a whole. Nearly always empty. */
  private final Set<Long> collections = new HashSet<>();

  /**
   * @param strict whether an event waits for the earlier ones of its document
   * @param maxEvents how many can be awaited at a time
   */
  Awaited(boolean strict, int maxEvents) {
    this.strict = strict;
    this.documents = new LongSet(strict ? maxEvents : 0);
  }

  void add(WindowEntry entry) {
    if (entry.isOfCollection()) {
      collections.add(entry.collectionHash);
    } else if (strict) {
      documents.add(entry.documentHash);
    }
  }

  void remove(WindowEntry entry) {
    if (entry.isOfCollection()) {
      collections.remove(entry.collectionHash);
    } else {
      documents.remove(entry.documentHash);
    }
  }

  /** Whether one of its document, or one that concerns its whole collection, is awaited. */
  boolean holdsBack(WindowEntry entry) {
    if (!collections.isEmpty()
        && (collections.contains(entry.collectionHash)
            || collections.contains(Change.EVERY_COLLECTION))) {
      return true;
    }
    return !entry.isOfCollection() && documents.contains(entry.documentHash);
  }
}
