package dev.sluice.pipeline;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.CorruptBsonException;
import dev.sluice.change.Oversized;
import dev.sluice.config.Partition;

/**
 * Which changes a pipeline carries that is one of several for the same collections: those of the
 * documents of its partition, and what concerns a collection as a whole.
 *
 * <p>A document's partition follows from its {@code _id} alone, whatever the collection is called,
 * by a hash that must never change: with another one, changes of a document would come out of two
 * pipelines, in no order, across an upgrade. MongoDB's own hash ({@code $toHashedIndexKey}, 7.0)
 * would save the way over the network, but what two releases make of one value would have to be the
 * same for ever as well.
 */
final class Share {
  /** FNV-1a of 64 bits. */
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;

  private static final long FNV_PRIME = 0x100000001b3L;

  private static final int ABSENT = -1;

  private final Partition partition;

  Share(Partition partition) {
    this.partition = partition;
  }

  boolean has(Change change) {
    if (partition.isWhole()) {
      return true;
    }
    if (change instanceof Oversized oversized) {
      return isOurs(oversized.keys());
    }
    return !(change instanceof ChangeEvent event)
        || !event.operation().isOnDocument()
        || isOurs(event);
  }

  /** What cannot be read may be of any document. One pipeline only is to stop at it, or park it. */
  private boolean isOurs(ChangeEvent event) {
    try {
      return numberOf(event) == partition.number();
    } catch (CorruptBsonException e) {
      return partition.number() == 0;
    }
  }

  private int numberOf(ChangeEvent event) {
    int from =
        event.has(Field.DOCUMENT_KEY)
            ? event.find(event.offset(Field.DOCUMENT_KEY), "_id")
            : ABSENT;
    if (from == ABSENT) {
      return 0;
    }
    byte[] bytes = event.bytes();
    byte type = bytes[from - "_id".length() - 2];
    int to = BsonBytes.skipValue(type, bytes, from, bytes.length);
    long hash = (FNV_OFFSET ^ type & 0xFF) * FNV_PRIME;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i] & 0xFF) * FNV_PRIME;
    }
    return (int) Long.remainderUnsigned(mixed(hash), partition.of());
  }

  /**
   * FNV's low bits depend on the low bits of the bytes only. The finalizer of SplitMix64 (Steele et
   * al., 2014) has each depend on all.
   */
  private static long mixed(long hash) {
    long mixed = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
    return mixed ^ mixed >>> 31;
  }
}
