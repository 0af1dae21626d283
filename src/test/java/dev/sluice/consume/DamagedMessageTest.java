package dev.sluice.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.message.Message;
import dev.sluice.message.Message.Content;
import dev.sluice.message.Message.Destination;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What later code would break on is the message's fault, and known when it is read. */
class DamagedMessageTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final String POSITION = "6aff9c0b0000000500000002";

  private final EventReader reader = new EventReader();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "zzzzzzzz0000000500000002",
        "6AFF9C0B0000000500000002",
        "6aff9c0b000000050000000",
        "6aff9c0b00000005000000020",
        "6aff9c0b00000005000000026aff9c0b0000000500000002",
        "-aff9c0b0000000500000002"
      })
  void aPositionThatIsNoneIsDamage(String position) throws Exception {
    String envelope = text("shape/insert");
    String document = text("shape/document-insert-relaxed");

    assertDamaged(with(envelope, "\"position\": \"[^\"]*\"", "\"position\": \"" + position + '"'));
    assertDamaged(with(document, "\"position\": \"[^\"]*\"", "\"position\": \"" + position + '"'));
    assertDamaged(text("format/debezium-insert"), beside(position));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a\\nb",
        "a\\u0000",
        "é",
        "a\\u007f",
      })
  void anIdThatNoHeaderTakesIsDamage(String id) throws Exception {
    String insert = text("shape/insert");

    assertDamaged(with(insert, "\"eventId\": \"[^\"]*\"", "\"eventId\": \"" + id + '"'));
  }

  @Test
  void anIdMayBeAsLongAsAMessagesAndOfAnyShape() throws Exception {
    String insert =
        text("shape/insert").replaceFirst("\"eventId\": \"[^\"]*\"", "\"eventId\": \"%s\"");

    for (String id : List.of("7", "orders/7 of {1}, \\\"x\\\"", "i".repeat(255))) {
      assertThat(reader.read(json(insert.formatted(id), Map.of())).orElseThrow().messageId())
          .isEqualTo(id.replace("\\", ""));
    }
    assertDamaged(insert.formatted("i".repeat(256)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"insert", "update-lookup", "replace", "delete", "read", "drop", "rename"})
  void whatIsOfACollectionHasItsWholeName(String shape) throws Exception {
    for (String format : List.of("", "document-")) {
      String json =
          text(
              "shape/"
                  + format
                  + shape.replace("insert", format.isEmpty() ? "insert" : "insert-plain"));

      for (String none : List.of("null", "\"\"", "5")) {
        assertDamaged(with(json, "\"collection\": \"[^\"]*\"", "\"collection\": " + none));
        assertDamaged(with(json, "\"database\": \"[^\"]*\"", "\"database\": " + none));
      }
    }
  }

  @Test
  void theDropOfADatabaseSaysWhich() throws Exception {
    for (String format : List.of("", "document-")) {
      String json = text("shape/" + format + "several-drop-database");

      assertDamaged(with(json, "\"database\": \"archive\"", "\"database\": null"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage",
        "",
        "{",
        "{\"a\":1} x",
        "{} {}",
        "[1]",
        "1",
        "null",
        "{\"a\":tru}",
        "{\"a\":1e99999999999}"
      })
  void aDocumentInDebeziumThatIsNoJsonObjectIsDamage(String after) throws Exception {
    assertDamaged(debezium(JsonText.quoted(after)), beside(POSITION));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"_id\": 1}", "7", "[]", "true"})
  void aDocumentInDebeziumThatIsNoTextIsDamage(String after) throws Exception {
    assertDamaged(debezium(after), beside(POSITION));
  }

  @Test
  void aDocumentInDebeziumIsTakenWithoutWhatIsAroundIt() throws Exception {
    String lines = debezium(JsonText.quoted("\n{\"_id\":\n1} "));
    Event event = reader.read(json(lines, beside(POSITION))).orElseThrow();

    assertThat(event.document().text()).isEqualTo("{\"_id\":\n1}");
    assertThat(event.document().hasLineEnds()).isTrue();
  }

  private static String debezium(String after) throws IOException {
    return with(
        text("format/debezium-insert"), "\"after\": \"(\\\\.|[^\"])*\"", "\"after\": " + after);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"garbage\"", "[1]", "7", "true"})
  void aDocumentThatIsNoObjectIsDamage(String document) throws Exception {
    String insert = text("shape/insert");

    assertDamaged(insert.replaceFirst("\"document\": ", "\"document\": " + document + ", \"x\": "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "\"x\"", "[]"})
  void aDocumentKeyThatIsNoObjectIsDamage(String key) throws Exception {
    String insert = text("shape/insert");

    assertDamaged(with(insert, "\"document\": ", "\"documentKey\": " + key + ", \"document\": "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "document-"})
  void aRenameSaysOfWhatToWhat(String format) throws Exception {
    String rename = text("shape/" + format + "rename");
    String replaced = text("shape/" + format + "replaced");

    assertDamaged(with(rename, "\"to\"", "\"too\""));
    for (String none :
        List.of(
            "null",
            "7",
            "\"a.b\"",
            "{}",
            "{\"database\": \"a\"}",
            "{\"collection\": \"b\"}",
            "{\"database\": 1, \"collection\": \"b\"}")) {
      assertDamaged(with(rename, "\"to\": \\{[^}]*}", "\"to\": " + none));
      assertDamaged(with(replaced, "\"from\": \\{[^}]*}", "\"from\": " + none));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "snapshot-completed",
        "snapshot-abandoned",
        "document-snapshot-completed",
        "document-snapshot-abandoned"
      })
  void theEndOfASnapshotSaysOfWhichAndOfWhat(String shape) throws Exception {
    String end = text("shape/" + shape);

    assertDamaged(with(end, "\"snapshot\": \\{", "\"other\": {"));
    assertDamaged(with(end, "\"snapshot\": \\{", "\"snapshot\": null, \"other\": {"));
    for (String none : List.of("", "scrabble", ".plays", "scrabble.", ".")) {
      assertDamaged(with(end, "\\[\"scrabble.scrabble\"", "[\"" + none + '"'));
    }
    for (String none : List.of("", "zzzz", "~~~~~~~~~~~~~~~~~~~~~~~~")) {
      assertDamaged(with(end, "\"from\": \"[^\"]*\"", "\"from\": \"" + none + '"'));
    }
  }

  /** What is looked at has to let through all that there is. */
  @Test
  void nothingThatThePipelineWritesIsDamage() throws Exception {
    for (String folder : List.of("shape", "recorded", "format")) {
      try (Stream<Path> files = Files.list(GOLDEN.resolve(folder))) {
        for (Path file : files.toList()) {
          assertSound(Files.readString(file).replace("\n", ""), file.getFileName().toString());
        }
      }
    }
  }

  private void assertSound(String body, String of) {
    try {
      reader
          .read(json(body, beside(POSITION)))
          .map(Event::document)
          .ifPresent(document -> assertThat(document.parsed().isObject()).as(of).isTrue());
    } catch (UnreadableMessage refused) {
      assertThat(refused.isForeign()).as(of + ": " + refused.getMessage()).isTrue();
    }
  }

  private static String text(String golden) throws IOException {
    return Files.readString(GOLDEN.resolve(golden + ".json")).replace("\n", "");
  }

  private static String with(String json, String old, String now) {
    String changed = json.replaceFirst(old, Matcher.quoteReplacement(now));
    assertThat(changed).isNotEqualTo(json);
    return changed;
  }

  private static Map<String, Object> beside(String position) {
    return Map.of("id", "665f1c2a9d3e4b0012345678", "idType", "objectId", "position", position);
  }

  private void assertDamaged(String body) {
    assertDamaged(body, Map.of());
  }

  private void assertDamaged(String body, Map<String, Object> headers) {
    assertThatThrownBy(() -> reader.read(json(body, headers)))
        .as(body)
        .isInstanceOfSatisfying(
            UnreadableMessage.class, damaged -> assertThat(damaged.isForeign()).isFalse())
        .hasMessageStartingWith("The message m1 cannot be read: ");
  }

  private static Message json(String body, Map<String, Object> headers) {
    return new Message(
        body.getBytes(StandardCharsets.UTF_8),
        Content.JSON,
        "m1",
        "scrabble.plays.update",
        "update",
        0,
        headers,
        Destination.EXCHANGE);
  }
}
