package dev.sluice.message;

import dev.sluice.change.Commit;
import dev.sluice.json.BsonJsonWriter;
import dev.sluice.json.Utf8Buffer;

/**
 * The end of a transaction as Debezium tells it in its transaction topic (Debezium's documentation,
 * MongoDB connector, Transaction metadata). Its id is what {@code source.lsid} and {@code
 * source.txnNumber} of the events are, with a colon between them.
 */
final class DebeziumTransaction {
  private static final int MILLIS_PER_SECOND = 1000;

  private final BsonJsonWriter strict = BsonJsonWriter.strict();
  private final Utf8Buffer id = new Utf8Buffer();
  private final Utf8Buffer out;

  DebeziumTransaction(Utf8Buffer out) {
    this.out = out;
  }

  void write(Commit commit) {
    id.reset();
    strict.writeDocument(commit.transaction().session(), 0, id);
    id.append(':');
    id.appendDecimal(commit.transaction().number());
    out.appendAscii("{\"status\": \"END\", \"id\": ");
    out.appendJsonString(id);
    out.appendAscii(", \"event_count\": ");
    out.appendDecimal(commit.events());
    out.appendAscii(", \"data_collections\": ");
    String before = "[";
    for (Commit.Count count : commit.counts()) {
      out.appendAscii(before);
      out.appendAscii("{\"data_collection\": ");
      out.appendJsonString(count.namespace().toString());
      out.appendAscii(", \"event_count\": ");
      out.appendDecimal(count.events());
      out.append('}');
      before = ", ";
    }
    out.appendAscii("], \"ts_ms\": ");
    out.appendDecimal((commit.last().clusterTime() >>> Integer.SIZE) * MILLIS_PER_SECOND);
    out.append('}');
  }
}
