package dev.sluice.testing;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.EventId;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.types.ObjectId;

/** Makes change events for tests that need no server. */
public final class Events {
  private Events() {}

  /** A token that says nothing but which one it is. */
  public static ResumeToken token(long number) {
    return ResumeToken.of(
        new BsonDocument("_data", new BsonString(String.format("82%016X", number))));
  }

  /** The position behind the event of that token. */
  public static Position behind(long number) {
    return new Position.After(token(number));
  }

  /** The number of the token whose event has this message-id. */
  public static long numberOf(String messageId) {
    for (int i = 1; i < 10_000; i++) {
      if (EventId.of(token(i)).value().equals(messageId)) {
        return i;
      }
    }
    throw new AssertionError("no event of ours: " + messageId);
  }

  /** The insert of a document with this id; its token has the same number. */
  public static ChangeEvent insert(int number) {
    return event("insert", number, number);
  }

  /** The insert of a document with an id as a driver counts them up. */
  public static ChangeEvent insertOfObjectId(int number) {
    BsonDocument key =
        new BsonDocument("_id", new BsonObjectId(new ObjectId(1_700_000_000, number)));
    return of(
        new BsonDocument("_id", token(number).toBson())
            .append("operationType", new BsonString("insert"))
            .append("clusterTime", new BsonTimestamp(1_700_000_000, number))
            .append("fullDocument", key)
            .append(
                "ns",
                new BsonDocument("db", new BsonString("scrabble"))
                    .append("coll", new BsonString("scrabble")))
            .append("documentKey", key));
  }

  public static ChangeEvent event(String operation, int number, int id) {
    BsonDocument key = new BsonDocument("_id", new BsonInt32(id));
    BsonDocument event =
        new BsonDocument("_id", token(number).toBson())
            .append("operationType", new BsonString(operation))
            .append("clusterTime", new BsonTimestamp(1_700_000_000, number));
    if (operation.equals("insert")) {
      event.append("fullDocument", key.clone().append("n", new BsonInt32(number)));
    }
    if (!operation.equals("invalidate")) {
      event.append(
          "ns",
          new BsonDocument("db", new BsonString("scrabble"))
              .append("coll", new BsonString("scrabble")));
    }
    if (operation.equals("insert") || operation.equals("update") || operation.equals("delete")) {
      event.append("documentKey", key);
    }
    return of(event);
  }

  /** The event as the driver would hand it over. */
  public static ChangeEvent of(BsonDocument event) {
    var bytes = new RawBsonDocument(event, new BsonDocumentCodec()).getByteBuffer().asNIO();
    return new ChangeEvent(
        bytes.array(),
        bytes.arrayOffset() + bytes.position(),
        bytes.remaining(),
        1_700_000_001_000L);
  }
}
