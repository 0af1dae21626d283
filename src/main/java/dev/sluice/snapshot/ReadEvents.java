package dev.sluice.snapshot;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Namespace;
import dev.sluice.change.Operation;
import dev.sluice.change.Position;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/**
 * Writes a document that was read as an event of the form that a server's have, so that all behind
 * it treats both alike. The namespace is written as the server does, byte for byte: by that and the
 * {@code _id} it is told which events are of one document.
 */
final class ReadEvents {
  private static final byte[] FULL_DOCUMENT = name(BsonBytes.DOCUMENT, "fullDocument");
  private static final byte[] DOCUMENT_KEY = name(BsonBytes.DOCUMENT, "documentKey");

  private final boolean keysOnly;
  private final ShardKey shardKey;
  private final long capturedAtMillis;

  /** The fields that all events of the chunk share, without what is around them. */
  private final byte[] shared;

  ReadEvents(String snapshot, Chunk chunk, boolean keysOnly, Clock clock) {
    Namespace namespace = chunk.request().namespace();
    this.keysOnly = keysOnly;
    this.shardKey = chunk.shardKey();
    this.capturedAtMillis = clock.millis();
    BsonDocument ns =
        new BsonDocument("db", new BsonString(namespace.database()))
            .append("coll", new BsonString(namespace.collection()));
    BsonDocument fields =
        new BsonDocument("_id", new BsonDocument("snapshot", new BsonString(snapshot)))
            .append("operationType", new BsonString(Operation.READ.text()))
            .append("clusterTime", new BsonTimestamp(chunk.from()))
            .append("ns", ns);
    ByteBuffer raw = new RawBsonDocument(fields, new BsonDocumentCodec()).getByteBuffer().asNIO();
    shared = new byte[raw.remaining() - Integer.BYTES - 1];
    raw.position(raw.position() + Integer.BYTES).get(shared);
  }

  private static byte[] name(byte type, String name) {
    byte[] bytes = new byte[name.length() + 2];
    bytes[0] = type;
    for (int i = 0; i < name.length(); i++) {
      bytes[i + 1] = (byte) name.charAt(i);
    }
    return bytes;
  }

  ChangeEvent event(byte[] bytes, int document, Key key, Position behind) {
    int length = keysOnly ? 0 : BsonBytes.int32(bytes, document, bytes.length);
    byte[] documentKey = shardKey.documentKey(bytes, document, key);
    int size =
        Integer.BYTES
            + shared.length
            + (keysOnly ? 0 : FULL_DOCUMENT.length + length)
            + DOCUMENT_KEY.length
            + documentKey.length
            + 1;
    ByteBuffer event =
        ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).putInt(size).put(shared);
    if (!keysOnly) {
      event.put(FULL_DOCUMENT).put(bytes, document, length);
    }
    event.put(DOCUMENT_KEY).put(documentKey).put((byte) 0);
    return ChangeEvent.read(event.array(), capturedAtMillis, behind);
  }
}
