package dev.sluice.mongo;

import org.bson.BsonDocument;
import org.bson.RawBsonDocument;

/**
 * An event as the bytes that came. The driver's class for it gives them inside of three buffers,
 * made anew each time that one asks.
 *
 * @param bytes the document and nothing else; neither copied nor to be written to
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares events.
record RawEvent(byte[] bytes) {
  BsonDocument toBson() {
    return new RawBsonDocument(bytes);
  }
}
