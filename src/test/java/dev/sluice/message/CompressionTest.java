package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.ChangeEvent;
import dev.sluice.config.Compression;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.config.Headers;
import dev.sluice.config.JsonMode;
import dev.sluice.config.Scope;
import dev.sluice.config.View;
import dev.sluice.json.BsonPieces;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompressionTest {
  /** The last one is more than the encoder's array holds. */
  @ParameterizedTest
  @CsvSource({"GZIP, 2000", "ZSTD, 2000", "GZIP, 3000000", "ZSTD, 3000000"})
  void takesNothingFromABodyAndGivesARepeatTheSameBytes(Compression compression, int length)
      throws IOException {
    ChangeEvent event =
        EventBuilder.insert()
            .document(BsonPieces.text("text", "QUIZ JAX ".repeat(length / 9)))
            .build();

    Message message = encoder(compression, 1000).encode(event);

    assertThat(message.content()).isEqualTo(Message.Content.JSON.in(compression));
    assertThat(message.body()).hasSizeLessThan(length / 5);
    assertThat(message.body()).isEqualTo(encoder(compression, 1000).encode(event).body());
    byte[] plain = encoder(compression, Long.MAX_VALUE).encode(event).body();
    try (InputStream in = stream(compression, message.body())) {
      assertThat(in.readAllBytes()).isEqualTo(plain);
    }
  }

  @ParameterizedTest
  @CsvSource({"GZIP", "ZSTD"})
  void leavesASmallBodyAsItIs(Compression compression) {
    Message message = encoder(compression, 1000).encode(EventBuilder.delete().build());

    assertThat(message.content()).isEqualTo(Message.Content.JSON);
  }

  private static InputStream stream(Compression compression, byte[] body) throws IOException {
    ByteArrayInputStream bytes = new ByteArrayInputStream(body);
    return compression == Compression.GZIP
        ? new GZIPInputStream(bytes)
        : new ZstdInputStream(bytes);
  }

  private static EnvelopeEncoder encoder(Compression compression, long above) {
    return new EnvelopeEncoder(
        new EnvelopeSettings(
            "scrabble-cdc",
            Scope.of("scrabble", "scrabble"),
            View.NEW_IMAGE,
            EventFormat.ENVELOPE,
            JsonMode.RELAXED,
            Headers.ALL,
            compression,
            above),
        16 << 20);
  }
}
