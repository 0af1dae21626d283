package dev.sluice.json;

import static dev.sluice.json.RawBson.bytes;
import static dev.sluice.json.RawBson.cString;
import static dev.sluice.json.RawBson.document;
import static dev.sluice.json.RawBson.documentOf;
import static dev.sluice.json.RawBson.field;
import static dev.sluice.json.RawBson.int32;
import static dev.sluice.json.RawBson.int64;
import static dev.sluice.json.RawBson.string;

import java.util.ArrayList;
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
import org.junit.jupiter.params.provider.Arguments;

/** A document for every type of BSON and for what is odd about it, each with its name. */
public final class BsonCases {
  private static final ObjectId ID = new ObjectId("665f1c2a9d3e4b0012345678");

  private BsonCases() {}

  public static List<Arguments> documents() {
    List<Arguments> cases = new ArrayList<>();
    add(cases, "an empty document", document());
    add(cases, "an empty array", documentOf(new BsonArray()));
    add(cases, "an empty document inside", documentOf(new BsonDocument()));
    add(
        cases,
        "an array of all sorts",
        documentOf(
            new BsonArray(
                List.of(
                    new BsonInt32(1),
                    new BsonString("x"),
                    BsonNull.VALUE,
                    new BsonArray(
                        List.of(new BsonArray(), new BsonDocument("a", new BsonInt32(2)))),
                    new BsonDocument()))));
    addNumbers(cases);
    addDates(cases);
    addTexts(cases);
    addBrokenTexts(cases);
    addNames(cases);
    addRareTypes(cases);
    return cases;
  }

