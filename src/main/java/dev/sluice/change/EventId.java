package dev.sluice.change;

import dev.sluice.change.ChangeEvent.Field;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * The identity of an event: 32 hex digits, the first half of the SHA-256 of what the event is: its
 * position (twelve bytes, big-endian), the first twelve bytes of the SHA-256 of its operation, a
 * zero and its namespace, and its document key (both as BSON, nothing if absent). That of a gap is
 * one of where it begins and ends; that of a snapshot's read one of the snapshot and what was read.
 *
 * <p>An event that is published again has the same id, also behind an upgrade of the server, which
 * may change the version of its token. Where the token has a form that is not known, the index in
 * the transaction is not either, and the hash is that of the token. The position alone would not
 * do: a drop and the invalidation behind it share one, and two shards may. 128 bits: among 10^12
 * events the chance of one collision is below 10^-14.
 */
public record EventId(String value) {
  static EventId of(ChangeEvent event) {
    return new EventId(EventDigest.of(event));
  }

  /**
   * That of a document which a snapshot has read: of the snapshot, the namespace, the document key
   * and the content, not of the moment. Read once more with the same content it is the same.
   *
   * <p>Of the content it takes the length, CRC-32 and CRC-32C: 64 bits beside the length, which
   * only have to tell apart the states of one document in one snapshot, and are computed by
   * instructions of the processor also where the optimising compiler is left out. SHA-256 of the
   * whole document was more than half of what a read cost.
   */
  static EventId ofRead(ChangeEvent event) {
    return of(
        hash -> {
          hash.update(("read " + event.snapshot() + "\0").getBytes(StandardCharsets.UTF_8));
          addDocument(event, Field.NAMESPACE, hash);
          addDocument(event, Field.DOCUMENT_KEY, hash);
          addSums(event, hash);
        });
  }

  private static void addSums(ChangeEvent event, MessageDigest hash) {
    if (event.has(Field.FULL_DOCUMENT)) {
      int at = event.offset(Field.FULL_DOCUMENT);
      int length = BsonBytes.int32(event.bytes(), at, event.bytes().length);
      Checksum crc = new CRC32();
      crc.update(event.bytes(), at, length);
      Checksum castagnoli = new CRC32C();
      castagnoli.update(event.bytes(), at, length);
      hash.update(
          ByteBuffer.allocate(Integer.BYTES + 2 * Long.BYTES)
              .putInt(length)
              .putLong(crc.getValue())
              .putLong(castagnoli.getValue())
              .flip());
    }
  }

  /** That of what is told of a snapshot: of its name, what is told, and of which collections. */
  static EventId of(SnapshotNotice notice) {
    String text =
        notice.kind().text() + " " + notice.snapshot() + " " + notice.namespaces().toString();
    return ofBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void addDocument(ChangeEvent event, Field field, MessageDigest hash) {
    if (event.has(field)) {
      int at = event.offset(field);
      hash.update(event.bytes(), at, BsonBytes.int32(event.bytes(), at, event.bytes().length));
    }
  }

  /** That of an event whose token has a form which is not known. */
  public static EventId of(ResumeToken token) {
    return ofBytes(token.bytes());
  }

  static EventId of(Gap gap) {
    String text =
        "gap " + gap.from().map(from -> from.getValue()).orElse(0L) + " " + gap.to().getValue();
    return ofBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  static EventId of(Commit commit) {
    Transaction transaction = commit.transaction();
    return of(
        hash -> {
          hash.update(Commit.OPERATION.getBytes(StandardCharsets.US_ASCII));
          hash.update(
              ByteBuffer.allocate(2 * Long.BYTES)
                  .putLong(commit.last().clusterTime())
                  .putLong(transaction.number())
                  .flip());
          hash.update(transaction.session());
        });
  }

  private static EventId ofBytes(byte[] bytes) {
    return of(hash -> hash.update(bytes));
  }

  private static EventId of(Consumer<MessageDigest> saying) {
    return new EventId(EventDigest.of(saying));
  }

  @Override
  public String toString() {
    return value;
  }
}
