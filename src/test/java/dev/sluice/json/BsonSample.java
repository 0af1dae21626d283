package dev.sluice.json;

import static dev.sluice.json.BsonPieces.binary;
import static dev.sluice.json.BsonPieces.bytes;
import static dev.sluice.json.BsonPieces.concat;
import static dev.sluice.json.BsonPieces.document;
import static dev.sluice.json.BsonPieces.field;
import static dev.sluice.json.BsonPieces.float64;
import static dev.sluice.json.BsonPieces.int32;
import static dev.sluice.json.BsonPieces.int64;
import static dev.sluice.json.BsonPieces.parse;
import static dev.sluice.json.BsonPieces.string;

import dev.sluice.change.BsonBytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bson.types.Decimal128;

/**
 * A value of each BSON type, by the name that the table of docs/VALUES.md has for it.
 *
 * @param value its bytes, behind type and name
 */
public record BsonSample(String name, int type, byte[] value) {
  public static final List<BsonSample> ALL = samples();

  /** A field of the sample's name. */
  public byte[] asField() {
    return field(type, name, value);
  }

  private static List<BsonSample> samples() {
    List<BsonSample> all = new ArrayList<>();
    byte[] objectId = HexFormat.of().parseHex("665f1c2a9d3e4b0012345678");
    byte[] uuid = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");
    add(all, "string", BsonBytes.STRING, string("QUIZ"));
    add(all, "int", BsonBytes.INT32, int32(42));
    add(all, "long", BsonBytes.INT64, int64(9007199254740993L));
    add(all, "double", BsonBytes.DOUBLE, float64(1.5));
    add(all, "double, whole", BsonBytes.DOUBLE, float64(3));
    add(all, "double, NaN", BsonBytes.DOUBLE, float64(Double.NaN));
    add(all, "double, infinity", BsonBytes.DOUBLE, float64(Double.POSITIVE_INFINITY));
    add(all, "double, minus infinity", BsonBytes.DOUBLE, float64(Double.NEGATIVE_INFINITY));
    add(all, "decimal", BsonBytes.DECIMAL128, decimal("19.90"));
    add(all, "decimal, NaN", BsonBytes.DECIMAL128, decimal("NaN"));
    add(all, "bool", BsonBytes.BOOLEAN, bytes(1));
    add(all, "null", BsonBytes.NULL, bytes());
    add(all, "objectId", BsonBytes.OBJECT_ID, objectId);
    add(all, "date", BsonBytes.DATE, date("2026-11-20T01:02:03.120Z"));
    add(all, "date, before 1970", BsonBytes.DATE, date("1900-01-01T00:00:00Z"));
    add(all, "date, after 9999", BsonBytes.DATE, date("+10000-01-01T00:00:00Z"));
    add(all, "timestamp", BsonBytes.TIMESTAMP, int64(4294967295L << 32 | 5));
    add(all, "binData", BsonBytes.BINARY, binary(0, bytes(1, 2, 255)));
    add(all, "binData, UUID", BsonBytes.BINARY, binary(4, uuid));
    add(all, "binData, old UUID", BsonBytes.BINARY, binary(3, uuid));
    add(all, "binData, old", BsonBytes.BINARY, binary(2, concat(int32(1), bytes(9))));
    add(all, "regex", BsonBytes.REGEX, BsonPieces.regex("^a.*b$", "i"));
    add(all, "javascript", BsonBytes.CODE, string("function(){}"));
    byte[] scope = parse("{\"n\": 1}");
    add(
        all,
        "javascriptWithScope",
        BsonBytes.CODE_WITH_SCOPE,
        BsonPieces.codeWithScope("f(n)", scope));
    add(all, "symbol", BsonBytes.SYMBOL, string("s"));
    add(all, "dbPointer", BsonBytes.DB_POINTER, concat(string("plays"), objectId));
    add(all, "minKey", BsonBytes.MIN_KEY, bytes());
    add(all, "maxKey", BsonBytes.MAX_KEY, bytes());
    add(all, "undefined", BsonBytes.UNDEFINED, bytes());
    add(all, "object", BsonBytes.DOCUMENT, parse("{\"a\": 1}"));
    byte[] array = document(field(BsonBytes.INT32, "0", int32(1)), BsonPieces.text("1", "a"));
    add(all, "array", BsonBytes.ARRAY, array);
    return List.copyOf(all);
  }

  private static void add(List<BsonSample> all, String name, int type, byte[] value) {
    all.add(new BsonSample(name, type, value));
  }

  private static byte[] date(String text) {
    return int64(Instant.parse(text).toEpochMilli());
  }

  private static byte[] decimal(String text) {
    Decimal128 decimal = Decimal128.parse(text);
    return concat(int64(decimal.getLow()), int64(decimal.getHigh()));
  }
}
