package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.change.ChangeEvent;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.config.JsonMode;
import dev.sluice.config.Scope;
import dev.sluice.config.View;
import dev.sluice.json.BsonPieces;
import dev.sluice.json.TextTooLargeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;

/** How large a message may become, and what is done before it is too large. */
class MessageSizeTest {
  private static final int MAX_BYTES = 16 << 20;
  private static final ObjectMapper STRICT = new ObjectMapper();

  @Test
  void compressesWhatIsLargerThanToldAndAlwaysToTheSameBytes() throws IOException {
    EnvelopeSettings settings =
        new EnvelopeSettings(
            "p",
            Scope.of("d", "c"),
            View.NEW_IMAGE,
            EventFormat.ENVELOPE,
            JsonMode.RELAXED,
            10_000);
    EnvelopeEncoder encoder = new EnvelopeEncoder(settings, MAX_BYTES);
    ChangeEvent large =
        EventBuilder.insert().document("{\"t\": \"" + "A".repeat(10_000) + "\"}").build();

    Message compressed = encoder.encode(large);
    Message plain = encoder.encode(EventBuilder.insert().document("{\"t\": \"A\"}").build());

    assertThat(plain.content()).isEqualTo(Message.Content.JSON);
    assertThat(compressed.content()).isEqualTo(Message.Content.GZIPPED_JSON);
    assertThat(compressed.body()).hasSizeLessThan(1_000).isEqualTo(encoder.encode(large).body());
    byte[] body = new GZIPInputStream(new ByteArrayInputStream(compressed.body())).readAllBytes();
    assertThat(STRICT.readTree(body).at("/document/t").textValue()).hasSize(10_000);
  }

  @Test
  void stopsWritingAtTheLimitToTheByte() {
    ChangeEvent event = EventBuilder.insert().document("{\"t\": \"a\\n\\u0001é\"}").build();
    int size = new EnvelopeEncoder(relaxed(), MAX_BYTES).encode(event).body().length;

    assertThat(new EnvelopeEncoder(relaxed(), size).encode(event).body()).hasSize(size);
    assertThatThrownBy(() -> new EnvelopeEncoder(relaxed(), size - 1).encode(event))
        .isInstanceOf(TextTooLargeException.class)
        .hasMessage("more than " + (size - 1) + " bytes")
        .hasNoCause();
  }

  @Test
  void writesTheNextEventBehindOneThatIsTooLarge() {
    EnvelopeEncoder encoder = new EnvelopeEncoder(relaxed(), 2_000);
    ChangeEvent small = EventBuilder.insert().document("{\"t\": \"A\"}").build();
    byte[] before = encoder.encode(small).body();
    ChangeEvent large =
        EventBuilder.insert().document("{\"t\": \"" + "A".repeat(2_000) + "\"}").build();

    assertThatThrownBy(() -> encoder.encode(large)).isInstanceOf(TextTooLargeException.class);

    assertThat(encoder.encode(small).body()).isEqualTo(before);
  }

  @Test
  void stopsWritingTheIdToo() {
    ChangeEvent event =
        EventBuilder.delete()
            .id(
                3,
                BsonPieces.document(BsonPieces.field(2, "a", BsonPieces.string("A".repeat(2_000)))))
            .build();

    assertThatThrownBy(() -> new EnvelopeEncoder(relaxed(), 2_000).encode(event))
        .isInstanceOf(TextTooLargeException.class);
  }

  /** The limit is that of what is published, and compressing makes room below it. */
  @Test
  void compressesWhileWritingWhatIsFarLargerThanTheLimit() throws IOException {
    EnvelopeSettings settings =
        new EnvelopeSettings(
            "p",
            Scope.of("d", "c"),
            View.NEW_IMAGE,
            EventFormat.ENVELOPE,
            JsonMode.RELAXED,
            64 << 10);
    EnvelopeEncoder encoder = new EnvelopeEncoder(settings, 1 << 20);
    ChangeEvent lines = document("\n".repeat(15_900_000));

    byte[] body = encoder.encode(lines).body();
    encoder.encode(document("between"));
    byte[] again = encoder.encode(lines).body();

    assertThat(body).hasSizeLessThan(64 << 10).isEqualTo(again);
    byte[] json = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
    assertThat(json).hasSizeGreaterThan(31_800_000);
    byte[] whole = new EnvelopeEncoder(relaxed(), 64 << 20).encode(lines).body();
    assertThat(new String(json, StandardCharsets.UTF_8).contains("\\n\\n\"}")).isTrue();
    assertThat(Math.abs(json.length - whole.length)).isLessThan(100);
  }

  @Test
  void refusesWhatIsTooLargeEvenWhenCompressed() {
    EnvelopeSettings settings =
        new EnvelopeSettings(
            "p", Scope.of("d", "c"), View.NEW_IMAGE, EventFormat.ENVELOPE, JsonMode.RELAXED, 0);
    byte[] noise = new byte[3_000_000];
    new Random(1).nextBytes(noise);

    assertThatThrownBy(
            () ->
                new EnvelopeEncoder(settings, 1 << 20)
                    .encode(document(HexFormat.of().formatHex(noise))))
        .isInstanceOf(TextTooLargeException.class);
  }

  /** Whoever compresses at all would rather have it compressed than parked. */
  @Test
  void compressesWhatWouldBeTooLargeOtherwise() {
    EnvelopeSettings settings =
        new EnvelopeSettings(
            "p",
            Scope.of("d", "c"),
            View.NEW_IMAGE,
            EventFormat.ENVELOPE,
            JsonMode.RELAXED,
            1 << 20);

    Message message = new EnvelopeEncoder(settings, 10_000).encode(document("A".repeat(20_000)));

    assertThat(message.content()).isEqualTo(Message.Content.GZIPPED_JSON);
  }

  private static ChangeEvent document(String text) {
    return EventBuilder.insert()
        .document(new BsonDocument("t", new BsonString(text)).toJson())
        .build();
  }

  private static EnvelopeSettings relaxed() {
    return GoldenShapes.settings(EventFormat.ENVELOPE, JsonMode.RELAXED);
  }
}
