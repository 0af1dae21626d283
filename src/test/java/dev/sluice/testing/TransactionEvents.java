package dev.sluice.testing;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ResumeToken;
import java.util.UUID;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonTimestamp;

/**
 * Events with tokens of the form that servers give them: of transactions, of moments between, and
 * of the end of a stream.
 */
public final class TransactionEvents {
  /** Version 1, of an event. */
  private static final String EVENT = "2B022C0100";

  private static final int SECONDS = 1_700_000_000;

  private TransactionEvents() {}

  public static BsonTimestamp time(int increment) {
    return new BsonTimestamp(SECONDS, increment);
  }

  /** The insert of a document into a collection, alone. */
  public static ChangeEvent plain(int time, String collection, int id) {
    return Events.of(insert(time, 0, collection, id));
  }

  /** The insert at an index of a transaction of the session; what is between is not shown. */
  public static ChangeEvent inTransaction(
      int time, int index, UUID session, long number, String collection, int id) {
    return Events.of(
        insert(time, index, collection, id)
            .append("txnNumber", new BsonInt64(number))
            .append("lsid", new BsonDocument("id", new BsonBinary(session))));
  }

  /** Stands behind all events before a time, and before those of it. */
  public static ResumeToken moment(int time) {
    return token(time, "2B0229296E04");
  }

  /** That of a stream's end, by something that happened at a time. */
  public static ResumeToken invalidation(int time) {
    return token(time, EVENT + "296F04");
  }

  /** The same, as a server of another version writes it. */
  public static ResumeToken ofOtherVersion(ChangeEvent event) {
    String data = event.token().toBson().getString("_data").getValue();
    return ResumeToken.of(
        new BsonDocument("_data", new BsonString(data.replace(EVENT, "2B042C0100"))));
  }

  private static ResumeToken token(int time, String rest) {
    return ResumeToken.of(
        new BsonDocument(
            "_data", new BsonString(String.format("82%08X%08X", SECONDS, time) + rest)));
  }

  private static BsonDocument insert(int time, int index, String collection, int id) {
    BsonDocument key = new BsonDocument("_id", new BsonInt32(id));
    String indexed = index == 0 ? "29" : String.format("2B%02X", index << 1);
    String document = String.format("5A10049657168FF40444998E374E820B0E255046%08X04", id);
    return new BsonDocument("_id", token(time, EVENT + indexed + "6E" + document).toBson())
        .append("operationType", new BsonString("insert"))
        .append("clusterTime", time(time))
        .append("fullDocument", key)
        .append(
            "ns",
            new BsonDocument("db", new BsonString("scrabble"))
                .append("coll", new BsonString(collection)))
        .append("documentKey", key);
  }
}
