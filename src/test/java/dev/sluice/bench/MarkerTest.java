package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkerTest {
  private static final int NUMBER = 1_234_567;

  private final BsonDocument document = new BenchDocuments(1024).next(NUMBER);

  @Test
  void theNumberIsFoundInBsonAndInJson() {
    byte[] bson = new RawBsonDocument(document, new BsonDocumentCodec()).getByteBuffer().array();
    byte[] json = document.toJson().getBytes(StandardCharsets.UTF_8);

    assertThat(Marker.in(bson)).isEqualTo(NUMBER);
    assertThat(Marker.in(json)).isEqualTo(NUMBER);
  }

  @Test
  void anotherNumberTakesItsPlace() {
    byte[] json = document.toJson().getBytes(StandardCharsets.UTF_8);

    Marker.put(json, 89);

    assertThat(Marker.in(json)).isEqualTo(89);
  }

  @Test
  void whatHasNoNumberIsNoEvent() {
    assertThat(Marker.in("ref#12".getBytes(StandardCharsets.UTF_8))).isEqualTo(-1);
    assertThat(Marker.in("ref#1234567x".getBytes(StandardCharsets.UTF_8))).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 1024, 16_384, 262_144})
  void documentsHaveAboutTheSizeThatIsAskedFor(int size) {
    BenchDocuments documents = new BenchDocuments(size);

    double bytes = 0;
    for (int i = 0; i < 100; i++) {
      bytes += BenchDocuments.sizeOf(documents.next(i)) / 100.0;
    }

    assertThat(bytes).isBetween(0.95 * size, 1.05 * size);
  }
}
