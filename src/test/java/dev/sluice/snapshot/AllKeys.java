package dev.sluice.snapshot;

import java.util.List;
import java.util.UUID;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonMaxKey;
import org.bson.BsonMinKey;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;

/** Ids of every type that a document may have, in the order of an index, equal ones together. */
public final class AllKeys {
  public static final List<List<BsonValue>> IN_ORDER =
      List.of(
          List.of(new BsonMinKey()),
          List.of(BsonNull.VALUE),
          List.of(new BsonDouble(Double.NaN), decimal("NaN")),
          List.of(new BsonDouble(Double.NEGATIVE_INFINITY), decimal("-Infinity")),
          List.of(new BsonInt32(-5), new BsonDouble(-5), decimal("-5")),
          List.of(new BsonInt32(0), new BsonDouble(-0.0), decimal("0E+3"), decimal("-0")),
          List.of(decimal("0.1")),
          List.of(new BsonDouble(0.1)),
          List.of(new BsonInt32(5), new BsonInt64(5), new BsonDouble(5), decimal("5.00")),
          List.of(new BsonDouble(9_007_199_254_740_992.0)),
          List.of(new BsonInt64(9_007_199_254_740_993L), decimal("9007199254740993")),
          List.of(
              new BsonInt64(1_000_000_000_000_000_000L), new BsonDouble(1e18), decimal("1E+18")),
          List.of(new BsonDouble(1e300)),
          List.of(new BsonDouble(Double.POSITIVE_INFINITY)),
          List.of(new BsonString("")),
          List.of(new BsonString("a")),
          // By their bytes; by UTF-16 units it would be the other way round.
          List.of(new BsonString("\uFFFD")),
          List.of(new BsonString("\uD83D\uDE00")),
          List.of(new BsonDocument()),
          List.of(
              new BsonDocument("a", new BsonInt32(1)),
              new BsonDocument("a", new BsonDouble(1)),
              new BsonDocument("a", decimal("1.0"))),
          List.of(new BsonDocument("a", new BsonString("x"))),
          List.of(new BsonBinary(new byte[] {1, 2, 3})),
          List.of(new BsonBinary(new UUID(1, 2))),
          List.of(new BsonObjectId(new ObjectId("000000000000000000000001"))),
          List.of(new BsonObjectId(new ObjectId("ffffffffffffffffffffffff"))),
          List.of(BsonBoolean.FALSE),
          List.of(BsonBoolean.TRUE),
          List.of(new BsonDateTime(-1)),
          List.of(new BsonDateTime(1)),
          List.of(new BsonTimestamp(1, 1)),
          List.of(new BsonMaxKey()));

  private AllKeys() {}

  private static BsonDecimal128 decimal(String text) {
    return new BsonDecimal128(Decimal128.parse(text));
  }

  /** The place of a value in the order. */
  public static int rank(BsonValue id) {
    for (int rank = 0; rank < IN_ORDER.size(); rank++) {
      if (IN_ORDER.get(rank).contains(id)) {
        return rank;
      }
    }
    throw new IllegalArgumentException("unknown " + id);
  }
}
