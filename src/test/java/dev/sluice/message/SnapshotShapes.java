package dev.sluice.message;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangePosition;
import dev.sluice.change.Namespace;
import dev.sluice.change.Position;
import dev.sluice.change.SnapshotNotice;
import dev.sluice.change.SnapshotNotice.Kind;
import dev.sluice.config.View;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.types.ObjectId;

/** What a snapshot puts into the stream. */
final class SnapshotShapes {
  private static final String ID = "6b015d09581a7f262b3d8900";
  private static final Namespace PLAYS = new Namespace("scrabble", "scrabble");
  private static final BsonTimestamp TIME = new BsonTimestamp((int) EventBuilder.COMMITTED_AT, 5);

  private SnapshotShapes() {}

  /** What is told, under which view. */
  record Told(String name, View view, Change change) {}

  static List<Told> all() {
    return List.of(
        new Told("read", View.NEW_IMAGE, read(true)),
        new Told("read-keys-only", View.KEYS_ONLY, read(false)),
        new Told("snapshot-started", View.NEW_IMAGE, notice(Kind.STARTED, List.of(PLAYS))),
        new Told("snapshot-completed", View.NEW_IMAGE, notice(Kind.COMPLETED, List.of(PLAYS))),
        new Told(
            "snapshot-abandoned",
            View.NEW_IMAGE,
            notice(Kind.ABANDONED, List.of(PLAYS, new Namespace("archive", "plays")))));
  }

  private static Change read(boolean withDocument) {
    BsonDocument key =
        new BsonDocument("_id", new BsonObjectId(new ObjectId("665f1c2a9d3e4b0012345678")));
    BsonDocument event =
        new BsonDocument("_id", new BsonDocument("snapshot", new BsonString(ID)))
            .append("operationType", new BsonString("read"))
            .append("clusterTime", TIME)
            .append(
                "ns",
                new BsonDocument("db", new BsonString("scrabble"))
                    .append("coll", new BsonString("scrabble")));
    if (withDocument) {
      event.append(
          "fullDocument",
          key.clone().append("word", new BsonString("QUIZ")).append("score", new BsonInt32(23)));
    }
    event.append("documentKey", key);
    ByteBuffer raw = new RawBsonDocument(event, new BsonDocumentCodec()).getByteBuffer().asNIO();
    byte[] bytes = new byte[raw.remaining()];
    raw.get(bytes);
    return ChangeEvent.read(bytes, EventBuilder.CAPTURED_AT, new Position.At(TIME));
  }

  private static Change notice(Kind kind, List<Namespace> namespaces) {
    ChangePosition from = new ChangePosition(TIME.getValue() - 4, 0);
    return new SnapshotNotice(
        kind,
        ID,
        namespaces,
        from,
        false,
        1_200,
        3,
        kind == Kind.ABANDONED ? Optional.of("the collection was dropped") : Optional.empty(),
        kind == Kind.STARTED ? from : ChangePosition.behindAllOf(TIME.getValue()),
        new Position.At(TIME));
  }
}
