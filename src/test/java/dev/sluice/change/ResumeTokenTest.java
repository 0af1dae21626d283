package dev.sluice.change;

import static org.assertj.core.api.Assertions.assertThat;

import org.bson.BsonDocument;
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
}
