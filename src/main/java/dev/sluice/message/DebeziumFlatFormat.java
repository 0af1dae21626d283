package dev.sluice.message;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.Commit;
import dev.sluice.change.Operation;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.json.BsonJsonWriter;
import dev.sluice.json.Utf8Buffer;

/**
 * What Debezium's transform ExtractNewDocumentState makes of its events where deletes are
 * rewritten: the document's own fields, and whether it was deleted. What concerns a collection is
 * written as the envelope, and the end of a transaction as Debezium does, which it leaves alone.
 */
final class DebeziumFlatFormat implements MessageFormat {
  /** Ours, whatever the document has there. */
  private static final byte[] DELETED = Utf8Buffer.ascii("__deleted\0");

  private final BsonJsonWriter flat = BsonJsonWriter.flat();
  private final Utf8Buffer out;
  private final MessageFormat ofCollections;
  private final DebeziumTransaction ofTransactions;

  DebeziumFlatFormat(EnvelopeSettings settings, Utf8Buffer out) {
    this.out = out;
    this.ofCollections = new EnvelopeFormat(settings, out);
    this.ofTransactions = new DebeziumTransaction(out);
  }

  @Override
  public void write(DocumentChange change) {
    ChangeEvent event = change.event();
    int id = event.find(event.offset(Field.DOCUMENT_KEY), "_id");
    out.appendAscii("{\"_id\": ");
    flat.writeValue(event.bytes()[id - "_id".length() - 2], event.bytes(), id, out);
    if (change.hasDocument()) {
      fields(event, event.offset(Field.FULL_DOCUMENT));
    } else if (event.has(Field.UPDATE_DESCRIPTION)) {
      update(event);
    }
    out.appendAscii(
        change.operation() == Operation.DELETE
            ? ", \"__deleted\": true}"
            : ", \"__deleted\": false}");
  }

  private void fields(ChangeEvent event, int document) {
    EnvelopeParts.fields(flat, event.bytes(), document, out, DELETED);
  }

  /** Without a document: what was set, by its path, and null for what was removed. */
  private void update(ChangeEvent event) {
    int description = event.offset(Field.UPDATE_DESCRIPTION);
    int updated = event.find(description, "updatedFields", BsonBytes.DOCUMENT);
    if (updated >= 0) {
      fields(event, updated);
    }
    int removed = event.find(description, "removedFields", BsonBytes.ARRAY);
    if (removed < 0) {
      return;
    }
    byte[] bytes = event.bytes();
    int end = BsonBytes.documentEnd(bytes, removed, bytes.length) - 1;
    int at = removed + Integer.BYTES;
    while (at < end) {
      int value = BsonBytes.cStringEnd(bytes, at + 1, end) + 1;
      int next = BsonBytes.skipValue(bytes[at], bytes, value, end);
      EnvelopeEncoder.require(bytes[at] == BsonBytes.STRING, "the name of a removed field", event);
      out.appendAscii(", ");
      out.appendJsonString(bytes, value + Integer.BYTES, BsonBytes.stringLength(bytes, value, end));
      out.appendAscii(": null");
      at = next;
    }
  }

  @Override
  public void write(CollectionChange change) {
    if (change.change() instanceof Commit commit) {
      ofTransactions.write(commit);
    } else {
      ofCollections.write(change);
    }
  }
}
