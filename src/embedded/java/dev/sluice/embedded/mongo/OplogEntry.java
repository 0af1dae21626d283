package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.time.Instant;
import java.util.UUID;

/**
 * One change in the log, with what is needed to show it as an event later.
 *
 * @param time of the change; the operations of a transaction share one
 * @param operation index in its transaction, 0 outside of one
 * @param key the document key; absent for commands
 * @param object the full document, the update description, or what a command did
 * @param images of the document before and after, where the collection records them
 * @param transaction present if the change is part of a multi-document transaction
 */
record OplogEntry(
    OpTime time,
    int operation,
    EventType type,
    Namespace namespace,
    UUID collection,
    RawDocument key,
    RawDocument object,
    Images images,
    Transaction transaction,
    Instant wallTime) {

  /** Rough cost of an entry besides its bytes, for the log's limit in bytes. */
  private static final int OVERHEAD = 120;

  /** The document before and after a change. Either may be absent. */
  record Images(RawDocument before, RawDocument after) {
    static final Images NONE = new Images(null, null);
  }

  /** The session and number under which a transaction ran. */
  record Transaction(Document session, long number) {}

  int size() {
    return OVERHEAD
        + sizeOf(key)
        + sizeOf(object)
        + sizeOf(images.before())
        + sizeOf(images.after());
  }

  private static int sizeOf(RawDocument document) {
    return document == null ? 0 : document.size();
  }

  ResumeToken.Position position() {
    return new ResumeToken.Position(time, true, operation, false);
  }

  boolean isBefore(ResumeToken.Position position) {
    int byTime = time.compareTo(position.time());
    return byTime < 0 || byTime == 0 && position.event() && operation < position.operation();
  }
}
