package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;

/**
 * A change to one document, caught as the storage made it and not yet in the log.
 *
 * @param object full document or update description; absent for a delete
 * @param before the document before, absent for an insert
 * @param after the document after, absent for a delete
 * @param previous what {@link DocumentHistory} keeps
 */
record RecordedChange(
    EventType type,
    Namespace namespace,
    RawDocument key,
    RawDocument object,
    RawDocument before,
    RawDocument after,
    Previous previous) {

  /**
   * A document before a change.
   *
   * @param document the engine's own object, which it has let go of; null if there was none
   */
  record Previous(Object id, Document document) {}
}
