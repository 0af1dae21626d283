package dev.sluice.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.bson.RawBsonDocument;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import org.junit.jupiter.api.Test;

class StrictStyleTest {
  private static final long SEED = Long.getLong("sluice.fuzz.seed", System.nanoTime());

  /** As Debezium sets it, which takes the space behind each comma away. */
  @SuppressWarnings("deprecation") // The mode is an old one, and the point.
  private static final JsonWriterSettings COMPACT =
      JsonWriterSettings.builder()
          .outputMode(JsonMode.STRICT)
          .indent(true)
          .indentCharacters("")
          .newLineCharacters("")
          .build();

  @Test
  void writesStrictJsonAsTheLibraryDoes() {
    BsonJsonWriter writer = BsonJsonWriter.strict();
    RandomBson documents = new RandomBson(SEED);
    Utf8Buffer buffer = new Utf8Buffer();
    for (int i = 0; i < 5_000; i++) {
      byte[] bson = documents.document();
      buffer.reset();

      writer.writeDocument(bson, 0, buffer);

      assertThat(buffer.toString())
          .as("seed %d, document %d", SEED, i)
          .isEqualTo(LibraryJson.withoutNeedlessEscapes(new RawBsonDocument(bson).toJson(COMPACT)));
    }
  }
}
