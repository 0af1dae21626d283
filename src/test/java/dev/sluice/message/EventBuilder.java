package dev.sluice.message;

import static dev.sluice.json.BsonPieces.binary;
import static dev.sluice.json.BsonPieces.field;
import static dev.sluice.json.BsonPieces.int64;
import static dev.sluice.json.BsonPieces.text;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.DocumentSource;
import dev.sluice.json.BsonPieces;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;

/** A change event as a server would send it, made field by field. */
final class EventBuilder {
  static final long CAPTURED_AT = Instant.parse("2026-11-20T01:02:03.456Z").toEpochMilli();
  static final long COMMITTED_AT = Instant.parse("2026-11-20T01:02:03Z").getEpochSecond();

  private static final String OBJECT_ID = "665f1c2a9d3e4b0012345678";

  private final String operation;

  /** Behind the cluster time: version 1, an event, and its index in a transaction. */
  private static final String REST_OF_TOKEN = "%016X2B022C0100%s6E5A1004";

  private String token;
  private String index = "29";
  private String database = "scrabble";
  private String collection = "scrabble";
  private long clusterTime = COMMITTED_AT << 32 | 5;
  private long capturedAt = CAPTURED_AT;
  private byte[] id = field(BsonBytes.OBJECT_ID, "_id", HexFormat.of().parseHex(OBJECT_ID));
  private byte[] shardKey = {};
  private byte[] fullDocument = {};
  private byte[] update = {};
  private byte[] before = {};
  private DocumentSource ofUpdates = DocumentSource.LOOKUP;
  private byte[] wallTime = {};
  private byte[] transaction = {};
  private byte[] to = {};

  private EventBuilder(String operation) {
    this.operation = operation;
  }

  static EventBuilder insert() {
    return new EventBuilder("insert");
  }

  static EventBuilder replace() {
    return new EventBuilder("replace");
  }

  static EventBuilder delete() {
    return new EventBuilder("delete");
  }

  /** An update whose description is this Extended JSON. */
  static EventBuilder update(String description) {
    EventBuilder event = new EventBuilder("update");
    event.update = field(BsonBytes.DOCUMENT, "updateDescription", BsonPieces.parse(description));
    return event;
  }

  /** An event that names the collection and no document. */
  static EventBuilder ofCollection(String operation) {
    EventBuilder event = new EventBuilder(operation);
    event.id = null;
    return event;
  }

  /** As a server sends it: without a namespace. */
  static EventBuilder invalidate() {
    EventBuilder event = ofCollection("invalidate");
    event.database = null;
    return event;
  }

  EventBuilder to(String newDatabase, String newCollection) {
    to =
        field(
            BsonBytes.DOCUMENT,
            "to",
            BsonPieces.document(text("db", newDatabase), text("coll", newCollection)));
    return this;
  }

  static EventBuilder of(String operation) {
    return new EventBuilder(operation);
  }

  /** In its transaction; up to 63, since a token has more bytes for larger ones. */
  EventBuilder index(int newIndex) {
    index = newIndex == 0 ? "29" : String.format("2B%02X", newIndex << 1);
    return this;
  }

  private String token() {
    return token == null ? String.format("82" + REST_OF_TOKEN, clusterTime, index) : token;
  }

  EventBuilder token(String data) {
    token = data;
    return this;
  }

  EventBuilder in(String newDatabase, String newCollection) {
    database = newDatabase;
    collection = newCollection;
    return this;
  }

  EventBuilder committedAt(long seconds, long increment) {
    clusterTime = seconds << 32 | increment;
    return this;
  }

  EventBuilder capturedAt(long millis) {
    capturedAt = millis;
    return this;
  }

  EventBuilder id(int type, byte[] value) {
    id = field(type, "_id", value);
    return this;
  }

  EventBuilder id(String text) {
    return id(BsonBytes.STRING, BsonPieces.string(text));
  }

  EventBuilder shardKey(String name, String value) {
    shardKey = text(name, value);
    return this;
  }

  /** The whole document; its _id has to be the event's. */
  EventBuilder rawDocument(byte[] whole) {
    fullDocument = field(BsonBytes.DOCUMENT, "fullDocument", whole);
    return this;
  }

  /** A document of the event's _id, to be set before, and these fields. */
  EventBuilder document(byte[]... fields) {
    return rawDocument(BsonPieces.document(id, BsonPieces.concat(fields)));
  }

  /** A document of the event's _id and the fields of this Extended JSON. */
  EventBuilder document(String json) {
    byte[] fields = BsonPieces.parse(json);
    return document(Arrays.copyOfRange(fields, Integer.BYTES, fields.length - 1));
  }

  /** As it was before, with the event's _id, to be set before, and the fields of this JSON. */
  EventBuilder before(String json) {
    byte[] fields = BsonPieces.parse(json);
    before =
        field(
            BsonBytes.DOCUMENT,
            "fullDocumentBeforeChange",
            BsonPieces.document(id, Arrays.copyOfRange(fields, Integer.BYTES, fields.length - 1)));
    return this;
  }

  EventBuilder beforeHasExpired() {
    before = field(BsonBytes.NULL, "fullDocumentBeforeChange", new byte[0]);
    return this;
  }

  /** The server has kept the document of an update. */
  EventBuilder postImage() {
    ofUpdates = DocumentSource.POST_IMAGE;
    return this;
  }

  EventBuilder operationDescription(String json) {
    update = field(BsonBytes.DOCUMENT, "operationDescription", BsonPieces.parse(json));
    return this;
  }

  EventBuilder lookupFoundNothing() {
    fullDocument = field(BsonBytes.NULL, "fullDocument", new byte[0]);
    return this;
  }

  EventBuilder wallTime(String time) {
    wallTime = field(BsonBytes.DATE, "wallTime", int64(Instant.parse(time).toEpochMilli()));
    return this;
  }

  EventBuilder transaction(UUID session, long number) {
    byte[] uuid =
        ByteBuffer.allocate(16)
            .putLong(session.getMostSignificantBits())
            .putLong(session.getLeastSignificantBits())
            .array();
    byte[] lsid =
        BsonPieces.document(
            field(BsonBytes.BINARY, "id", binary(4, uuid)),
            field(BsonBytes.BINARY, "uid", binary(0, new byte[32])));
    transaction =
        BsonPieces.concat(
            field(BsonBytes.INT64, "txnNumber", int64(number)),
            field(BsonBytes.DOCUMENT, "lsid", lsid));
    return this;
  }

  /** In the order in which a server of version 8 writes the fields. */
  byte[] bytes() {
    byte[] nothing = {};
    byte[] namespace =
        database == null
            ? nothing
            : field(
                BsonBytes.DOCUMENT,
                "ns",
                collection == null
                    ? BsonPieces.document(text("db", database))
                    : BsonPieces.document(text("db", database), text("coll", collection)));
    byte[] documentKey =
        id == null
            ? nothing
            : field(BsonBytes.DOCUMENT, "documentKey", BsonPieces.document(shardKey, id));
    return BsonPieces.document(
        field(BsonBytes.DOCUMENT, "_id", BsonPieces.document(text("_data", token()))),
        text("operationType", operation),
        field(BsonBytes.TIMESTAMP, "clusterTime", int64(clusterTime)),
        wallTime,
        transaction,
        fullDocument,
        namespace,
        documentKey,
        to,
        update,
        before);
  }

  ChangeEvent build() {
    byte[] bytes = bytes();
    return new ChangeEvent(bytes, 0, bytes.length, capturedAt, ofUpdates);
  }
}