  private static void addNumbers(List<Arguments> cases) {
    for (int value : new int[] {0, 1, -1, 9, 10, 99, 100, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      add(cases, "int32 " + value, documentOf(new BsonInt32(value)));
    }
    for (long value : new long[] {0, -1, 1L << 53, Long.MIN_VALUE, Long.MAX_VALUE}) {
      add(cases, "int64 " + value, documentOf(new BsonInt64(value)));
    }
    for (double value :
        new double[] {
          0.0,
          -0.0,
          1.0,
          -1.5,
          0.1,
          1e-3,
          9.99e-4,
          1e-7,
          9999999,
          9999999.5,
          1e7,
          12345678.9,
          1e10,
          1.7636e12,
          1e15,
          123456789012345678.0,
          1e21,
          1e23,
          2e-3,
          1.0E-5,
          Math.PI,
          0.3 - 0.1,
          Double.MIN_VALUE,
          Double.MAX_VALUE,
          -Double.MAX_VALUE,
          Float.MIN_VALUE,
          Double.NaN,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY
        }) {
      add(cases, "double " + value, documentOf(new BsonDouble(value)));
    }
    add(cases, "a NaN with a payload", documentOf(1, int64(0xfff8_0000_0000_1234L)));
    for (String value :
        new String[] {
          "0",
          "-0",
          "0.00",
          "-0E+3",
          "0E-7",
          "1",
          "-1.50",
          "19.90",
          "1E+3",
          "1.5E+3",
          "0.000001",
          "0.0000001",
          "1E-6176",
          "9.999999999999999999999999999999999E+6144",
          "NaN",
          "Infinity",
          "-Infinity",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775.807",
          "1234567890123456789012345678901234"
        }) {
      add(cases, "Decimal128 " + value, documentOf(new BsonDecimal128(Decimal128.parse(value))));
    }
    add(
        cases,
        "a Decimal128 in the encoding of too large coefficients",
        documentOf(19, int64(5), int64(0x6c10_0000_0000_0000L)));
    add(cases, "a negative NaN", documentOf(19, int64(1), int64(0xfc00_0000_0000_0000L)));
  }

  private static void addDates(List<Arguments> cases) {
    for (long millis :
        new long[] {
          0,
          1,
          10,
          100,
          120,
          999,
          1000,
          -1,
          951_782_400_000L,
          951_868_799_999L,
          4_107_542_400_000L,
          1_763_600_523_120L,
          253_402_300_799_999L,
          253_402_300_800_000L,
          -62_135_596_800_000L,
          Long.MIN_VALUE,
          Long.MAX_VALUE
        }) {
      add(cases, "date " + millis, documentOf(new BsonDateTime(millis)));
    }
    add(cases, "timestamp", documentOf(new BsonTimestamp(1763600000, 5)));
    add(cases, "timestamp beyond 2^31", documentOf(17, int64(0xffff_fffe_8000_0001L)));
  }

  private static void addTexts(List<Arguments> cases) {
    add(cases, "an empty string", documentOf(new BsonString("")));
    add(cases, "a string with a zero inside", documentOf(new BsonString("a\0b\0")));
    for (int length = 1; length < 20; length++) {
      // Quotes at every place of a word and letters behind the last whole one.
      add(cases, "a quote after " + length, documentOf(new BsonString("x".repeat(length) + "\"y")));
      add(cases, "an accent after " + length, documentOf(new BsonString("x".repeat(length) + "é")));
    }
    StringBuilder all = new StringBuilder();
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
        all.appendCodePoint(codePoint);
      }
    }
    add(cases, "every code point", documentOf(new BsonString(all.toString())));
    add(cases, "the line separator", documentOf(new BsonString("a\u2028b\u2029c")));
  }

  private static void addBrokenTexts(List<Arguments> cases) {
    addBroken(cases, "a lone high surrogate", 0xed, 0xa0, 0x80);
    addBroken(cases, "a lone low surrogate", 0xed, 0xbf, 0xbf, 'a');
    addBroken(cases, "a pair of encoded surrogates", 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80);
    addBroken(cases, "a cut sequence of two", 'a', 0xc3);
    addBroken(cases, "a cut sequence of three", 'a', 0xe2, 0x82);
    addBroken(cases, "a cut sequence of four", 0xf0, 0x9f, 0x98);
    addBroken(cases, "a cut sequence of four in the middle", 0xf0, 0x9f, 'a', 'b', 'c');
    addBroken(cases, "a zero written long", 0xc0, 0x80);
    addBroken(cases, "a slash written long", 0xe0, 0x80, 0xaf, 0xf0, 0x80, 0x80, 0xaf);
    addBroken(cases, "a code point beyond the last", 0xf4, 0x90, 0x80, 0x80);
    addBroken(cases, "bytes that UTF-8 never has", 0xfe, 0xff, 0xf8, 0x88, 0x80, 0x80, 0x80);
    addBroken(cases, "a single continuation byte", 0x80);
    addBroken(cases, "continuation bytes", 'a', 0x80, 0xbf, 'b');
  }

  private static void addBroken(List<Arguments> cases, String name, int... text) {
    add(cases, name, documentOf(2, string(bytes(text))));
    add(cases, name + " in a name", document(field(10, bytes(text))));
    add(cases, name + " in a pattern", documentOf(11, cString(bytes(text)), cString(bytes(text))));
  }

  private static void addNames(List<Arguments> cases) {
    for (String name :
        new String[] {
          "", "$oid", "a.b", "a\"b", "\\", "tab\t", "\u0001", "é", "日本", "😀", "\u200b"
        }) {
      add(cases, "the name '" + name + "'", document(field(16, name, int32(1))));
    }
    for (int length : new int[] {7, 8, 9, 62, 63, 64, 65, 66, 200, 10_000}) {
      add(cases, "a name of " + length, document(field(16, "n".repeat(length), int32(1))));
      add(
          cases,
          "a name of " + length + " with a quote at its end",
          document(field(16, "n".repeat(length - 1) + '"', int32(1))));
    }
    add(
        cases,
        "one name three times",
        document(field(16, "a", int32(1)), field(10, "a"), field(2, "a", string("x"))));
    add(
        cases,
        "an array with names of its own",
        documentOf(4, document(field(16, "x", int32(1)), field(16, "\"", int32(2)))));
  }

  private static void addRareTypes(List<Arguments> cases) {
    for (BsonValue value :
        List.of(
            BsonBoolean.TRUE,
            BsonBoolean.FALSE,
            BsonNull.VALUE,
            new BsonUndefined(),
            new BsonMinKey(),
            new BsonMaxKey(),
            new BsonObjectId(ID),
            new BsonDbPointer("db.c\"oll", ID),
            new BsonJavaScript("function() { return \"a\"; }"),
            new BsonJavaScriptWithScope("x", new BsonDocument()),
            new BsonJavaScriptWithScope(
                "x + y", new BsonDocument("x", new BsonInt32(1)).append("y", new BsonArray())),
            new BsonSymbol("sym\nbol"),
            new BsonRegularExpression("^a/\"b\\d$", "xsmi"))) {
      add(cases, value.getBsonType() + " " + value, documentOf(value));
    }
    add(cases, "unsorted regex options", documentOf(11, cString("a"), cString("zxxa")));
    add(cases, "regex options of surrogates", documentOf(11, cString("a"), cString("😀é😀")));
    for (int length = 0; length < 8; length++) {
      add(cases, "binary of " + length, documentOf(new BsonBinary(new byte[length])));
    }
    for (int subtype = 0; subtype < 256; subtype++) {
      byte[] data = bytes(0xfb, 0xff, 0xbf, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      add(
          cases,
          "binary subtype " + subtype,
          subtype == 2
              ? documentOf(5, int32(20), bytes(2), int32(16), data)
              : documentOf(5, int32(16), bytes(subtype), data));
    }
  }

  private static void add(List<Arguments> cases, String name, byte[] bson) {
    cases.add(Arguments.of(name, bson));
  }
}
