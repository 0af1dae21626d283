package dev.sluice.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.change.Namespace;
import dev.sluice.change.TraceParent;
import dev.sluice.config.Compression;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Content;
import dev.sluice.message.Message.Destination;
import io.airlift.compress.zstd.ZstdCompressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final DocumentKey KEY = new DocumentKey("665f1c2a9d3e4b0012345678", "objectId");

  private final EventReader reader = new EventReader();

  private static byte[] golden(String name) throws IOException {
    return Files.readString(GOLDEN.resolve(name + ".json"))
        .replace("\n", "")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Message message(byte[] body, Content content, Map<String, Object> headers) {
    return new Message(
        body, content, "m1", "scrabble.plays.update", "update", 0, headers, Destination.EXCHANGE);
  }

  private Event read(String golden) throws Exception {
    return reader.read(message(golden(golden), Content.JSON, Map.of())).orElseThrow();
  }

  @Test
  void keepsTheTraceThatTheMessageIsOfIfItIsOne() throws Exception {
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    byte[] body = golden("shape/everything");

    assertThat(traceOf(body, Map.of("traceparent", parent))).hasToString(parent);
    assertThat(traceOf(body, Map.of("traceparent", "QUIZ"))).isNull();
    assertThat(traceOf(body, Map.of())).isNull();
  }

  private TraceParent traceOf(byte[] body, Map<String, Object> headers) throws Exception {
    return reader.read(message(body, Content.JSON, headers)).orElseThrow().traceparent();
  }

  @Test
  void readsAnEnvelopeWithEverything() throws Exception {
    Event event = read("shape/everything");

    assertThat(event.messageId()).isEqualTo("bc9103730ebc5090329b558e88ca57e9");
    assertThat(event.type()).isEqualTo(EventType.UPDATE);
    assertThat(event.namespace()).isEqualTo(new Namespace("scrabble", "scrabble"));
    assertThat(event.key()).isEqualTo(KEY);
    assertThat(event.position()).isEqualTo("6aff9c0b0000000500000002");
    assertThat(event.time()).isEqualTo("2026-11-20T01:02:03Z");
    assertThat(event.document().text())
        .isEqualTo("{\"_id\": \"665f1c2a9d3e4b0012345678\", \"word\": \"QUIZ\", \"score\": 23}");
    assertThat(event.details()).containsOnlyKeys("update");
  }

  @ParameterizedTest
  @ValueSource(strings = {"relaxed", "canonical", "plain"})
  void readsTheFormatDocumentInEveryJsonMode(String mode) throws Exception {
    Event event = read("shape/document-insert-" + mode);

    assertThat(event.state()).isEqualTo(Event.State.PRESENT);
    assertThat(event.document().tree().path("_id").asText()).isEqualTo(event.key().id());
    assertThat(event.document().tree().size()).isGreaterThan(2);
    assertThat(event.document().tree().has("metadata")).isFalse();
    assertThat(event.document().tree().has("entry_id")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "document-"})
  void tellsWhatAnUpdateSaysOfItsDocument(String format) throws Exception {
    assertThat(read("shape/" + format + "update-lookup").state()).isEqualTo(Event.State.PRESENT);
    assertThat(read("shape/" + format + "update-lookup-found-nothing").state())
        .isEqualTo(Event.State.NOT_FOUND);
    assertThat(read("shape/" + format + "update-without-lookup").state())
        .isEqualTo(Event.State.NOT_SENT);
    assertThat(read("shape/" + format + "view-both-update-expired").state())
        .isEqualTo(Event.State.EXPIRED);
    assertThat(read("shape/" + format + "view-keys-insert").state())
        .isEqualTo(Event.State.NOT_SENT);
    assertThat(read("shape/" + format + "delete").state()).isEqualTo(Event.State.DELETED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "document-"})
  void readsWhatConcernsACollection(String format) throws Exception {
    Event renamed = read("shape/" + format + "rename");
    assertThat(renamed.renamedTo()).isEqualTo(new Namespace("archive", "old plays"));
    assertThat(renamed.isReplaced()).isFalse();
    assertThat(read("shape/" + format + "replaced").isReplaced()).isTrue();
    assertThat(read("shape/" + format + "gap").type()).isEqualTo(EventType.GAP);
    assertThat(read("shape/" + format + "gap").details()).containsKey("gap");
    assertThat(read("shape/" + format + "drop").key()).isNull();
    assertThat(read("shape/" + format + "commit").type()).isEqualTo(EventType.COMMIT);
    assertThat(read("shape/" + format + "commit").details())
        .containsOnlyKeys("events", "collections");
    assertThat(read("shape/" + format + "several-drop-database").namespace())
        .isEqualTo(new Namespace("archive", null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "document-"})
  void readsASnapshotAndWhatItsEndSays(String format) throws Exception {
    Event read = read("shape/" + format + "read");
    SnapshotEnd end = SnapshotEnd.of(read("shape/" + format + "snapshot-completed"));

    assertThat(read.type()).isEqualTo(EventType.READ);
    assertThat(read.state()).isEqualTo(Event.State.PRESENT);
    assertThat(read.position()).endsWith("ffffffff");
    assertThat(end.namespaces()).containsExactly(new Namespace("scrabble", "scrabble"));
    assertThat(end.from()).isEqualTo("6aff9c0b0000000100000000");
    assertThat(end.whole()).isTrue();
    assertThat(read("shape/" + format + "snapshot-started").type())
        .isEqualTo(EventType.SNAPSHOT_STARTED);
    assertThat(read("shape/" + format + "snapshot-abandoned").type())
        .isEqualTo(EventType.SNAPSHOT_ABANDONED);
  }

  @Test
  void readsDebeziumWithTheHeadersBesideIt() throws Exception {
    Map<String, Object> headers =
        Map.of(
            "operation",
            "replace",
            "id",
            "665f1c2a9d3e4b0012345678",
            "idType",
            "objectId",
            "position",
            "6aff9c0b0000000500000002");
    Event event =
        reader
            .read(message(golden("format/debezium-replace"), Content.JSON, headers))
            .orElseThrow();

    assertThat(event.type()).isEqualTo(EventType.REPLACE);
    assertThat(event.key()).isEqualTo(KEY);
    assertThat(event.messageId()).isEqualTo("m1");
    assertThat(event.document().tree().path("word").asText()).isEqualTo("QUIZ");
  }

  @Test
  void readsAGapAndTheEndOfATransactionInTheFormatDebezium() throws Exception {
    assertThat(read("format/debezium-gap").type()).isEqualTo(EventType.GAP);
    Message end =
        message(
            golden("format/debezium-commit"),
            Content.JSON,
            Map.of("position", "6aff9c0b0000000500000002"));
    assertThat(reader.read(end)).get().extracting(Event::type).isEqualTo(EventType.COMMIT);
  }

  @Test
  void takesTheWholeDocumentKeyWhereThereIsMoreThanAnId() throws Exception {
    Event event = read("format/cloudevents-binary-delete-sharded");

    assertThat(event.key().isWhole()).isTrue();
    assertThat(event.key().idType()).isEqualTo("string");
    assertThat(event.key().id()).startsWith("{\"_id\": ");
  }

  @Test
  void readsWhatIsCompressed() throws Exception {
    byte[] body = golden("shape/everything");
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(body);
    }
    ZstdCompressor zstd = new ZstdCompressor();
    byte[] frame = new byte[zstd.maxCompressedLength(body.length)];
    int length = zstd.compress(body, 0, body.length, frame, 0, frame.length);
    Event plain = read("shape/everything");

    assertThat(
            reader.read(message(gzip.toByteArray(), Content.JSON.in(Compression.GZIP), Map.of())))
        .contains(plain);
    assertThat(
            reader.read(
                message(Arrays.copyOf(frame, length), Content.JSON.in(Compression.ZSTD), Map.of())))
        .contains(plain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cloudevents", "dynamodb", "debezium-flat"})
  void refusesOtherFormatsByTheirNames(String format) throws Exception {
    Message message = message(golden("format/" + format + "-insert"), Content.JSON, Map.of());

    assertThatThrownBy(() -> reader.read(message))
        .isInstanceOfSatisfying(
            UnreadableMessage.class, refused -> assertThat(refused.isForeign()).isTrue())
        .hasMessageContaining("the format " + format)
        .hasMessageContaining("SLUICE_FORMAT");
  }

  @Test
  void refusesAnotherSchemaAndAnotherOperation() throws Exception {
    String insert = new String(golden("shape/insert"), StandardCharsets.UTF_8);

    assertThatThrownBy(() -> readText(insert.replace("\"schema\": 1", "\"schema\": 2")))
        .hasMessageContaining("schema 2");
    assertThatThrownBy(() -> readText(insert.replace("\"insert\"", "\"upsert\"")))
        .hasMessageContaining("\"upsert\"");
    assertThatThrownBy(() -> readText(insert.replace("\"position\"", "\"order\"")))
        .hasMessageContaining("no position");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"a\": tru}", "{} {}"})
  void saysOfADamagedMessageThatItAloneIs(String body) {
    assertThatThrownBy(() -> readText(body))
        .isInstanceOfSatisfying(
            UnreadableMessage.class,
            damaged -> assertThat(damaged.isForeign()).isEqualTo(body.equals("{}")));
  }

  private Event readText(String body) throws UnreadableMessage {
    return reader
        .read(message(body.getBytes(StandardCharsets.UTF_8), Content.JSON, Map.of()))
        .orElseThrow();
  }

  @Test
  void aHeartbeatIsNoEvent() throws Exception {
    Message heartbeat =
        new Message(
            "{\"operation\": \"heartbeat\"}".getBytes(StandardCharsets.UTF_8),
            Content.JSON,
            "heartbeat-1",
            "sluice.heartbeat",
            "heartbeat",
            0,
            Map.of(),
            Destination.EXCHANGE);

    assertThat(reader.read(heartbeat)).isEmpty();
  }
}
