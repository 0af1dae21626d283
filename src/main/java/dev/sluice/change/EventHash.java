package dev.sluice.change;

import dev.sluice.change.ChangeEvent.Field;

/**
 * Which events are of one document, and of one collection, as a number: whatever has the same one
 * waits for one another, so that two share it by chance costs a moment and nothing else.
 */
final class EventHash {
  /** FNV-1a with 64 bits: ids that are counted up, as most are, share no hash. */
  private static final long FNV_OFFSET = 0xCBF29CE484222325L;

  private static final long FNV_PRIME = 0x100000001B3L;

  private static final String ID = "_id";

  private EventHash() {}

  /**
   * Of its {@code _id} only: the document key of a sharded collection has the shard key as well,
   * and that may change.
   *
   * @throws CorruptBsonException if it cannot be read
   */
  static long ofDocument(ChangeEvent event) {
    int from =
        event.has(Field.DOCUMENT_KEY) ? event.find(event.offset(Field.DOCUMENT_KEY), ID) : -1;
    if (from < 0) {
      return Change.EVERY_DOCUMENT;
    }
    byte[] bytes = event.bytes();
    // The type byte stands before the name and its closing zero.
    byte type = bytes[from - ID.length() - 2];
    int to = BsonBytes.skipValue(type, bytes, from, bytes.length);
    long hash = FNV_OFFSET ^ event.collectionHash();
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i] & 0xFF) * FNV_PRIME;
    }
    return hash;
  }

  /**
   * A new name concerns two collections, and the end of a database all that were in it.
   *
   * @throws CorruptBsonException if it cannot be read
   */
  static long ofCollection(ChangeEvent event) {
    if (!event.has(Field.NAMESPACE)
        || event.operation() == Operation.RENAME
        || event.operation() == Operation.DROP_DATABASE) {
      return Change.EVERY_COLLECTION;
    }
    byte[] bytes = event.bytes();
    int at = event.offset(Field.NAMESPACE);
    int end = BsonBytes.documentEnd(bytes, at, bytes.length);
    long hash = FNV_OFFSET;
    // Eight bytes at a time: it is asked for each event.
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      hash = Long.rotateLeft((hash ^ BsonBytes.int64(bytes, at, end)) * FNV_PRIME, 31);
    }
    for (; at < end; at++) {
      hash = (hash ^ bytes[at] & 0xFF) * FNV_PRIME;
    }
    return hash;
  }
}
