package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.change.BsonBytes;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.CorruptBsonException;
import dev.sluice.config.EventFormat;
import dev.sluice.config.JsonMode;
import dev.sluice.json.BsonPieces;
import dev.sluice.json.RandomBson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Events as no server should send them, and documents as no driver would write them. */
class DamagedEventTest {
  private static final long SEED = Long.getLong("sluice.fuzz.seed", System.nanoTime());

  /** The last one, BSON, is the event's own bytes. */
  private static final Set<EventFormat> JSON_FORMATS =
      EnumSet.complementOf(EnumSet.of(EventFormat.BSON));

  private final ObjectMapper parser =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private final MessageSchema schema = new MessageSchema();
  private final Map<EventFormat, MessageSchema> schemas = new EnumMap<>(EventFormat.class);
  private final List<EnvelopeEncoder> encoders = encoders();
  private final Random random = new Random(SEED);

  private static List<EnvelopeEncoder> encoders() {
    List<EnvelopeEncoder> encoders = new ArrayList<>();
    for (EventFormat format : JSON_FORMATS) {
      for (JsonMode mode : JsonMode.values()) {
        encoders.add(new EnvelopeEncoder(GoldenShapes.settings(format, mode), 16 << 20));
      }
    }
    return encoders;
  }

  @Test
  void makesAValidMessageOfAnyDocument() throws IOException {
    RandomBson documents = new RandomBson(SEED);
    for (int i = 0; i < 1_000; i++) {
      ChangeEvent event = EventBuilder.replace().rawDocument(documents.document()).build();

      for (EventFormat format : JSON_FORMATS) {
        for (JsonMode mode : JsonMode.values()) {
          Message message = encoder(format, mode).encode(event);
          schemas
              .computeIfAbsent(format, MessageSchema::of)
              .assertValid(
                  format + ", seed " + SEED + ", document " + i, parser.readTree(message.body()));
        }
      }
    }
  }

  private EnvelopeEncoder encoder(EventFormat format, JsonMode mode) {
    return encoders.get(format.ordinal() * JsonMode.values().length + mode.ordinal());
  }

  @Test
  void eitherMakesAMessageOfADamagedEventOrRefusesIt() throws IOException {
    String update = "{\"updatedFields\": {\"a\": [1, {}]}, \"removedFields\": [\"b\"]}";
    byte[] whole =
        EventBuilder.update(update)
            .id(BsonBytes.DOCUMENT, BsonPieces.parse("{\"a\": {\"$ref\": \"b\"}}"))
            .document("{\"a\": \"b\", \"c\": [1.5, {\"d\": null}]}")
            .wallTime("2026-11-20T01:02:03Z")
            .transaction(new UUID(1, 2), 3)
            .bytes();
    int refused = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] damaged = damaged(whole);
      try {
        ChangeEvent event = new ChangeEvent(damaged, 0, damaged.length, EventBuilder.CAPTURED_AT);
        event.documentHash();
        parser.readTree(encoders.get(i % encoders.size()).encode(event).body());
      } catch (CorruptBsonException | IllegalArgumentException e) {
        refused++;
      } catch (IOException | RuntimeException e) {
        fail("seed %d, event %d: %s".formatted(SEED, i, Arrays.toString(damaged)), e);
      }
    }

    assertThat(refused).isBetween(5_000, 49_000);
  }

  private byte[] damaged(byte[] whole) {
    byte[] damaged = Arrays.copyOf(whole, whole.length);
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int at = random.nextInt(whole.length);
      damaged[at] = (byte) (random.nextBoolean() ? random.nextInt() : damaged[at] ^ 1);
    }
    return random.nextInt(10) == 0 ? Arrays.copyOf(damaged, random.nextInt(whole.length)) : damaged;
  }

  @Test
  void refusesASessionThatIsNoUuid() {
    byte[] noId = BsonPieces.document(BsonPieces.text("uid", "a"));
    byte[] shortId =
        BsonPieces.document(
            BsonPieces.field(BsonBytes.BINARY, "id", BsonPieces.binary(4, new byte[15])));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> encode(withSession(noId)))
        .withMessageContaining("without the id of its session");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> encode(withSession(shortId)))
        .withMessageContaining("without the UUID of its session");
  }

  private static byte[] withSession(byte[] session) {
    byte[] delete = EventBuilder.delete().bytes();
    return BsonPieces.document(
        Arrays.copyOfRange(delete, Integer.BYTES, delete.length - 1),
        BsonPieces.field(BsonBytes.INT64, "txnNumber", BsonPieces.int64(1)),
        BsonPieces.field(BsonBytes.DOCUMENT, "lsid", session));
  }

  @Test
  void takesNullInADescriptionForNothing() throws IOException {
    String nulls =
        "{\"updatedFields\": {\"a\": 1}, \"removedFields\": null, \"truncatedArrays\": null}";

    Message message = encode(EventBuilder.update(nulls).bytes());

    assertThat(parser.readTree(message.body()).get("update"))
        .isEqualTo(
            parser.readTree(
                "{\"updatedFields\": {\"a\": 1}, \"removedFields\": [], \"truncatedArrays\": []}"));
  }

  @Test
  void neverGivesADeleteADocument() throws IOException {
    Message message = encode(EventBuilder.delete().document("{\"a\": 1}").bytes());

    assertThat(parser.readTree(message.body()).get("document").isNull()).isTrue();
    schema.assertValid("delete", parser.readTree(message.body()));
  }

  @Test
  void namesThePlaceOfTheDamageButNotTheData() {
    byte[] bytes = EventBuilder.insert().document(BsonPieces.text("secret", "secret")).bytes();
    bytes[bytes.length - 1] = 1;

    assertThatExceptionOfType(CorruptBsonException.class)
        .isThrownBy(() -> encode(bytes))
        .withMessage("Corrupt BSON at byte 0: a document without its closing zero");
  }

  private Message encode(byte[] bytes) {
    return encoders
        .get(0)
        .encode(new ChangeEvent(bytes, 0, bytes.length, EventBuilder.CAPTURED_AT));
  }
}
