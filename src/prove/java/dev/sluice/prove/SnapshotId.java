package dev.sluice.prove;

import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.ObjectId;

/**
 * Ids of six types, mixed as one goes on: a copy that reads one type after the other, or one only,
 * shows.
 *
 * @param value as it is in MongoDB
 * @param key as messages have it: {@code metadata.idType}, a slash and {@code _id}
 */
record SnapshotId(BsonValue value, String key) {

  /** Behind all that an int holds, so that no int and no long are one number. */
  private static final long LONGS = 1L << 40;

  static SnapshotId of(int number) {
    return switch (number % 6) {
      case 0 -> of(new BsonInt32(number));
      case 1 -> of(new BsonString("s" + number));
      case 2 -> of(new BsonObjectId(new ObjectId("%024x".formatted(number))));
      case 3 -> of(new BsonDocument("k", new BsonInt32(number)));
      case 4 -> of(new BsonInt64(LONGS + number));
      default -> of(new BsonDouble(number + 0.5));
    };
  }

  static SnapshotId of(BsonValue value) {
    return new SnapshotId(value, key(value));
  }

  private static String key(BsonValue value) {
    return switch (value.getBsonType()) {
      case INT32 -> "int/" + value.asInt32().getValue();
      case INT64 -> "long/" + value.asInt64().getValue();
      case DOUBLE -> "double/" + value.asDouble().getValue();
      case STRING -> "string/" + value.asString().getValue();
      case OBJECT_ID -> "objectId/" + value.asObjectId().getValue().toHexString();
      case DOCUMENT ->
          "object/{\"k\": {\"$numberInt\": \"%d\"}}"
              .formatted(value.asDocument().getInt32("k").getValue());
      default -> throw new IllegalArgumentException("no id of a run: " + value.getBsonType());
    };
  }
}
