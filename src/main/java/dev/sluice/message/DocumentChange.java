package dev.sluice.message;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.EventId;
import dev.sluice.change.Operation;
import dev.sluice.config.View;

/**
 * The change of a document, with what every format asks of it.
 *
 * @param position as {@link dev.sluice.change.ChangePosition#text} has it
 * @param view what of the document the change carries
 */
record DocumentChange(
    ChangeEvent event, Origin origin, DocumentId id, EventId eventId, String position, View view) {
  Operation operation() {
    return event.operation();
  }

  /** Whether the document behind the change is there. */
  boolean hasDocument() {
    return operation() != Operation.DELETE
        && event.has(Field.FULL_DOCUMENT)
        && event.type(Field.FULL_DOCUMENT) == BsonBytes.DOCUMENT;
  }

  /** After a delete, and when a lookup found nothing: where a reader must know that it is gone. */
  boolean lacksDocument() {
    return operation() == Operation.DELETE && view.hasNewImage()
        || event.has(Field.FULL_DOCUMENT) && !hasDocument();
  }

  /**
   * Whether it is to say how the document was before; before an insert there was nothing, and
   * before a read nobody looked.
   */
  boolean hasBefore() {
    return view.hasOldImage() && operation() != Operation.INSERT && operation() != Operation.READ;
  }

  /** Whether the document before the change is there: it may have expired. */
  boolean keepsBefore() {
    return hasBefore() && event.has(Field.BEFORE) && event.type(Field.BEFORE) == BsonBytes.DOCUMENT;
  }

  /** A BSON timestamp: seconds in the upper half, the increment in the lower. */
  long clusterTime() {
    return event.int64(Field.CLUSTER_TIME);
  }

  long clusterSeconds() {
    return clusterTime() >>> Integer.SIZE;
  }
}
