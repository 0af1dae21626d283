package dev.sluice.target.mongodb;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import dev.sluice.consume.Json;
import dev.sluice.consume.Target;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import org.bson.types.ObjectId;

/**
 * Events of the shared suite as they could come from a MongoDB, and documents as the suite wrote
 * them: there an {@code _id} is the document's own, an int and a long of one value are one id, and
 * databases have names that no other test takes.
 */
final class AsInMongo {
  private static final String WAS = "_was";

  /** Puts the suite's long ids beside its int ids. */
  private static final long APART = 1_000_000;

  private final String stem;

  AsInMongo(String stem) {
    this.stem = stem;
  }

  Target over(Target target) {
    return new Target() {
      @Override
      public void apply(Batch batch) {
        target.apply(new Batch(batch.events().stream().map(AsInMongo.this::event).toList()));
      }

      @Override
      public void close() {
        target.close();
      }
    };
  }

  Namespace namespace(Namespace of) {
    return new Namespace(stem + of.database(), of.collection());
  }

  Event event(Event event) {
    Map<String, Json> details = new LinkedHashMap<>();
    event
        .details()
        .forEach(
            (name, json) ->
                details.put(
                    name,
                    Json.of(json.text().replaceAll("\"(scrabble|chess)", "\"" + stem + "$1"))));
    return new Event(
        event.messageId(),
        event.type(),
        event.namespace() == null ? null : namespace(event.namespace()),
        event.key() == null ? null : key(event.key()),
        event.position(),
        event.state(),
        event.document() == null ? null : document(event.document(), key(event.key())),
        details);
  }

  private static DocumentKey key(DocumentKey key) {
    return key.type().equals("long")
        ? new DocumentKey(Long.toString(APART + Long.parseLong(key.id())), "long")
        : key;
  }

  private static Json document(Json json, DocumentKey key) {
    BsonDocument was = BsonDocument.parse(json.text());
    BsonDocument document = new BsonDocument("_id", id(key));
    if (was.containsKey("_id")) {
      document.append(WAS, was.remove("_id"));
    }
    document.putAll(was);
    return Json.of(text(document, JsonMode.EXTENDED));
  }

  private static String text(BsonDocument document, JsonMode mode) {
    return document.toJson(JsonWriterSettings.builder().outputMode(mode).build());
  }

  private static BsonValue id(DocumentKey key) {
    return switch (key.type()) {
      case "objectId" -> new BsonObjectId(new ObjectId(key.id()));
      case "int" -> new BsonInt32(Integer.parseInt(key.id()));
      case "long" -> new BsonInt64(Long.parseLong(key.id()));
      default -> new BsonString(key.id());
    };
  }

  /** The text of the key by which the suite knows a stored document. */
  static String keyOf(BsonDocument stored) {
    BsonValue id = stored.get("_id");
    return switch (id.getBsonType()) {
      case OBJECT_ID -> id.asObjectId().getValue().toHexString();
      case INT32 -> "int:" + id.asInt32().getValue();
      case INT64 -> "long:" + (id.asInt64().getValue() - APART);
      default -> "string:" + id.asString().getValue();
    };
  }

  /** The document as the suite wrote it. */
  static String jsonOf(BsonDocument stored) {
    BsonDocument document = new BsonDocument();
    stored.forEach(
        (name, value) -> {
          if (!name.equals("_id")) {
            document.append(name.equals(WAS) ? "_id" : name, value);
          }
        });
    return text(document, JsonMode.RELAXED);
  }
}
