package dev.sluice.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumeTokenTest {
  @Test
  void goesToTheDriverAsItCame() {
    BsonDocument document = BsonDocument.parse("{\"_data\": \"8200\", \"other\": 1}");

    assertThat(ResumeToken.of(document).toBson()).isEqualTo(document);
  }

  @Test
  void isACopyOfItsBytes() {
    byte[] bytes = ChangeEventTest.bytes("{\"_data\": \"8200\"}");
    ResumeToken token = ResumeToken.copyOf(bytes, 0, bytes.length);

    bytes[bytes.length - 3] = 'x';

    assertThat(token).hasToString("8200");
  }

  @Test
  void showsItsBeginningOnly() {
    BsonDocument longOne = BsonDocument.parse("{\"_data\": \"826B00EF98000000012B022C0100\"}");

    assertThat(ResumeToken.of(longOne)).hasToString("826B00EF9800000001…");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"_data\": 1}", "{\"a\": {\"_data\": \"82\"}}"})
  void showsAQuestionMarkWhereItIsNotAsServersMakeIt(String json) {
    assertThat(ResumeToken.of(BsonDocument.parse(json))).hasToString("?");
  }

  @Test
  void showsAQuestionMarkWhereItIsDamaged() {
    byte[] bytes = ChangeEventTest.bytes("{\"_data\": \"8200\"}");
    bytes[4 + 1 + 6 + 3] = (byte) 0x80; // The size of the text is negative now.

    assertThat(ResumeToken.copyOf(bytes, 0, bytes.length)).hasToString("?");
  }

  /** As a real server sent them: the token begins with the time that stands beside it. */
  @Test
  void tellsTheClusterTimeOfWhatItStandsFor() throws IOException {
    Path file = Path.of("src/test/resources/golden/recorded-events.json");
    List<BsonDocument> events =
        BsonDocument.parse(Files.readString(file)).getArray("steps").stream()
            .flatMap(step -> step.asDocument().getArray("events").stream())
            .map(BsonValue::asDocument)
            .toList();

    assertThat(events).hasSizeGreaterThan(5);
    assertThat(events)
        .allSatisfy(
            event ->
                assertThat(ResumeToken.of(event.getDocument("_id")).clusterTime())
                    .contains(event.getTimestamp("clusterTime")));
  }

  @Test
  void tellsTimesBehindTheYear2038() {
    assertThat(
            ResumeToken.of(BsonDocument.parse("{\"_data\": \"82FFFFFFFEFFFFFFFF\"}")).clusterTime())
        .contains(new BsonTimestamp(-2, -1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"_data\": 1}",
        "{\"_data\": \"\"}",
        "{\"_data\": \"82\"}",
        "{\"_data\": \"826B00EF980000000\"}",
        "{\"_data\": \"2B6B00EF9800000001\"}",
        "{\"_data\": \"82no hex at all here\"}"
      })
  void tellsNoTimeWhereThereIsNone(String json) {
    assertThat(ResumeToken.of(BsonDocument.parse(json)).clusterTime()).isEmpty();
  }
}
