package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Document;
import java.time.Instant;
import java.util.UUID;

/** A log entry as it lies on disk: a BSON document whose documents are kept byte for byte. */
final class StoredEntry {

  private StoredEntry() {}

  static byte[] encode(OplogEntry entry) {
    Document stored =
        new Document("ts", entry.time().timestamp())
            .append("n", entry.operation())
            .append("type", entry.type().name())
            .append("db", entry.namespace().database())
            .append("coll", entry.namespace().collection())
            .append("ui", entry.collection())
            .append("k", bytes(entry.key()))
            .append("o", bytes(entry.object()))
            .append("before", bytes(entry.images().before()))
            .append("after", bytes(entry.images().after()))
            .append("wall", entry.wallTime());
    if (entry.transaction() != null) {
      stored
          .append("lsid", entry.transaction().session())
          .append("txn", entry.transaction().number());
    }
    return BsonWriter.bytesOf(stored);
  }

  private static BinData bytes(RawDocument document) {
    return document == null ? null : new BinData(document.bytes());
  }

  static OplogEntry decode(byte[] bytes) {
    Document stored = BsonReader.document(bytes);
    OplogEntry.Transaction transaction =
        stored.get("lsid") instanceof Document session
            ? new OplogEntry.Transaction(session, (Long) stored.get("txn"))
            : null;
    return new OplogEntry(
        OpTime.of((BsonTimestamp) stored.get("ts")),
        (Integer) stored.get("n"),
        EventType.valueOf((String) stored.get("type")),
        new Namespace((String) stored.get("db"), (String) stored.get("coll")),
        (UUID) stored.get("ui"),
        raw(stored.get("k")),
        raw(stored.get("o")),
        new OplogEntry.Images(raw(stored.get("before")), raw(stored.get("after"))),
        transaction,
        (Instant) stored.get("wall"));
  }

  private static RawDocument raw(Object value) {
    return value instanceof BinData data ? new RawDocument(data.getData()) : null;
  }
}
