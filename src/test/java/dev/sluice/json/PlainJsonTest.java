package dev.sluice.json;

import static dev.sluice.json.RawBson.bytes;
import static dev.sluice.json.RawBson.documentOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.JsonMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDbPointer;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonJavaScript;
import org.bson.BsonJavaScriptWithScope;
import org.bson.BsonMaxKey;
import org.bson.BsonMinKey;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonRegularExpression;
import org.bson.BsonString;
import org.bson.BsonSymbol;
import org.bson.BsonTimestamp;
import org.bson.BsonUndefined;
import org.bson.BsonValue;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PlainJsonTest {
  private static final ObjectId ID = new ObjectId("665f1c2a9d3e4b0012345678");

  static List<Arguments> plainValues() {
    return List.of(
        Arguments.of(new BsonInt32(-7), "-7"),
        Arguments.of(new BsonInt64(Long.MIN_VALUE), "-9223372036854775808"),
        Arguments.of(new BsonDouble(1), "1.0"),
        Arguments.of(new BsonDouble(-0.0), "-0.0"),
        Arguments.of(new BsonDouble(1e10), "1.0E+10"),
        Arguments.of(new BsonDouble(Double.NaN), "\"NaN\""),
        Arguments.of(new BsonDouble(Double.POSITIVE_INFINITY), "\"Infinity\""),
        Arguments.of(new BsonDouble(Double.NEGATIVE_INFINITY), "\"-Infinity\""),
        Arguments.of(new BsonDecimal128(Decimal128.parse("19.90")), "\"19.90\""),
        Arguments.of(new BsonDecimal128(Decimal128.parse("-0E+3")), "\"-0E+3\""),
        Arguments.of(new BsonDecimal128(Decimal128.NaN), "\"NaN\""),
        Arguments.of(new BsonString("a\"\u2028é😀"), "\"a\\\"\\u2028é😀\""),
        Arguments.of(BsonBoolean.TRUE, "true"),
        Arguments.of(BsonNull.VALUE, "null"),
        Arguments.of(new BsonUndefined(), "null"),
        Arguments.of(new BsonObjectId(ID), "\"665f1c2a9d3e4b0012345678\""),
        Arguments.of(new BsonDateTime(0), "\"1970-01-01T00:00:00Z\""),
        Arguments.of(new BsonDateTime(1_763_600_523_120L), "\"2025-11-20T01:02:03.12Z\""),
        Arguments.of(new BsonDateTime(-1), "\"1969-12-31T23:59:59.999Z\""),
        Arguments.of(new BsonDateTime(253_402_300_800_000L), "\"+10000-01-01T00:00:00Z\""),
        Arguments.of(new BsonDateTime(-62_198_755_200_000L), "\"-0001-01-01T00:00:00Z\""),
        Arguments.of(new BsonDateTime(Long.MAX_VALUE), "\"+292278994-08-17T07:12:55.807Z\""),
        Arguments.of(new BsonDateTime(Long.MIN_VALUE), "\"-292275055-05-16T16:47:04.192Z\""),
        Arguments.of(new BsonTimestamp(-2, 5), "{\"t\": 4294967294, \"i\": 5}"),
        Arguments.of(new BsonBinary(bytes(0xfb, 0xff)), "\"+/8=\""),
        Arguments.of(new BsonBinary((byte) 4, uuid()), "\"00112233-4455-6677-8899-aabbccddeeff\""),
        Arguments.of(new BsonBinary((byte) 3, uuid()), "\"00112233-4455-6677-8899-aabbccddeeff\""),
        Arguments.of(new BsonBinary((byte) 4, bytes(1)), "\"AQ==\""),
        Arguments.of(new BsonRegularExpression("^a/\"", "xi"), "\"/^a/\\\"/ix\""),
        Arguments.of(new BsonJavaScript("f()"), "\"f()\""),
        Arguments.of(new BsonSymbol("s"), "\"s\""),
        Arguments.of(
            new BsonJavaScriptWithScope("f", new BsonDocument("x", new BsonInt64(1))),
            "{\"code\": \"f\", \"scope\": {\"x\": 1}}"),
        Arguments.of(new BsonDbPointer("db.c", ID), "{\"ref\": \"db.c\", \"id\": \"" + ID + "\"}"),
        Arguments.of(new BsonMinKey(), "\"MinKey\""),
        Arguments.of(new BsonMaxKey(), "\"MaxKey\""),
        Arguments.of(
            new BsonArray(List.of(new BsonInt64(1), new BsonObjectId(ID))), "[1, \"" + ID + "\"]"));
  }

  @ParameterizedTest
  @MethodSource("plainValues")
  void writesPlainValues(BsonValue value, String expected) {
    assertThat(json(documentOf(value))).isEqualTo("{\"v\": " + expected + "}");
  }

  private static byte[] uuid() {
    byte[] bytes = new byte[16];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (0x11 * i);
    }
    return bytes;
  }

  private static String json(byte[] bson) {
    Utf8Buffer buffer = new Utf8Buffer();
    new BsonJsonWriter(JsonMode.PLAIN).writeDocument(bson, 0, buffer);
    return new String(buffer.toByteArray(), StandardCharsets.UTF_8);
  }
}
