package dev.sluice.embedded.mongo;

import java.util.Map;
import java.util.TreeMap;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;

/**
 * Blanks out of an event what differs from run to run and keeps the rest, keys in their order.
 *
 * @param keepsTokens whether the layout of tokens is compared, times and UUIDs in them masked: only
 *     against the recorded release, whose layout it is
 */
record EventMask(Map<String, String> databases, boolean keepsTokens) {

  private static final int TIME_DIGITS = 18;

  String apply(BsonDocument event) {
    BsonDocument masked = new BsonDocument();
    event.forEach((name, value) -> masked.append(name, mask(name, value)));
    return masked.toJson();
  }

  private BsonValue mask(String name, BsonValue value) {
    return switch (name) {
      case "_id" -> token(value.asDocument());
      case "clusterTime" -> new BsonTimestamp(value.asTimestamp().getTime() > 0 ? 1 : 0, 1);
      case "wallTime" -> new BsonDateTime(value.asDateTime().getValue() >= 0 ? 1 : 0);
      case "txnNumber" -> new BsonInt64(value.asInt64().getValue() >= 0 ? 1 : 0);
      case "lsid" -> session(value.asDocument());
      case "ns", "to" -> namespace(value.asDocument());
      case "updateDescription" -> description(value.asDocument());
      default -> value;
    };
  }

  private BsonValue token(BsonDocument token) {
    if (!keepsTokens) {
      return new BsonString("token");
    }
    BsonDocument masked = new BsonDocument("_data", new BsonString(layout(token)));
    token.forEach(masked::putIfAbsent);
    return masked;
  }

  /** The token without its time and without the UUID of the collection in it. */
  static String layout(BsonDocument token) {
    String data = token.getString("_data").getValue();
    return data.substring(TIME_DIGITS).replaceFirst("5A1004[0-9A-F]{32}", "5A1004<uuid>");
  }

  private static BsonValue session(BsonDocument session) {
    BsonDocument masked = new BsonDocument();
    session.forEach(
        (name, value) ->
            masked.append(
                name, name.equals("id") ? new BsonBinary(new byte[] {0}) : value.asBinary()));
    return masked;
  }

  private BsonValue namespace(BsonDocument namespace) {
    BsonDocument masked = namespace.clone();
    String database = namespace.getString("db").getValue();
    masked.put("db", new BsonString(databases.getOrDefault(database, database)));
    return masked;
  }

  /** Only 4.2 sorts the changed fields by path; later the order follows the delta's sections. */
  private BsonValue description(BsonDocument description) {
    BsonDocument masked = description.clone();
    if (!keepsTokens) {
      BsonDocument sorted = new BsonDocument();
      new TreeMap<>(description.getDocument("updatedFields")).forEach(sorted::append);
      masked.put("updatedFields", sorted);
      BsonArray removed = new BsonArray(description.getArray("removedFields"));
      masked.put("removedFields", removed);
    }
    return masked;
  }
}
