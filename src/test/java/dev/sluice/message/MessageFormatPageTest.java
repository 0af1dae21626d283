package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.change.BsonBytes;
import dev.sluice.config.EventFormat;
import dev.sluice.config.JsonMode;
import dev.sluice.json.BsonPieces;
import dev.sluice.json.BsonSample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the pages of the message say is what the golden files and the schema say. */
class MessageFormatPageTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern EXAMPLE =
      Pattern.compile("(?:<!-- golden: (\\S+) -->\n)?```json\n(.*?)```", Pattern.DOTALL);

  private static final String PAGE = read("docs/MESSAGE_FORMAT.md");
  private static final String VALUES = read("docs/VALUES.md");

  private static String read(String path) {
    try {
      return Files.readString(Path.of(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void showsGoldenFilesAsExamples() throws IOException {
    List<MatchResult> examples = EXAMPLE.matcher(PAGE).results().toList();

    assertThat(examples).hasSizeGreaterThan(3);
    isAsWritten(examples);
  }

  @Test
  void showsGoldenFilesOfTheFormatDocument() throws IOException {
    List<MatchResult> examples =
        EXAMPLE
            .matcher(read("docs/FORMATS.md"))
            .results()
            .filter(example -> example.group(1) != null)
            .toList();

    assertThat(examples).hasSize(2);
    isAsWritten(examples);
  }

  private static void isAsWritten(List<MatchResult> examples) throws IOException {
    for (MatchResult example : examples) {
      assertThat(example.group(1)).as("the golden file of %s", example.group(2)).isNotNull();
      assertThat(JSON.readTree(example.group(2)).toString())
          .isEqualTo(JSON.readTree(new GoldenFile(example.group(1)).body()).toString());
    }
  }

  @Test
  void showsEachTypeInEachModeAsItIsWritten() {
    List<String[]> rows = table(VALUES, "| BSON | `relaxed` |");

    assertThat(rows)
        .extracting(row -> row[0])
        .containsExactlyElementsOf(BsonSample.ALL.stream().map(BsonSample::name).toList());
    for (String[] row : rows) {
      List<String> modes = List.of("relaxed", "canonical", "plain");
      for (int i = 0; i < modes.size(); i++) {
        String field = "\"" + row[0] + "\": " + row[i + 1].replaceAll("^`|`$", "");
        assertThat(new GoldenFile("shape/types-" + modes.get(i)).body())
            .containsPattern(Pattern.quote(field) + "[,}]");
      }
    }
  }

  @Test
  void showsIdsOfTheirTypes() throws IOException {
    Set<String> ids = new HashSet<>();
    for (String name : GoldenFile.names("id")) {
      JsonNode event = JSON.readTree(new GoldenFile(name).body());
      ids.add(event.at("/metadata/idType").textValue() + " " + event.get("_id").textValue());
    }

    for (String[] row : table(VALUES, "| `idType` |")) {
      String example = row[2].replaceAll("^`|`$", "");
      if (row[0].equals("other types")) {
        assertThat(ids).contains("timestamp " + example);
      } else {
        assertThat(row[0].split(", ")).anyMatch(type -> ids.contains(bare(type) + " " + example));
      }
    }
  }

  @Test
  void namesEachFieldOfTheSchema() throws IOException {
    JsonNode schema = JSON.readTree(read("docs/change-event.schema.json")).get("$defs");
    Set<String> fields = new TreeSet<>();
    schema.at("/envelopeFormat/properties").fieldNames().forEachRemaining(fields::add);
    schema.at("/update/properties").fieldNames().forEachRemaining(f -> fields.add("update." + f));
    schema
        .at("/metadata/properties")
        .fieldNames()
        .forEachRemaining(field -> fields.add("metadata." + field));
    fields.remove("metadata");

    Set<String> named = new TreeSet<>();
    for (String[] row : table(PAGE, "| field | type |")) {
      Arrays.stream(row[0].split(", ")).map(MessageFormatPageTest::bare).forEach(named::add);
    }

    assertThat(named).isEqualTo(fields);
  }

  @Test
  void comparesTheOperationsAsTheyAre() throws IOException {
    List<String> shapes =
        List.of(
            "insert",
            "replace",
            "update-lookup",
            "update-lookup-found-nothing",
            "update-without-lookup",
            "delete");
    List<String[]> rows = table(PAGE, "| | insert | replace |");

    for (int i = 0; i < shapes.size(); i++) {
      JsonNode event = JSON.readTree(new GoldenFile("shape/" + shapes.get(i)).body());
      JsonNode source = event.at("/metadata/documentSource");
      assertThat(List.of(rows.get(0)[i + 1], rows.get(1)[i + 1], bare(rows.get(2)[i + 1])))
          .as(shapes.get(i))
          .containsExactly(
              kind(event.get("document")),
              kind(event.get("update")),
              source.isTextual() ? source.textValue() : "absent");
    }
  }

  private static String kind(JsonNode node) {
    return node == null ? "absent" : node.isNull() ? "null" : "object";
  }

  @Test
  void warnsOfParsersThatRoundNumbers() throws IOException {
    String event = new GoldenFile("shape/types-relaxed").body();

    assertThat(JSON.readTree(event).at("/document/long").longValue()).isEqualTo(9007199254740993L);
    assertThat((long) (double) 9007199254740993L).isEqualTo(9007199254740992L);
    assertThat(new GoldenFile("shape/types-canonical").body())
        .contains("{\"$numberLong\": \"9007199254740993\"}");
  }

  @Test
  void warnsOfParsersThatRefuseLongTexts() {
    int almost16Mebibytes = 16_000_000;
    byte[] binary = BsonPieces.binary(0, new byte[almost16Mebibytes]);
    EventBuilder insert =
        EventBuilder.insert().document(BsonPieces.field(BsonBytes.BINARY, "file", binary));

    Message message =
        new EnvelopeEncoder(GoldenShapes.settings(EventFormat.ENVELOPE, JsonMode.PLAIN), 64 << 20)
            .encode(insert.build());

    assertThatExceptionOfType(StreamConstraintsException.class)
        .isThrownBy(() -> JSON.readTree(message.body()))
        .withMessageContaining("20000000");
  }

  @Test
  void namesTheLimitsThatJacksonHas() {
    assertThat(StreamReadConstraints.DEFAULT_MAX_DEPTH).isEqualTo(1000);
    assertThat(StreamReadConstraints.DEFAULT_MAX_NAME_LEN).isEqualTo(50_000);
  }

  @Test
  void recordsThatNothingComesOfAnUpdateWithoutEffectAndAnAbortedTransaction() throws IOException {
    JsonNode steps = JSON.readTree(read("src/test/resources/golden/recorded-events.json"));
    List<String> silent = new ArrayList<>();
    for (JsonNode step : steps.get("steps")) {
      if (step.get("events").isEmpty()) {
        silent.add(step.get("step").textValue());
      }
    }

    assertThat(silent).contains("updateOne no-op ($set same value)", "aborted transaction");
  }

  private static String bare(String code) {
    return code.replace("`", "");
  }

  /** The rows of the table whose heading begins so, without the heading. */
  private static List<String[]> table(String page, String heading) {
    List<String> lines = page.lines().dropWhile(line -> !line.startsWith(heading)).toList();
    assertThat(lines).as("a table %s", heading).isNotEmpty();
    return lines.stream()
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.substring(2, line.length() - 2).split(" \\| "))
        .toList();
  }
}
