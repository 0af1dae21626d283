package dev.sluice.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  private static ResumeToken token(String data) {
    return ResumeToken.of(new BsonDocument("_data", new BsonString(data)));
  }

  /** As a real server sent them. */
  @ParameterizedTest
  @CsvSource({
    "826B00EFA2000000032B022C0100296E5A10049657168FF40444998E374E820B0E255004, true",
    "826B00EF9D000000022B022C0100296E5A10049657168FF40444998E374E820B0E2550461E5F6964002B540004, true",
    "826B00EF97000000032B0229296E04, false",
    "826B00EFA2000000032B022C0100296F5A10049657168FF40444998E374E820B0E255004, false",
    "826B00EFA5000000042B022C0100296F04, false",
    "826B00EF9800000001, false",
    "826B00EF98000000012B062C0100296E04, false"
  })
  void isOfAnEventUnlessOfAMomentOrAnInvalidation(String data, boolean ofEvent) {
    assertThat(token(data).isOfEvent()).isEqualTo(ofEvent);
  }

  @ParameterizedTest
  @CsvSource({
    // One event, and a repeat of it in other letters.
    "826B00EFA2000000032B022C0100296E5A1004, 826B00EFA2000000032B022C0100296E5A1004, true",
    "826B00EFA2000000032B022C0100296E5A1004, 826b00efa2000000032b022c0100296e5a1004, true",
    // The index in the transaction: 0, 1, 127, 128.
    "826B00EFA2000000032B022C0100296E04, 826B00EFA2000000032B022C01002B026E04, true",
    "826B00EFA2000000032B022C01002BFE6E04, 826B00EFA2000000032B022C01002C01006E04, true",
    "826B00EFA2000000032B022C01002C01006E04, 826B00EFA2000000032B022C01002BFE6E04, false",
    // A moment stands before the events of its time.
    "826B00EFA2000000032B0229296E04, 826B00EFA2000000032B022C0100296E5A1004, true",
    "826B00EFA2000000042B0229296E04, 826B00EFA2000000032B022C0100296E5A1004, false",
    // Versions 1 and 2, and what is no token.
    "826B00EFA2000000032B022C0100296E04, 826B00EFA2000000032B042C01002B026E04, false",
    "826B00EFA2000000032B042C0100296E04, 826B00EFA2000000032B022C01002B026E04, false",
    "00, 826B00EFA2000000032B022C01002B026E04, false"
  })
  void comparesWithOthersOfItsVersion(String one, String other, boolean notBehind) {
    assertThat(token(one).isNotBehind(token(other))).isEqualTo(notBehind);
  }
}
