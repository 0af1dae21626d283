package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Gap;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.config.Headers;
import dev.sluice.config.JsonMode;
import dev.sluice.json.BsonPieces;
import dev.sluice.json.BsonSample;
import dev.sluice.message.GoldenShapes.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The exact bytes of every shape of message, in the files of {@code src/test/resources/golden}.
 *
 * <p>After a change of the format that is meant, {@code mvn test -Dtest=EnvelopeEncoderTest
 * -Dsluice.golden.write=true} writes the files anew.
 */
class EnvelopeEncoderTest {
  private static final int MAX_BYTES = 16 << 20;

  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final ObjectMapper WITH_DUPLICATES =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final MessageSchema SCHEMA = new MessageSchema();

  static Stream<Shape> shapes() {
    return Stream.concat(GoldenShapes.all().stream(), RecordedEvents.shapes().stream());
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void writesTheBytesOfTheGoldenFile(Shape shape) {
    new GoldenFile(shape.name()).assertSameAs(shape.body());
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void isValidAgainstThePublishedSchema(Shape shape) throws IOException {
    SCHEMA.assertValid(shape.name(), WITH_DUPLICATES.readTree(shape.body()));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void isOneJsonObjectInValidUtf8(Shape shape) throws IOException {
    ObjectMapper parser =
        shape.name().equals(GoldenShapes.DUPLICATE_KEYS) ? WITH_DUPLICATES : STRICT;

    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(shape.body()));
    assertThat(parser.readTree(shape.body()).isObject()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void saysTheSameInBodyAndProperties(Shape shape) throws IOException {
    Message message = shape.message();
    JsonNode event = WITH_DUPLICATES.readTree(message.body());
    JsonNode metadata = event.get("metadata");
    JsonNode what = metadata.has("operation") ? metadata : event;

    assertThat(message.messageId()).isEqualTo(metadata.get("eventId").textValue());
    assertThat(message.type()).isEqualTo(what.get("operation").textValue());
    assertThat(Instant.ofEpochSecond(message.timestampSeconds()))
        .hasToString(metadata.get("clusterTime").textValue());
    Map<String, Object> headers = new HashMap<>();
    for (String name : List.of("operation", "database", "collection")) {
      if (!what.get(name).isNull()) {
        headers.put(name, what.get(name).textValue());
      }
    }
    headers.put("position", metadata.get("position").textValue());
    if (!event.get("_id").isNull()) {
      headers.put("id", event.get("_id").textValue());
      headers.put("idType", metadata.get("idType").textValue());
      headers.put("capturedAt", "2026-11-20T01:02:03.456Z");
    }
    if (what.get("operation").textValue().equals("rename") && what.has("from")) {
      headers.put("replaced", true);
    }
    assertThat(message.headers()).isEqualTo(headers);
    String namespace =
        Stream.of(what.get("database"), what.get("collection"))
            .filter(name -> !name.isNull())
            .map(JsonNode::textValue)
            .collect(Collectors.joining("."));
    assertThat(message.routingKey())
        .isEqualTo(
            "%s.%s", namespace.isEmpty() ? "sluice" : namespace, what.get("operation").textValue());
  }

  @Test
  void hasNoGoldenFileWithoutItsShape() {
    assumeThat(GoldenFile.WRITE).as("files are being written").isFalse();
    Set<String> files = new HashSet<>();
    for (String directory : List.of("shape", "id", "recorded")) {
      files.addAll(GoldenFile.names(directory));
    }

    assertThat(shapes().map(Shape::name)).containsExactlyInAnyOrderElementsOf(files);
  }

  @Test
  void repeatsAnEventWithTheSameIdWhateverALookupFinds() {
    String update = "{\"updatedFields\": {\"score\": 23}, \"removedFields\": []}";
    Message message = encode(EventBuilder.update(update).document("{\"score\": 23}"));

    Message repeated = encode(EventBuilder.update(update).lookupFoundNothing());

    assertThat(repeated.messageId()).isEqualTo(message.messageId());
    assertThat(repeated.headers()).isEqualTo(message.headers());
    assertThat(repeated.routingKey()).isEqualTo(message.routingKey());
    assertThat(repeated.timestampSeconds()).isEqualTo(message.timestampSeconds());
    assertThat(repeated.body()).isNotEqualTo(message.body());
  }

  @Test
  void repeatsAnEventWithTheSameBytesWheneverItIsCaptured() {
    Message message = encode(EventBuilder.insert().document("{\"score\": 23}"));

    Message repeated =
        encode(
            EventBuilder.insert()
                .document("{\"score\": 23}")
                .capturedAt(EventBuilder.CAPTURED_AT + 1));

    assertThat(repeated.body()).isEqualTo(message.body());
    assertThat(repeated.headers()).containsEntry("capturedAt", "2026-11-20T01:02:03.457Z");
  }

  @Test
  void givesEventsOfOtherTokensOtherIds() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      ids.add(encode(EventBuilder.delete().token("826B00EF98" + i)).messageId());
    }

    assertThat(ids).hasSize(10_000);
  }

  @Test
  void givesEventsOfOneTransactionOneClusterTimeAndDifferentIds() throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (Shape shape : RecordedEvents.shapes()) {
      JsonNode event = STRICT.readTree(shape.body());
      if (event.get("metadata").has("transaction")) {
        events.add(event.get("metadata"));
      }
    }

    assertThat(events).hasSize(3);
    assertThat(events)
        .extracting(event -> event.at("/transaction/lsid").textValue())
        .containsOnly(events.get(0).at("/transaction/lsid").textValue());
    assertThat(events)
        .extracting(event -> event.at("/transaction/index").intValue())
        .containsExactly(0, 1, 3);
    assertThat(events)
        .extracting(
            event -> event.get("clusterTime").textValue() + event.get("clusterTimeIncrement"))
        .containsOnly("2026-11-21T01:10:57Z3");
    assertThat(events).extracting(event -> event.get("eventId")).doesNotHaveDuplicates();
  }

  @Test
  void losesNothingInTheCanonicalMode() throws IOException {
    byte[] document =
        BsonPieces.document(
            BsonSample.ALL.stream().map(BsonSample::asField).toArray(byte[][]::new));
    EventBuilder event =
        EventBuilder.insert()
            .document(BsonSample.ALL.stream().map(BsonSample::asField).toArray(byte[][]::new));

    Message message =
        new EnvelopeEncoder(
                GoldenShapes.settings(EventFormat.ENVELOPE, JsonMode.CANONICAL), MAX_BYTES)
            .encode(event.build());

    BsonDocument read =
        BsonDocument.parse(STRICT.readTree(message.body()).get("document").toString());
    read.remove("_id");
    assertThat(BsonPieces.bytes(read)).isEqualTo(document);
  }

  @Test
  void hasFewerHeadersOrNoneWhereTheSettingsSaySo() {
    ChangeEvent delete = EventBuilder.delete().id("x").build();
    Change gap = new Gap(Optional.empty(), new BsonTimestamp(660, 1), "The token is damaged");

    assertThat(encoder(Headers.MINIMAL).encode(delete).headers())
        .containsOnlyKeys("id", "idType", "position");
    assertThat(encoder(Headers.MINIMAL).encode(gap).headers()).containsOnlyKeys("position");
    assertThat(encoder(Headers.NONE).encode(delete).headers()).isEmpty();
    assertThat(encoder(Headers.NONE).encode(gap).headers()).isEmpty();
    assertThat(encoder(Headers.NONE).encode(delete).body())
        .isEqualTo(encoder(Headers.ALL).encode(delete).body());
  }

  private static EnvelopeEncoder encoder(Headers headers) {
    EnvelopeSettings all = relaxed();
    return new EnvelopeEncoder(
        new EnvelopeSettings(
            all.pipeline(),
            all.scope(),
            all.view(),
            all.format(),
            all.json(),
            headers,
            all.compression(),
            all.compressAboveBytes()),
        MAX_BYTES);
  }

  @Test
  void leavesAnIdThatIsTooLongOutOfTheHeadersButNotOutOfTheBody() throws IOException {
    Message longest = encode(EventBuilder.delete().id("x".repeat(1024)));
    Message tooLong = encode(EventBuilder.delete().id("x".repeat(1025)));

    assertThat(longest.headers()).containsEntry("id", "x".repeat(1024));
    assertThat(tooLong.headers())
        .containsOnlyKeys(
            "operation", "database", "collection", "idType", "position", "capturedAt");
    assertThat(STRICT.readTree(tooLong.body()).get("_id").textValue()).hasSize(1025);
  }

  @Test
  void servesOneEventAfterTheOther() {
    EnvelopeEncoder encoder =
        new EnvelopeEncoder(
            GoldenShapes.settings(EventFormat.ENVELOPE, JsonMode.RELAXED), MAX_BYTES);
    ChangeEvent event = EventBuilder.insert().document("{\"word\": \"QUIZ\"}").build();
    byte[] first = encoder.encode(event).body();

    ChangeEvent incomplete = EventBuilder.insert().build();
    assertThatIllegalArgumentException().isThrownBy(() -> encoder.encode(incomplete));
    encoder.encode(EventBuilder.delete().build());

    assertThat(encoder.encode(event).body()).isEqualTo(first);
  }

  @Test
  void refusesAnEventThatLacksWhatEveryMessageHas() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> encode(EventBuilder.insert()))
        .withMessageContaining("without its full document");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> encode(EventBuilder.ofCollection("rename")))
        .withMessageContaining("without its new name");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> encode(EventBuilder.of("update")))
        .withMessageContaining("without an update description");
  }

  @Test
  void readsTheSessionOfATransactionAsItsUuid() throws IOException {
    UUID session = new UUID(0x0102030405060708L, 0x090a0b0c0d0e0f10L);

    Message message = encode(EventBuilder.delete().transaction(session, Long.MAX_VALUE));

    JsonNode transaction = STRICT.readTree(message.body()).at("/metadata/transaction");
    assertThat(transaction.get("lsid").textValue()).isEqualTo(session.toString());
    assertThat(transaction.get("number").longValue()).isEqualTo(Long.MAX_VALUE);
  }

  private static EnvelopeSettings relaxed() {
    return GoldenShapes.settings(EventFormat.ENVELOPE, JsonMode.RELAXED);
  }

  private static Message encode(EventBuilder event) {
    return new EnvelopeEncoder(relaxed(), MAX_BYTES).encode(event.build());
  }
}
