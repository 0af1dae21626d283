package dev.sluice.message;

import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.json.AttributeValues;
import dev.sluice.json.Utf8Buffer;

/**
 * The record of a DynamoDB stream, as a consumer of one gets it (Amazon DynamoDB Streams API
 * reference: Record, StreamRecord). What concerns a collection has no such record and is written as
 * the envelope.
 */
final class DynamoDbFormat implements MessageFormat {
  /** Of an unsigned number of 32 bits. */
  private static final int DIGITS = 10;

  private final AttributeValues values = new AttributeValues();
  private final Utf8Buffer out;
  private final MessageFormat ofCollections;

  DynamoDbFormat(EnvelopeSettings settings, Utf8Buffer out) {
    this.out = out;
    this.ofCollections = new EnvelopeFormat(settings, out);
  }

  @Override
  public void write(DocumentChange change) {
    out.appendAscii("{\"eventID\": \"");
    out.appendAscii(change.eventId().value());
    out.appendAscii("\", \"eventName\": \"");
    out.appendAscii(name(change));
    out.appendAscii("\", \"eventVersion\": \"1.1\", \"eventSource\": \"aws:dynamodb\"");
    out.appendAscii(", \"dynamodb\": {\"ApproximateCreationDateTime\": ");
    out.appendDecimal(change.clusterSeconds());
    image("Keys", change, Field.DOCUMENT_KEY);
    if (change.view().hasNewImage() && change.hasDocument()) {
      image("NewImage", change, Field.FULL_DOCUMENT);
    }
    if (change.keepsBefore()) {
      image("OldImage", change, Field.BEFORE);
    }
    out.appendAscii(", \"SequenceNumber\": \"");
    sequenceNumber(change);
    out.appendAscii("\", \"SizeBytes\": ");
    out.appendDecimal(change.event().sizeBytes());
    out.appendAscii(", \"StreamViewType\": \"");
    out.appendAscii(change.view().name());
    out.appendAscii("\"}}");
  }

  private static String name(DocumentChange change) {
    return switch (change.operation()) {
      case INSERT, READ -> "INSERT";
      case DELETE -> "REMOVE";
      default -> "MODIFY";
    };
  }

  private void image(String key, DocumentChange change, Field field) {
    out.appendAscii(", \"");
    out.appendAscii(key);
    out.appendAscii("\": ");
    values.writeDocument(change.event().bytes(), change.event().offset(field), out);
  }

  /**
   * Thirty digits, ten each for the seconds and the increment of the cluster time and the index in
   * the transaction: the position in decimal. Of one width, so that it compares as a text too.
   */
  private void sequenceNumber(DocumentChange change) {
    out.appendPadded(change.clusterSeconds(), DIGITS);
    out.appendPadded(change.clusterTime() & 0xFFFF_FFFFL, DIGITS);
    out.appendPadded(Integer.toUnsignedLong(change.event().order().index()), DIGITS);
  }

  @Override
  public void write(CollectionChange change) {
    ofCollections.write(change);
  }
}
