package dev.sluice.message;

import java.util.Map;

/**
 * One shape of a message's body. It writes straight from the event's BSON into the encoder's
 * buffer; what all messages share (id, routing key, properties, headers, compression, limits) is
 * the encoder's. Not thread-safe: one for each encoder.
 */
interface MessageFormat {
  /** Writes the change of a document. */
  void write(DocumentChange change);

  /** Writes what concerns a collection as a whole, or all of them. */
  void write(CollectionChange change);

  /** What the body of a document's change is. */
  default Message.Content content(DocumentChange change) {
    return Message.Content.JSON;
  }

  /** Headers beside those of every message; most formats have none. */
  default Map<String, Object> headers(DocumentChange change) {
    return Map.of();
  }

  /** Headers beside those of every message; most formats have none. */
  default Map<String, Object> headers(CollectionChange change) {
    return Map.of();
  }

  /** What the body is of what concerns a collection. */
  default Message.Content content(CollectionChange change) {
    return Message.Content.JSON;
  }
}
