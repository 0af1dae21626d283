package dev.sluice.message;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.Commit;
import dev.sluice.change.Operation;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.JsonMode;
import dev.sluice.json.BsonJsonWriter;
import dev.sluice.json.Utf8Buffer;
import java.util.Map;

/**
 * What Debezium's MongoDB connector writes, without schemas: recorded from its version 3.6.
 * Documents are JSON text in JSON there. What concerns a collection has no such event and is
 * written as the envelope; the end of a transaction has one in its transaction topic.
 */
final class DebeziumFormat implements MessageFormat {
  /** Header with the document's key. */
  static final String KEY = "key";

  /** All headers have to fit one frame, 128 KiB at RabbitMQ. */
  private static final int MAX_KEY_BYTES = 64 * 1024;

  private static final int MILLIS_DIGITS = 3;
  private static final int MICROS_DIGITS = 6;
  private static final int NANOS_DIGITS = 9;

  private final BsonJsonWriter strict = BsonJsonWriter.strict();
  private final BsonJsonWriter relaxed = new BsonJsonWriter(JsonMode.RELAXED);
  private final Utf8Buffer out;
  private final Utf8Buffer text;
  private final String pipeline;
  private final MessageFormat ofCollections;
  private final DebeziumTransaction ofTransactions;

  /**
   * @param maxTextBytes how large the JSON text of one document may be
   */
  DebeziumFormat(EnvelopeSettings settings, Utf8Buffer out, long maxTextBytes) {
    this.out = out;
    this.text = new Utf8Buffer(maxTextBytes);
    this.pipeline = settings.pipeline();
    this.ofCollections = new EnvelopeFormat(settings, out);
    this.ofTransactions = new DebeziumTransaction(out);
  }

  @Override
  public void write(DocumentChange change) {
    ChangeEvent event = change.event();
    out.appendAscii("{\"before\": ");
    textOrNull(strict, event, change.keepsBefore() ? event.offset(Field.BEFORE) : -1);
    out.appendAscii(", \"after\": ");
    textOrNull(strict, event, change.hasDocument() ? event.offset(Field.FULL_DOCUMENT) : -1);
    out.appendAscii(", \"updateDescription\": ");
    update(event);
    out.appendAscii(", \"source\": {");
    source(change);
    out.appendAscii("}, \"op\": \"");
    out.append(operation(change));
    out.appendAscii("\", \"ts_ms\": ");
    time(change, MILLIS_DIGITS);
    out.appendAscii(", \"transaction\": null}");
  }

  private static char operation(DocumentChange change) {
    return switch (change.operation()) {
      case INSERT -> 'c';
      case DELETE -> 'd';
      case READ -> 'r';
      default -> 'u';
    };
  }

  /**
   * @param document where it begins; negative for null
   */
  private void textOrNull(BsonJsonWriter writer, ChangeEvent event, int document) {
    if (document < 0) {
      out.appendAscii("null");
      return;
    }
    try {
      writer.writeDocument(event.bytes(), document, text);
      out.appendJsonString(text);
    } finally {
      text.reset();
    }
  }

  /** An empty list is null there. */
  private void update(ChangeEvent event) {
    if (!event.has(Field.UPDATE_DESCRIPTION)) {
      out.appendAscii("null");
      return;
    }
    int description = event.offset(Field.UPDATE_DESCRIPTION);
    out.appendAscii("{\"removedFields\": ");
    int removed = list(event, description, "removedFields");
    if (removed < 0) {
      out.appendAscii("null");
    } else {
      relaxed.writeValue(BsonBytes.ARRAY, event.bytes(), removed, out);
    }
    out.appendAscii(", \"updatedFields\": ");
    textOrNull(relaxed, event, event.find(description, "updatedFields", BsonBytes.DOCUMENT));
    out.appendAscii(", \"truncatedArrays\": ");
    int truncated = list(event, description, "truncatedArrays");
    if (truncated < 0) {
      out.appendAscii("null");
    } else {
      truncatedArrays(event.bytes(), truncated);
    }
    out.append('}');
  }

