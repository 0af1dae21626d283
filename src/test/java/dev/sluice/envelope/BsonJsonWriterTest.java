package dev.sluice.envelope;

import static dev.sluice.envelope.RawBson.bytes;
import static dev.sluice.envelope.RawBson.cString;
import static dev.sluice.envelope.RawBson.document;
import static dev.sluice.envelope.RawBson.documentOf;
import static dev.sluice.envelope.RawBson.field;
import static dev.sluice.envelope.RawBson.int32;
import static dev.sluice.envelope.RawBson.int64;
import static dev.sluice.envelope.RawBson.join;
import static dev.sluice.envelope.RawBson.string;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import dev.sluice.config.JsonMode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
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
import org.bson.RawBsonDocument;
import org.bson.json.JsonWriterSettings;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BsonJsonWriterTest {
  private static final ObjectId ID = new ObjectId("665f1c2a9d3e4b0012345678");
  private static final int MEGABYTE = 1024 * 1024;

  private final Utf8Buffer buffer = new Utf8Buffer();

  static List<Arguments> documents() {
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

  @ParameterizedTest(name = "{0}")
  @MethodSource("documents")
  void writesExtendedJsonAsTheLibraryDoes(String name, byte[] bson) {
    assertThat(json(JsonMode.RELAXED, bson)).isEqualTo(libraryJson(bson, JsonMode.RELAXED));
    assertThat(json(JsonMode.CANONICAL, bson)).isEqualTo(libraryJson(bson, JsonMode.CANONICAL));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("documents")
  void writesPlainJsonThatParses(String name, byte[] bson) throws IOException {
    assertThat(new ObjectMapper().readTree(json(JsonMode.PLAIN, bson)).isObject()).isTrue();
  }

  @Test
  void keepsTheLibrarysSpacing() {
    byte[] bson =
        document(
            new BsonDocument("a", new BsonInt32(1))
                .append("b", new BsonArray(List.of(new BsonInt32(1), new BsonInt32(2)))));

    assertThat(json(JsonMode.RELAXED, bson)).isEqualTo("{\"a\": 1, \"b\": [1, 2]}");
  }

  @Test
  void writesADocumentInTheMiddleOfAnArrayAndReturnsTheOffsetBehindIt() {
    byte[] bson = documentOf(new BsonString("inside"));
    byte[] whole = join(bytes(9, 9, 9), bson, bytes(7, 7));

    int end = new BsonJsonWriter(JsonMode.RELAXED).writeDocument(whole, 3, buffer);

    assertThat(end).isEqualTo(3 + bson.length);
    assertThat(buffer.toByteArray()).asString().isEqualTo("{\"v\": \"inside\"}");
  }

  @Test
  void writesASingleValueAndReturnsTheOffsetBehindIt() {
    byte[] bson = document(field(4, "a", document(field(16, "0", int32(5)))), field(10, "b"));

    int end = new BsonJsonWriter(JsonMode.RELAXED).writeValue((byte) 4, bson, 7, buffer);

    assertThat(end).isEqualTo(bson.length - 4);
    assertThat(BsonJsonWriter.skipValue((byte) 4, bson, 7)).isEqualTo(end);
    assertThat(buffer.toByteArray()).asString().isEqualTo("[5]");
  }

  @Test
  void writesDocumentsNestedDeeplyUpToTheLibrarysLimit() throws IOException {
    byte[] deep = nested(250);
    assertThat(json(JsonMode.CANONICAL, deep)).isEqualTo(libraryJson(deep, JsonMode.CANONICAL));
    assertThat(new ObjectMapper().readTree(json(JsonMode.PLAIN, deep)).isObject()).isTrue();

    byte[] deepest = nested(1024);
    assertThat(json(JsonMode.RELAXED, deepest)).isEqualTo(libraryJson(deepest, JsonMode.RELAXED));
    assertThatThrownBy(() -> json(JsonMode.RELAXED, nested(1025)))
        .isInstanceOf(CorruptBsonException.class)
        .hasMessageContaining("more than 1024 levels");
  }

  /** Documents and arrays in turns; the number counts all levels. */
  private static byte[] nested(int levels) {
    byte[] inner = document();
    for (int level = 1; level < levels; level++) {
      inner = documentOf(level % 2 == 0 ? 3 : 4, inner);
    }
    return inner;
  }

  @Test
  void writesAStringOfSixteenMegabytes() throws IOException {
    String text = "0123456789 äöü€ \"quoted\"".repeat(16 * MEGABYTE / 28);
    byte[] bson = documentOf(new BsonString(text));
    assertThat(bson.length).isGreaterThan(15 * MEGABYTE);

    String json = json(JsonMode.RELAXED, bson);

    JsonFactory jackson =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
            .build();
    assertThat(new ObjectMapper(jackson).readTree(json).get("v").textValue().equals(text)).isTrue();
    assertThat(json.equals(libraryJson(bson, JsonMode.RELAXED))).isTrue();
  }

  @Test
  void allocatesNothingPerDocumentButTheResult() {
    byte[] bson =
        document(
            new BsonDocument("_id", new BsonObjectId(ID))
                .append("word", new BsonString("QUIZ é"))
                .append("score", new BsonInt32(23))
                .append("total", new BsonInt64(18_446_744_073L))
                .append("average", new BsonDouble(17.35))
                .append("stake", new BsonDecimal128(Decimal128.parse("19.90")))
                .append("at", new BsonDateTime(1_763_600_523_120L))
                .append("digest", new BsonBinary(new byte[20]))
                .append("letters", new BsonArray(List.of(new BsonString("Q"), BsonNull.VALUE))));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    BsonJsonWriter writer = new BsonJsonWriter(JsonMode.CANONICAL);
    // The first rounds load classes and link what the second is to be measured without.
    long allocated = 0;
    for (int round = 0; round < 2; round++) {
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      for (int i = 0; i < 10_000; i++) {
        buffer.reset();
        writer.writeDocument(bson, 0, buffer);
      }
      allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }

    assertThat(allocated / 10_000).as("bytes per document").isZero();
  }

  private String json(JsonMode mode, byte[] bson) {
    buffer.reset();
    assertThat(new BsonJsonWriter(mode).writeDocument(bson, 0, buffer)).isEqualTo(bson.length);
    return new String(buffer.toByteArray(), StandardCharsets.UTF_8);
  }

  private static String libraryJson(byte[] bson, JsonMode mode) {
    org.bson.json.JsonMode outputMode =
        mode == JsonMode.RELAXED ? org.bson.json.JsonMode.RELAXED : org.bson.json.JsonMode.EXTENDED;
    return new RawBsonDocument(bson)
        .toJson(JsonWriterSettings.builder().outputMode(outputMode).build());
  }
}
