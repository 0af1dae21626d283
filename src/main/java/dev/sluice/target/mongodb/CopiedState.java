package dev.sluice.target.mongodb;

import dev.sluice.change.BsonBytes;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import dev.sluice.consume.Json;
import dev.sluice.consume.TargetException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt64;
import org.bson.BsonInvalidOperationException;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.json.JsonParseException;
import org.bson.types.ObjectId;

/**
 * A document's newest state as MongoDB has it.
 *
 * @param id the {@code _id}, of the type that it has in the source
 * @param document null if it is deleted; with that very {@code _id}, which in a message is a text
 */
record CopiedState(Event event, BsonValue id, RawBsonDocument document) {
  /** How the type of an id ends that no JSON can say (docs/VALUES.md, Ids). */
  private static final String BYTES = "Bytes";

  private static final String VALUE = "v";

  CopiedState {
    Objects.requireNonNull(event, "event");
    Objects.requireNonNull(id, "id");
  }

  /**
   * @throws TargetException if the document cannot be restored from its JSON
   */
  static CopiedState of(Event event) {
    try {
      BsonValue id = id(event.key());
      return new CopiedState(
          event, id, event.document() == null ? null : document(event.document(), id));
    } catch (JsonParseException
        | BsonInvalidOperationException
        | IllegalArgumentException
        | StackOverflowError e) {
      throw TargetException.refused(
          event, "The document cannot be restored from its JSON, which is no Extended JSON");
    }
  }

  String position() {
    return event.position();
  }

  boolean isDeleted() {
    return document == null;
  }

  /**
   * What its state is kept under: the id, and in a sharded source, where documents of one id may
   * lie on several shards, the whole {@code documentKey} behind it.
   */
  BsonDocument place() {
    BsonDocument place = new BsonDocument("id", id);
    return event.key().isWhole() ? place.append("key", new BsonString(event.key().id())) : place;
  }

  /** From the key, whose type is named beside it in each JSON mode. */
  private static BsonValue id(DocumentKey key) {
    if (!key.isWhole()) {
      return id(key.id(), key.type());
    }
    BsonDocument whole = BsonDocument.parse(key.id());
    return id(whole.getString("_id").getValue(), key.idType());
  }

  private static BsonValue id(String text, String type) {
    switch (type) {
      case "objectId":
        return new BsonObjectId(new ObjectId(text));
      case "string":
        return new BsonString(text);
      case "long":
        return new BsonInt64(Long.parseLong(text));
      case "double":
        return new BsonDouble(value(text).asNumber().doubleValue());
      default:
        if (type.endsWith(BYTES)) {
          throw new IllegalArgumentException("an _id of which JSON loses something");
        }
        return value(text);
    }
  }

  private static BsonValue value(String json) {
    return BsonDocument.parse("{\"" + VALUE + "\": " + json + "}").get(VALUE);
  }

  /**
   * With the {@code _id} first, so that no name of a field behind it can make an update of it. The
   * others stay the bytes that they are.
   */
  private static RawBsonDocument document(Json json, BsonValue id) {
    RawBsonDocument raw = RawBsonDocument.parse(json.text());
    if (id.equals(raw.get("_id")) && raw.getFirstKey().equals("_id")) {
      return raw;
    }
    byte[] own = bytes(new RawBsonDocument(new BsonDocument("_id", id), new BsonDocumentCodec()));
    byte[] all = bytes(raw);
    int end = all.length - 1;
    ByteBuffer joined =
        ByteBuffer.allocate(own.length + all.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(own, 0, own.length - 1);
    for (int at = Integer.BYTES; at < end; ) {
      int value = BsonBytes.cStringEnd(all, at + 1, end) + 1;
      int next = BsonBytes.skipValue(all[at], all, value, end);
      if (!BsonBytes.isText(all, at + 1, value - 1, "_id")) {
        joined.put(all, at, next - at);
      }
      at = next;
    }
    joined.put((byte) 0).putInt(0, joined.position());
    return new RawBsonDocument(joined.array(), 0, joined.position());
  }

  private static byte[] bytes(RawBsonDocument document) {
    ByteBuffer buffer = document.getByteBuffer().asNIO();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /**
   * The same for ids that MongoDB takes for one another: numbers of one value, whatever their type.
   */
  static BsonValue comparable(BsonValue id) {
    if (id.isDocument()) {
      BsonDocument all = new BsonDocument();
      id.asDocument().forEach((name, value) -> all.append(name, comparable(value)));
      return all;
    }
    if (id.isArray()) {
      return new BsonArray(id.asArray().stream().map(CopiedState::comparable).toList());
    }
    if (!id.isNumber() && !id.isDecimal128()) {
      return id;
    }
    try {
      BigDecimal number = number(id);
      return new BsonString(
          "number " + (number.signum() == 0 ? "0" : number.stripTrailingZeros().toString()));
    } catch (ArithmeticException | NumberFormatException notFinite) {
      return id;
    }
  }

  private static BigDecimal number(BsonValue id) {
    return switch (id.getBsonType()) {
      case DECIMAL128 -> id.asDecimal128().getValue().bigDecimalValue();
      case DOUBLE -> new BigDecimal(id.asDouble().getValue());
      default -> BigDecimal.valueOf(id.asNumber().longValue());
    };
  }
}