  /** Where a list that is not empty begins; else -1. */
  private static int list(ChangeEvent event, int description, String name) {
    int list = event.find(description, name, BsonBytes.ARRAY);
    int emptyList = 5;
    return list >= 0 && BsonBytes.int32(event.bytes(), list, event.bytes().length) > emptyList
        ? list
        : -1;
  }

  private void truncatedArrays(byte[] bytes, int list) {
    int end = BsonBytes.documentEnd(bytes, list, bytes.length) - 1;
    int at = list + Integer.BYTES;
    char before = '[';
    while (at < end) {
      int value = BsonBytes.cStringEnd(bytes, at + 1, end) + 1;
      int next = BsonBytes.skipValue(bytes[at], bytes, value, end);
      out.append(before);
      out.appendAscii("{\"field\": ");
      part(bytes, value, next, "field");
      out.appendAscii(", \"size\": ");
      part(bytes, value, next, "newSize");
      out.append('}');
      before = ',';
      at = next;
    }
    out.append(']');
  }

  private void part(byte[] bytes, int document, int limit, String name) {
    int value = BsonBytes.find(bytes, document, limit, name);
    if (value < 0) {
      out.appendAscii("null");
    } else {
      relaxed.writeValue(bytes[value - name.length() - 2], bytes, value, out);
    }
  }

  private void source(DocumentChange change) {
    ChangeEvent event = change.event();
    out.appendAscii("\"version\": \"sluice\", \"connector\": \"mongodb\", \"name\": ");
    out.appendJsonString(pipeline);
    out.appendAscii(", \"ts_ms\": ");
    time(change, MILLIS_DIGITS);
    out.appendAscii(
        change.operation() == Operation.READ
            ? ", \"snapshot\": \"true\", \"db\": "
            : ", \"snapshot\": \"false\", \"db\": ");
    out.appendJsonString(change.origin().namespace().database());
    out.appendAscii(", \"sequence\": null, \"ts_us\": ");
    time(change, MICROS_DIGITS);
    out.appendAscii(", \"ts_ns\": ");
    time(change, NANOS_DIGITS);
    out.appendAscii(", \"collection\": ");
    out.appendJsonString(change.origin().namespace().collection());
    out.appendAscii(", \"ord\": ");
    out.appendDecimal(change.clusterTime() & 0xFFFF_FFFFL);
    out.appendAscii(", \"lsid\": ");
    textOrNull(strict, event, event.offset(Field.SESSION));
    out.appendAscii(", \"txnNumber\": ");
    numberOrNull(event, Field.TRANSACTION_NUMBER);
    out.appendAscii(", \"wallTime\": ");
    numberOrNull(event, Field.WALL_TIME);
  }

  /** The cluster time is known to the second. */
  private void time(DocumentChange change, int digits) {
    out.appendDecimal(change.clusterSeconds());
    out.appendPadded(0, digits);
  }

  private void numberOrNull(ChangeEvent event, Field field) {
    if (event.has(field)) {
      out.appendDecimal(event.int64(field));
    } else {
      out.appendAscii("null");
    }
  }

  /** The record's key, which a consumer of a delete has nothing else to go by. */
  @Override
  public Map<String, Object> headers(DocumentChange change) {
    String key = key(change);
    // A character has three bytes at the most, or two of them four.
    return key.length() <= MAX_KEY_BYTES / 3 ? Map.of(KEY, key) : Map.of();
  }

  private String key(DocumentChange change) {
    byte[] bytes = change.event().bytes();
    int value = change.event().find(change.event().offset(Field.DOCUMENT_KEY), "_id");
    Utf8Buffer key = new Utf8Buffer();
    try {
      strict.writeValue(bytes[value - "_id".length() - 2], bytes, value, text);
      key.appendAscii("{\"id\":");
      key.appendJsonString(text);
      key.append('}');
      return key.toString();
    } finally {
      text.reset();
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
