package dev.sluice.embedded.mongo;

/**
 * A change to one document, caught as the storage made it and not yet in the log.
 *
 * @param object full document or update description; absent for a delete
 * @param before the document before, absent for an insert
 * @param after the document after, absent for a delete
 */
record RecordedChange(
    EventType type,
    Namespace namespace,
    RawDocument key,
    RawDocument object,
    RawDocument before,
    RawDocument after) {}
