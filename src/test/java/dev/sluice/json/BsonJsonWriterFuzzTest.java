package dev.sluice.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.sluice.change.BsonBytes;
import dev.sluice.change.CorruptBsonException;
import dev.sluice.config.JsonMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random documents against {@link LibraryJson}. A failure names its seed; {@code
 * -Dsluice.fuzz.seed=} runs the same documents again.
 */
class BsonJsonWriterFuzzTest {
  private static final long SEED = Long.getLong("sluice.fuzz.seed", System.nanoTime());
  private static final int DOCUMENTS = 100_000;

  /** Fewer, because each may have the library make and fill an array of a gigabyte. */
  private static final int DAMAGED_DOCUMENTS = 4_000;

  private final JsonFactory jackson = new JsonFactory();
  private final Utf8Buffer buffer = new Utf8Buffer();

  @Test
  void writesRelaxedAndCanonicalJsonAsTheLibraryDoesAndPlainJsonThatParses() throws IOException {
    BsonJsonWriter relaxed = new BsonJsonWriter(JsonMode.RELAXED);
    BsonJsonWriter canonical = new BsonJsonWriter(JsonMode.CANONICAL);
    BsonJsonWriter plain = new BsonJsonWriter(JsonMode.PLAIN);
    RandomBson documents = new RandomBson(SEED);
    for (int i = 0; i < DOCUMENTS; i++) {
      byte[] bson = documents.document();

      compare(write(relaxed, bson), LibraryJson.of(bson, JsonMode.RELAXED), i);
      compare(write(canonical, bson), LibraryJson.of(bson, JsonMode.CANONICAL), i);
      parse(write(plain, bson), i);
    }
  }

  private void compare(byte[] json, String libraryJson, int document) throws IOException {
    if (!Arrays.equals(json, libraryJson.getBytes(StandardCharsets.UTF_8))) {
      assertThat(new String(json, StandardCharsets.UTF_8))
          .as("seed %d, document %d", SEED, document)
          .isEqualTo(libraryJson);
      fail("seed %d, document %d: not UTF-8", SEED, document);
    }
    parse(json, document);
  }

  @Test
  void readsDamagedDocumentsAsTheLibraryDoesOrRefusesThem() throws IOException {
    BsonJsonWriter writer = new BsonJsonWriter(JsonMode.CANONICAL);
    RandomBson documents = new RandomBson(SEED);
    Random random = new Random(SEED);
    int refused = 0;
    for (int i = 0; i < DAMAGED_DOCUMENTS; i++) {
      byte[] bson = damaged(documents.document(), random);

      String json;
      try {
        json = new String(write(writer, bson), StandardCharsets.UTF_8);
        parse(buffer.toByteArray(), i);
      } catch (CorruptBsonException e) {
        json = null;
        refused++;
      }

      String expected;
      try {
        expected = LibraryJson.of(bson, JsonMode.CANONICAL);
      } catch (RuntimeException | OutOfMemoryError e) {
        // The library makes room for a binary value before it looks whether there is that much.
        expected = null;
      }
      if (!Objects.equals(json, expected)) {
        assertThat(json).as("seed %d, document %d", SEED, i).isEqualTo(expected);
      }
    }
    assertThat(refused).as("documents damaged badly enough").isGreaterThan(DAMAGED_DOCUMENTS / 4);
  }

  @Test
  void skipsEveryValueOfADocumentOrRefusesIt() {
    RandomBson documents = new RandomBson(SEED);
    Random random = new Random(SEED);
    for (int i = 0; i < DOCUMENTS / 4; i++) {
      byte[] whole = documents.document();
      if (skipFields(whole) != whole.length) {
        fail("seed %d, document %d", SEED, i);
      }

      byte[] bson = damaged(whole, random);
      try {
        if (skipFields(bson) > bson.length) {
          fail("seed %d, damaged document %d", SEED, i);
        }
      } catch (CorruptBsonException e) {
        // What a caller is told to expect.
      }
    }
  }

  /** Walks over the fields up to the closing zero and returns the offset behind it. */
  private static int skipFields(byte[] bson) {
    BsonBytes.documentEnd(bson, 0, bson.length);
    int position = 4;
    while (bson[position] != 0) {
      int value = BsonBytes.cStringEnd(bson, position + 1, bson.length) + 1;
      int next = BsonJsonWriter.skipValue(bson[position], bson, value);
      if (next < value || next > bson.length) {
        fail("seed %d: from %d to %d", SEED, value, next);
      }
      position = next;
      BsonBytes.requireRoom(1, position, bson.length);
    }
    return position + 1;
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] bson = whole.clone();
    if (random.nextBoolean()) {
      bson = Arrays.copyOf(bson, random.nextInt(bson.length));
    }
    for (int flips = random.nextInt(4); flips > 0 && bson.length > 0; flips--) {
      bson[random.nextInt(bson.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return bson;
  }

  private byte[] write(BsonJsonWriter writer, byte[] bson) {
    buffer.reset();
    writer.writeDocument(bson, 0, buffer);
    return buffer.toByteArray();
  }

  private void parse(byte[] json, int document) throws IOException {
    try (JsonParser parser = jackson.createParser(json)) {
      while (parser.nextToken() != null) {
        parser.getText();
      }
    } catch (IOException e) {
      throw new IOException("seed " + SEED + ", document " + document, e);
    }
  }
}
