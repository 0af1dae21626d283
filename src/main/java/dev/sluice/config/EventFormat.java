package dev.sluice.config;

/** The shape of a published message's body. */
public enum EventFormat {
  /** The document, the update and the metadata, each under a key of its own. */
  ENVELOPE,
  /**
   * The document's own fields at the top, with {@code type}, {@code entry_id}, {@code metadata}.
   */
  DOCUMENT,
  /** What Debezium's MongoDB connector writes. */
  DEBEZIUM,
  /** What its flattening transform makes of that. */
  DEBEZIUM_FLAT,
  /** A CloudEvent whose data is the envelope. */
  CLOUDEVENTS,
  /** The envelope, with the attributes of a CloudEvent as headers. */
  CLOUDEVENTS_BINARY,
  /** The record of a DynamoDB stream, its values typed as there. */
  DYNAMODB,
  /** The change event's own BSON. */
  BSON;

  /** Whether the body has {@code metadata.position}. */
  public boolean hasPosition() {
    return switch (this) {
      case ENVELOPE, DOCUMENT, CLOUDEVENTS, CLOUDEVENTS_BINARY -> true;
      case DEBEZIUM, DEBEZIUM_FLAT, DYNAMODB, BSON -> false;
    };
  }
}
