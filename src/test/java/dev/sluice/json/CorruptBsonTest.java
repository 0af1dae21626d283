package dev.sluice.json;

import static dev.sluice.json.RawBson.bytes;
import static dev.sluice.json.RawBson.document;
import static dev.sluice.json.RawBson.documentOf;
import static dev.sluice.json.RawBson.int32;
import static dev.sluice.json.RawBson.string;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.change.CorruptBsonException;
import dev.sluice.config.JsonMode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CorruptBsonTest {
  static List<Arguments> corruptDocuments() {
    return List.of(
        Arguments.of("no bytes", new byte[0], "are left"),
        Arguments.of("a size below five", bytes(4, 0, 0, 0, 0), "a document of 4 bytes"),
        Arguments.of("a negative size", bytes(0xff, 0xff, 0xff, 0xff, 0), "of -1 bytes"),
        Arguments.of("a size beyond the end", bytes(6, 0, 0, 0, 0), "6 bytes where 5 are left"),
        Arguments.of("no closing zero", bytes(5, 0, 0, 0, 1), "without its closing zero"),
        Arguments.of("an early zero", bytes(6, 0, 0, 0, 0, 0), "closing zero"),
        Arguments.of("an unknown type", documentOf(0x42, bytes(1, 2)), "unknown type 66"),
        Arguments.of("an endless name", bytes(8, 0, 0, 0, 10, 'a', 'b', 0), "closing zero"),
        Arguments.of("a boolean of 2", documentOf(8, bytes(2)), "a boolean of 2"),
        Arguments.of("a string of no bytes", documentOf(2, int32(0)), "a string of 0 bytes"),
        Arguments.of("a huge string", documentOf(2, int32(Integer.MAX_VALUE)), "are left"),
        Arguments.of("an open string", documentOf(2, int32(1), bytes('a')), "a string without"),
        Arguments.of("a negative binary", documentOf(5, int32(-1), bytes(0)), "of -1 bytes"),
        Arguments.of("a huge binary", documentOf(5, int32(0x7fff_fff0), bytes(0)), "are left"),
        Arguments.of(
            "an old binary with two sizes",
            documentOf(5, int32(5), bytes(2), int32(3), bytes(1)),
            "two sizes"),
        Arguments.of("a short old binary", documentOf(5, int32(2), bytes(2, 0, 0)), "are left"),
        Arguments.of("a cut number", documentOf(18, int32(1)), "are left"),
        Arguments.of("a cut ObjectId", documentOf(7, int32(1)), "are left"),
        Arguments.of("a regex without options", documentOf(11, bytes('a', 0)), "closing zero"),
        Arguments.of(
            "a document larger than the one around it",
            documentOf(3, int32(7), bytes(10, 0)),
            "are left"),
        Arguments.of(
            "a scope that ends early",
            documentOf(15, int32(16), string("f"), document(), bytes(0)),
            "a scope that ends before its value"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("corruptDocuments")
  void refusesCorruptBson(String name, byte[] bson, String message) {
    for (JsonMode mode : JsonMode.values()) {
      BsonJsonWriter writer = new BsonJsonWriter(mode);
      assertThatThrownBy(() -> writer.writeDocument(bson, 0, new Utf8Buffer()))
          .isInstanceOf(CorruptBsonException.class)
          .hasMessageStartingWith("Corrupt BSON at byte ")
          .hasMessageContaining(message);
    }
  }

  @Test
  void refusesOffsetsOutsideTheArray() {
    BsonJsonWriter writer = new BsonJsonWriter(JsonMode.RELAXED);

    assertThatThrownBy(() -> writer.writeDocument(document(), 6, new Utf8Buffer()))
        .isInstanceOf(CorruptBsonException.class);
    assertThatThrownBy(() -> writer.writeValue((byte) 10, document(), -1, new Utf8Buffer()))
        .isInstanceOf(CorruptBsonException.class);
    assertThatThrownBy(() -> BsonJsonWriter.skipValue((byte) 16, document(), 2))
        .isInstanceOf(CorruptBsonException.class);
  }
}
