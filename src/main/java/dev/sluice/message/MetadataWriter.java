package dev.sluice.message;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.EventId;
import dev.sluice.change.Transaction;
import dev.sluice.json.IsoDate;
import dev.sluice.json.Utf8Buffer;

/** Writes what a message says about its event, field by field. Not thread-safe. */
final class MetadataWriter {
  /** The version of the message format; a reader may refuse one that it does not know. */
  private static final int SCHEMA = 1;

  private static final int UUID_LENGTH = 16;

  private static final int MILLIS_PER_SECOND = 1000;

  private final String pipeline;
  private final Utf8Buffer out;

  MetadataWriter(String pipeline, Utf8Buffer out) {
    this.pipeline = pipeline;
    this.out = out;
  }

  void begin(EventId eventId) {
    out.appendAscii("\"eventId\": \"");
    out.appendAscii(eventId.value());
    out.appendAscii("\", \"pipeline\": ");
    out.appendJsonString(pipeline);
  }

  void idType(String type) {
    out.appendAscii(", \"idType\": \"");
    out.appendAscii(type);
    out.append('"');
  }

  /** When it was committed, and when it was made. */
  void times(ChangeEvent event) {
    clusterTime(event.int64(Field.CLUSTER_TIME));
    if (event.has(Field.WALL_TIME)) {
      wallTime(event.int64(Field.WALL_TIME));
    }
  }

  /** Where it stands among all changes. */
  void position(String position) {
    out.appendAscii(", \"position\": \"");
    out.appendAscii(position);
    out.append('"');
  }

  /**
   * @param timestamp a BSON timestamp: seconds in the upper half, the increment in the lower
   */
  void clusterTime(long timestamp) {
    seconds("clusterTime", timestamp >>> Integer.SIZE);
    out.appendAscii(", \"clusterTimeIncrement\": ");
    out.appendDecimal(timestamp & 0xFFFF_FFFFL);
  }

  private void seconds(String key, long seconds) {
    out.appendAscii(", \"");
    out.appendAscii(key);
    out.appendAscii("\": ");
    quotedSeconds(seconds);
  }

  void quotedSeconds(long seconds) {
    out.append('"');
    IsoDate.append(seconds * MILLIS_PER_SECOND, out);
    out.append('"');
  }

  private void wallTime(long millis) {
    out.appendAscii(", \"wallTime\": \"");
    IsoDate.appendWithMillis(millis, out);
    out.append('"');
  }

  /** The session's id is a UUID in a binary value (drivers' sessions specification). */
  void transaction(ChangeEvent event) {
    out.appendAscii(", \"transaction\": {\"lsid\": \"");
    out.appendUuid(event.bytes(), sessionUuid(event));
    out.appendAscii("\", \"number\": ");
    out.appendDecimal(event.int64(Field.TRANSACTION_NUMBER));
    out.appendAscii(", \"index\": ");
    out.appendDecimal(event.order().index());
    out.append('}');
  }

  void transaction(Transaction transaction) {
    out.appendAscii(", \"transaction\": {\"lsid\": \"");
    out.appendUuid(transaction.session(), transaction.uuidOffset());
    out.appendAscii("\", \"number\": ");
    out.appendDecimal(transaction.number());
    out.append('}');
  }

  private static int sessionUuid(ChangeEvent event) {
    EnvelopeEncoder.require(event.has(Field.SESSION), "a session of its transaction", event);
    int binary = event.find(event.offset(Field.SESSION), "id", BsonBytes.BINARY);
    EnvelopeEncoder.require(binary >= 0, "the id of its session", event);
    int length = BsonBytes.binaryLength(event.bytes(), binary, event.bytes().length);
    EnvelopeEncoder.require(length == UUID_LENGTH, "the UUID of its session", event);
    return binary + Integer.BYTES + 1;
  }

  void end() {
    out.appendAscii(", \"schema\": ");
    out.appendDecimal(SCHEMA);
  }
}
