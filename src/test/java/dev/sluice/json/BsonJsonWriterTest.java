package dev.sluice.json;

import static dev.sluice.json.RawBson.bytes;
import static dev.sluice.json.RawBson.document;
import static dev.sluice.json.RawBson.documentOf;
import static dev.sluice.json.RawBson.field;
import static dev.sluice.json.RawBson.int32;
import static dev.sluice.json.RawBson.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import dev.sluice.change.CorruptBsonException;
import dev.sluice.config.JsonMode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDateTime;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BsonJsonWriterTest {
  private static final ObjectId ID = new ObjectId("665f1c2a9d3e4b0012345678");
  private static final ObjectMapper JACKSON = new ObjectMapper();
  private static final int MEGABYTE = 1024 * 1024;

  private final Utf8Buffer buffer = new Utf8Buffer();

  @ParameterizedTest(name = "{0}")
  @MethodSource("dev.sluice.json.BsonCases#documents")
  void writesExtendedJsonAsTheLibraryDoesWithoutNeedlessEscapes(String name, byte[] bson) {
    assertThat(json(JsonMode.RELAXED, bson)).isEqualTo(LibraryJson.of(bson, JsonMode.RELAXED));
    assertThat(json(JsonMode.CANONICAL, bson)).isEqualTo(LibraryJson.of(bson, JsonMode.CANONICAL));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dev.sluice.json.BsonCases#documents")
  void writesPlainJsonThatParses(String name, byte[] bson) throws IOException {
    assertThat(JACKSON.readTree(json(JsonMode.PLAIN, bson)).isObject()).isTrue();
  }

  @Test
  void escapesQuotesBackslashesControlCharactersAndLineEndsOnly() {
    String stands = "é日本𐐷😀👩‍👧\u0301\u200b\ufeff\ue000\u0378\uffff\u00a0\u2027\u202a/'<&";
    String escaped = "\"\\\b\f\n\r\t\0\u001f\u007f\u0080\u009f\u2028\u2029";

    String json = json(JsonMode.RELAXED, documentOf(new BsonString(stands + escaped)));

    assertThat(json)
        .isEqualTo(
            "{\"v\": \""
                + stands
                + "\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\\u007f\\u0080\\u009f\\u2028\\u2029\"}");
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
  void writesDocumentsNestedMoreDeeplyThanMongoDbSends() throws IOException {
    byte[] deep = nested(250);
    assertThat(json(JsonMode.CANONICAL, deep)).isEqualTo(LibraryJson.of(deep, JsonMode.CANONICAL));
    assertThat(JACKSON.readTree(json(JsonMode.PLAIN, deep)).isObject()).isTrue();

    byte[] deepest = nested(400);
    assertThat(json(JsonMode.RELAXED, deepest))
        .isEqualTo(LibraryJson.of(deepest, JsonMode.RELAXED));
    assertThatThrownBy(() -> json(JsonMode.RELAXED, nested(401)))
        .isInstanceOf(CorruptBsonException.class)
        .hasMessageContaining("more than 400 levels");
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
    assertThat(json.equals(LibraryJson.of(bson, JsonMode.RELAXED))).isTrue();
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
}
